//! Calico chooses nodes and peers by an expression about their labels.
//!
//! Source: projectcalico/calico `libcalico-go/lib/selector/{tokenizer,parser}`. A label that is not there is unequal to
//! everything, and in no list.

/// An expression that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    All,
    Has(String),
    Compare { label: String, operator: Operator, values: Vec<String> },
    Not(Box<Selector>),
    And(Vec<Selector>),
    Or(Vec<Selector>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    In,
    NotIn,
    Contains,
    StartsWith,
    EndsWith,
}

/// What is known about a label of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label<'a> {
    Is(&'a str),
    Missing,
    /// Somebody else sets it.
    Unknown,
}

impl Selector {
    /// Reads an expression; the error says what is wrong, as a phrase that goes on after the expression.
    pub fn parse(text: &str) -> Result<Selector, String> {
        let mut rest = text.trim();
        if rest.is_empty() {
            return Ok(Selector::All);
        }
        let selector = either(&mut rest)?;
        match rest {
            "" => Ok(selector),
            rest => Err(format!("has `{rest}` where an operator is expected")),
        }
    }

    /// Whether it matches; nothing where that depends on a label that is not known.
    pub fn matches<'a>(&self, label: &impl Fn(&str) -> Label<'a>) -> Option<bool> {
        match self {
            Selector::All => Some(true),
            Selector::Has(name) => match label(name) {
                Label::Is(_) => Some(true),
                Label::Missing => Some(false),
                Label::Unknown => None,
            },
            Selector::Compare { label: name, operator, values } => {
                let value = match label(name) {
                    Label::Is(value) => value,
                    Label::Missing => return Some(*operator == Operator::NotIn),
                    Label::Unknown => return None,
                };
                let any = |holds: fn(&str, &str) -> bool| values.iter().any(|wanted| holds(value, wanted));
                Some(match operator {
                    Operator::In => any(|value, wanted| value == wanted),
                    Operator::NotIn => !any(|value, wanted| value == wanted),
                    Operator::Contains => any(|value, wanted| value.contains(wanted)),
                    Operator::StartsWith => any(|value, wanted| value.starts_with(wanted)),
                    Operator::EndsWith => any(|value, wanted| value.ends_with(wanted)),
                })
            }
            Selector::Not(inner) => inner.matches(label).map(|matches| !matches),
            Selector::And(parts) => all(parts.iter().map(|part| part.matches(label))),
            // De Morgan: it fails where every part fails.
            Selector::Or(parts) => {
                all(parts.iter().map(|part| part.matches(label).map(|matches| !matches))).map(|none| !none)
            }
        }
    }
}

/// Whether all hold: one that does not decides, whatever is not known.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => known = None,
            Some(true) => {}
        }
    }
    known
}

fn either(rest: &mut &str) -> Result<Selector, String> {
    list(rest, "||", both, Selector::Or)
}

fn both(rest: &mut &str) -> Result<Selector, String> {
    list(rest, "&&", one, Selector::And)
}

fn list(
    rest: &mut &str,
    operator: &str,
    part: fn(&mut &str) -> Result<Selector, String>,
    join: fn(Vec<Selector>) -> Selector,
) -> Result<Selector, String> {
    let first = part(rest)?;
    let mut parts = vec![first];
    while eat(rest, operator) {
        parts.push(part(rest)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { join(parts) })
}

fn one(rest: &mut &str) -> Result<Selector, String> {
    if rest.starts_with('!') && !rest.starts_with("!=") {
        eat(rest, "!");
        return Ok(Selector::Not(Box::new(one(rest)?)));
    }
    if eat(rest, "(") {
        let inner = either(rest)?;
        return if eat(rest, ")") { Ok(inner) } else { Err("lacks a `)`".to_owned()) };
    }
    let length = rest.find(|letter: char| !is_of_label(letter)).unwrap_or(rest.len());
    let (name, behind) = rest.split_at(length);
    if name.is_empty() {
        return Err(match rest.chars().next() {
            Some(letter) => format!("has `{letter}` where a label is expected"),
            None => "ends where a label is expected".to_owned(),
        });
    }
    *rest = behind.trim_start();
    if matches!(name, "all" | "global" | "has") && eat(rest, "(") {
        let length = rest.find(|letter: char| !is_of_label(letter)).unwrap_or(rest.len());
        let (label, behind) = rest.split_at(length);
        *rest = behind.trim_start();
        if !eat(rest, ")") {
            return Err(format!("lacks a `)` behind `{name}(`"));
        }
        return match (name, label) {
            ("has", "") => Err("has `has()` without a label".to_owned()),
            ("has", label) => Ok(Selector::Has(label.to_owned())),
            (_, "") => Ok(Selector::All),
            (name, _) => Err(format!("has `{name}` with something in it")),
        };
    }
    let label = name.to_owned();
    let single = [
        ("==", Operator::In),
        ("!=", Operator::NotIn),
        ("=", Operator::In),
        ("contains", Operator::Contains),
        ("starts with", Operator::StartsWith),
        ("ends with", Operator::EndsWith),
    ];
    for (word, operator) in single {
        if eat(rest, word) {
            return Ok(Selector::Compare { label, operator, values: vec![literal(rest)?] });
        }
    }
    for (word, operator) in [("not in", Operator::NotIn), ("in", Operator::In)] {
        if eat(rest, word) {
            return Ok(Selector::Compare { label, operator, values: set(rest)? });
        }
    }
    Err(format!("does not say what `{label}` shall be"))
}

fn set(rest: &mut &str) -> Result<Vec<String>, String> {
    if !eat(rest, "{") {
        return Err("lacks a `{` behind `in`".to_owned());
    }
    let mut values = Vec::new();
    while !eat(rest, "}") {
        values.push(literal(rest)?);
        if !eat(rest, ",") && !rest.starts_with('}') {
            return Err("lacks a `}`".to_owned());
        }
    }
    Ok(values)
}

fn literal(rest: &mut &str) -> Result<String, String> {
    let Some(quote) = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"')) else {
        return Err("lacks quotes around a value: write 'value'".to_owned());
    };
    let Some((value, behind)) = rest[1..].split_once(quote) else {
        return Err(format!("lacks a closing {quote}"));
    };
    *rest = behind.trim_start();
    Ok(value.to_owned())
}

fn eat(rest: &mut &str, token: &str) -> bool {
    match rest.strip_prefix(token) {
        Some(behind) => {
            *rest = behind.trim_start();
            true
        }
        None => false,
    }
}

fn is_of_label(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '/' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Option<bool> {
        let label = |name: &str| match name {
            "rack" => Label::Is("r-1"),
            "example.com/edge" => Label::Is(""),
            "kubernetes.io/arch" => Label::Unknown,
            _ => Label::Missing,
        };
        Selector::parse(text).unwrap_or_else(|error| panic!("`{text}` {error}")).matches(&label)
    }

    #[test]
    fn expressions_mean_what_calico_says() {
        for text in [
            "",
            "all()",
            "rack == 'r-1'",
            "rack=\"r-1\"",
            "rack in {'r-0', 'r-1'}",
            "rack not in { 'r-0' }",
            "zone != 'a'",
            "zone not in {}",
            "has(example.com/edge)",
            "!has(zone) && rack starts with 'r'",
            "rack ends with '-1' && (zone == 'a' || rack contains '-')",
            "!(rack == 'r-2')",
            "kubernetes.io/arch == 'amd64' || rack == 'r-1'",
        ] {
            assert_eq!(judged(text), Some(true), "{text}");
        }
        for text in ["rack == 'r-2'", "zone == 'a'", "!all()", "has(zone) || rack in {}", "!has(rack)"] {
            assert_eq!(judged(text), Some(false), "{text}");
        }
        assert_eq!(judged("kubernetes.io/arch == 'amd64'"), None);
        assert_eq!(judged("kubernetes.io/arch == 'amd64' && zone == 'a'"), Some(false));
    }

    #[test]
    fn what_calico_refuses_is_refused() {
        let error = |text: &str| Selector::parse(text).expect_err(text);
        assert_eq!(error("rack == r-1"), "lacks quotes around a value: write 'value'");
        assert_eq!(error("rack"), "does not say what `rack` shall be");
        assert_eq!(error("rack == 'a"), "lacks a closing '");
        assert_eq!(error("(rack == 'a'"), "lacks a `)`");
        assert_eq!(error("rack == 'a' rack"), "has `rack` where an operator is expected");
        assert_eq!(error("rack == 'a' &&"), "ends where a label is expected");
        assert_eq!(error("rack in 'a'"), "lacks a `{` behind `in`");
        assert_eq!(error("has()"), "has `has()` without a label");
    }
}
