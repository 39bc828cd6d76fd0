//! What the schema of an object says to a part of it.

use super::list::{Kind, Override};
use crate::source::Span;
use crate::upstream::schema::{KINDS, schema};
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Validator, validator_for};
use serde_json::Value;
use std::sync::OnceLock;

/// What is wrong with a part.
pub enum Wrong {
    /// A key that the kind does not have, and those that it has there.
    Unknown { key: String, known: Vec<String> },
    /// A field that the kind needs there and that nothing fills in.
    Missing { key: String },
    /// A value that the kind does not take: what there is, and what it takes.
    Refused { found: String, expected: String },
}

/// One thing that is wrong, and where.
pub struct Refusal {
    pub wrong: Wrong,
    pub span: Span,
    /// The dotted path of the key in the override.
    pub field: String,
    pub kind: Kind,
}

/// Each schema is compiled once, whoever asks.
fn validator(kind: Kind) -> Option<&'static Validator> {
    static COMPILED: [OnceLock<Validator>; KINDS.len()] = [const { OnceLock::new() }; KINDS.len()];
    let at =
        KINDS.iter().position(|known| known.api_version == kind.api_version && known.kind == kind.kind)?;
    let compile = || {
        let schema = schema(kind.api_version, kind.kind)
            .expect("broken promise: every kind in the table has a schema");
        validator_for(schema).expect("broken promise: an embedded schema compiles")
    };
    Some(COMPILED[at].get_or_init(compile))
}

impl Kind {
    /// Its name with an article: `an Installation`.
    pub fn named(self) -> String {
        let article = if self.kind.starts_with(['A', 'E', 'I', 'O', 'U']) || self.kind.starts_with("L2") {
            "an"
        } else {
            "a"
        };
        format!("{article} {}", self.kind)
    }
}

/// What every kind that the override may be a part of says against it: nothing as soon as one takes it.
pub fn refusals(part: &Override<'_>) -> Vec<Refusal> {
    let mut fewest: Option<Vec<Refusal>> = None;
    for kind in &part.kinds {
        let found = judge(part, *kind);
        if found.is_empty() {
            return found;
        }
        if fewest.as_ref().is_none_or(|fewest| found.len() < fewest.len()) {
            fewest = Some(found);
        }
    }
    fewest.unwrap_or_default()
}

fn judge(part: &Override<'_>, kind: Kind) -> Vec<Refusal> {
    let Some(validator) = validator(kind) else { return Vec::new() };
    let object = part.object(kind);
    let mut refusals = Vec::new();
    for error in validator.iter_errors(&object) {
        let pointer = error.instance_path().as_str().to_owned();
        let Some(inside) = pointer.strip_prefix(kind.at) else { continue };
        let field = |key: Option<&str>| {
            let steps = inside.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
            steps.chain(key.map(str::to_owned)).collect::<Vec<_>>().join(".")
        };
        let mut refuse = |wrong: Wrong, span: Span, field: String| {
            refusals.push(Refusal { wrong, span, field, kind });
        };
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                for key in unexpected {
                    let span = part.raw.key_place(inside, key).unwrap_or(part.span);
                    let known = known_keys(kind, error.schema_path().as_str());
                    refuse(Wrong::Unknown { key: key.clone(), known }, span, field(Some(key)));
                }
            }
            // A table is merged into one that has the rest; an item of a list stands alone.
            ValidationErrorKind::Required { property } => {
                let in_list = inside
                    .split('/')
                    .any(|step| !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()));
                if in_list || kind.at.is_empty() {
                    let key = property.as_str().unwrap_or_default().to_owned();
                    refuse(Wrong::Missing { key }, part.raw.place(inside, part.span), field(None));
                }
            }
            other => {
                let span = part.raw.place(inside, part.span);
                let found = said(error.instance());
                refuse(Wrong::Refused { found, expected: expectation(other) }, span, field(None));
            }
        }
    }
    // An object of another kind is one mistake: its fields are right for what it is.
    let of_kind = |refusal: &Refusal| matches!(refusal.field.as_str(), "kind" | "apiVersion");
    if kind.at.is_empty()
        && let Some(at) = (0..refusals.len())
            .filter(|at| of_kind(&refusals[*at]))
            .max_by_key(|at| refusals[*at].field == "kind")
    {
        return vec![refusals.swap_remove(at)];
    }
    refusals
}

/// The keys of the table whose schema lies around a pointer such as `/properties/spec/additionalProperties`.
fn known_keys(kind: Kind, schema_path: &str) -> Vec<String> {
    let Some(root) = schema(kind.api_version, kind.kind) else { return Vec::new() };
    let around = schema_path.rsplit_once('/').map_or("", |(around, _)| around);
    let mut at = root;
    for step in around.split('/').skip(1) {
        // A reference is a step of the path that is not one of the document.
        at = match (step, at.get("$ref").and_then(Value::as_str)) {
            ("$ref", Some(reference)) => root.pointer(reference.trim_start_matches('#')).unwrap_or(at),
            _ => match at {
                Value::Array(items) => {
                    step.parse::<usize>().ok().and_then(|index| items.get(index)).unwrap_or(at)
                }
                _ => at.get(step.replace("~1", "/").replace("~0", "~")).unwrap_or(at),
            },
        };
    }
    if let Some(reference) = at.get("$ref").and_then(Value::as_str) {
        at = root.pointer(reference.trim_start_matches('#')).unwrap_or(at);
    }
    at.get("properties")
        .and_then(Value::as_object)
        .map_or_else(Vec::new, |keys| keys.keys().cloned().collect())
}

/// A value in the words of TOML.
fn said(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("\"{text}\""),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a table".to_owned(),
    }
}

fn expectation(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Type { kind: TypeKind::Single(kind) } => a(&kind.to_string()),
        ValidationErrorKind::Type { kind: TypeKind::Multiple(kinds) } => {
            kinds.iter().map(|kind| a(&kind.to_string())).collect::<Vec<_>>().join(" or ")
        }
        ValidationErrorKind::Enum { options } => {
            let words = options.as_array().map_or(&[] as &[Value], Vec::as_slice);
            let words = words
                .iter()
                .map(|word| word.as_str().map_or_else(|| word.to_string(), |word| format!("\"{word}\"")));
            format!("one of {}", words.collect::<Vec<_>>().join(", "))
        }
        ValidationErrorKind::Constant { expected_value } => expected_value.to_string(),
        ValidationErrorKind::Minimum { limit } => format!("{limit} or more"),
        ValidationErrorKind::Maximum { limit } => format!("{limit} or less"),
        ValidationErrorKind::MinItems { limit } => format!("at least {limit} items"),
        ValidationErrorKind::MaxItems { limit } => format!("at most {limit} items"),
        ValidationErrorKind::MinLength { limit } => format!("at least {limit} characters"),
        ValidationErrorKind::MaxLength { limit } => format!("at most {limit} characters"),
        ValidationErrorKind::Pattern { pattern } => match alternatives(pattern) {
            Some(words) => format!("one of {}", words.join(", ")),
            None => format!("a text like {pattern}"),
        },
        other => format!("what its `{}` allows", other.keyword()),
    }
}

/// The words of a pattern that is nothing but a choice of them, such as `^(?i)(Debug|Info)?$`.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let inner = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let inner = inner.strip_prefix("(?i)").unwrap_or(inner);
    let inner = inner.strip_suffix('?').unwrap_or(inner);
    let inner = inner.strip_prefix('(')?.strip_suffix(')')?;
    let plain = |word: &str| !word.is_empty() && word.chars().all(char::is_alphanumeric);
    let words: Vec<&str> = inner.split('|').collect();
    words.iter().all(|word| plain(word)).then(|| words.iter().map(|word| format!("\"{word}\"")).collect())
}

/// JSON's names of types in the words of TOML.
fn a(json: &str) -> String {
    let words = match json {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a table",
        other => other,
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{self, Raw};
    use crate::source::{Located, Source};
    use crate::table;

    table! {
        /// A part.
        Part {
            /// The part.
            required raw: Raw = "{ }";
        }
    }

    fn judged(text: &str, api_version: &'static str, kind: &'static str) -> Vec<(String, String, bool)> {
        let mut found = Vec::new();
        let part: Part = decode::read(&Source::new("x", text), 0, &mut found).expect("a table");
        let Located { value: raw, span } = &part.raw;
        let kinds = vec![Kind { api_version, kind, at: "/spec" }];
        let part = Override { raw, span: *span, path: "x".to_owned(), kinds, release: None };
        let place = |refusal: &Refusal| text[refusal.span.range()].to_owned();
        let unknown = |refusal: &Refusal| matches!(refusal.wrong, Wrong::Unknown { .. });
        refusals(&part)
            .iter()
            .map(|refusal| (refusal.field.clone(), place(refusal), unknown(refusal)))
            .collect()
    }

    #[test]
    fn a_part_of_an_object_may_leave_out_what_the_object_needs() {
        assert_eq!(judged("raw = { password = \"x\" }", "metallb.io/v1beta2", "BGPPeer"), []);
    }

    #[test]
    fn a_refusal_is_told_at_its_key_or_value() {
        let text = "[raw]\ncalicoVersion = \"v3.30.2\"\nkubernetesProvider = \"k3s\"\n[raw.calicoNetwork]\nbgb = \"Disabled\"\nmtu = \"big\"\n";
        let mut judged = judged(text, "operator.tigera.io/v1", "Installation");
        judged.sort();
        let expected = [
            ("calicoNetwork.bgb", "bgb", true),
            ("calicoNetwork.mtu", "\"big\"", false),
            ("calicoVersion", "calicoVersion", true),
            ("kubernetesProvider", "\"k3s\"", false),
        ];
        assert_eq!(
            judged,
            expected.map(|(field, place, unknown)| (field.to_owned(), place.to_owned(), unknown))
        );
    }

    #[test]
    fn the_known_keys_of_a_nested_table_are_found() {
        let known = known_keys(
            Kind { api_version: "operator.tigera.io/v1", kind: "Installation", at: "/spec" },
            "/properties/spec/additionalProperties",
        );
        assert!(known.iter().any(|key| key == "calicoNetwork"), "{known:?}");
    }
}
