//! A value in a template is printed as our YAML printer spells it, on its line or below its key.

use crate::yaml;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Error, ErrorKind, Output, State};
use std::collections::BTreeMap;

/// How values are printed, by the name that minijinja knows it by.
pub(super) const YAML: &str = "yaml";
pub(super) const SHELL: &str = "shell";

/// `{{ value }}`: a scalar as YAML in a YAML file, as its text in any other.
pub(super) fn write(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    // An `if` without `else` that did not hold.
    if value.is_undefined() {
        return Ok(());
    }
    match state.auto_escape() {
        AutoEscape::Custom(name) if name == SHELL && !value.is_safe() => {
            out.write_str(&words(value)?).map_err(Error::from)
        }
        AutoEscape::Custom(_) if !value.is_safe() => {
            let text = match value.kind() {
                ValueKind::Bool | ValueKind::Number | ValueKind::String => after_colon(value)?,
                kind => {
                    return Err(refused(format!(
                        "{kind} is no scalar; write it as `key:{{{{ … | yaml }}}}`"
                    )));
                }
            };
            let text = text.strip_prefix(' ').unwrap_or(&text);
            if text.contains('\n') {
                return Err(refused("a text of several lines is written as `key:{{ … | yaml }}`"));
            }
            out.write_str(text).map_err(Error::from)
        }
        // Python's spelling, which is Jinja's, is right for no file that Ansible reads.
        _ if value.kind() == ValueKind::Bool => {
            out.write_str(if value.is_true() { "true" } else { "false" }).map_err(Error::from)
        }
        _ => out.write_str(&value.to_string()).map_err(Error::from),
    }
}

/// A value as words of a shell: one, or one for each item of a list.
fn words(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::Bool => Ok(if value.is_true() { "true" } else { "false" }.to_owned()),
        ValueKind::Number => Ok(value.to_string()),
        ValueKind::String => Ok(word(value.as_str().unwrap_or_default())),
        ValueKind::Seq | ValueKind::Iterable => {
            let items: Result<Vec<String>, Error> = value.try_iter()?.map(|item| words(&item)).collect();
            Ok(items?.join(" "))
        }
        kind => Err(refused(format!("{kind} is no word of a shell"))),
    }
}

/// One word of a shell command, whatever is in it.
pub(super) fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_./:@%+,-".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `key:{{ value | yaml }}`: what stands behind the colon of a key, with the space or the line break before it. The
/// argument is the column of the key.
pub(super) fn yaml(value: Value, column: Option<usize>) -> Result<Value, Error> {
    if value.is_undefined() || value.is_none() {
        return Err(refused(format!("{} has no value to write", value.kind())));
    }
    let text = after_colon(&value)?;
    let margin = format!("\n{}", " ".repeat(column.unwrap_or(0)));
    let mut lines = text.split('\n');
    let mut indented = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        indented.push_str(if line.is_empty() { "\n" } else { &margin });
        indented.push_str(line);
    }
    Ok(Value::from_safe_string(indented))
}

/// The value as the printer writes it behind a key of the first column, without the last line break.
fn after_colon(value: &Value) -> Result<String, Error> {
    let mut out = Vec::new();
    yaml::try_write_into(&mut out, &BTreeMap::from([("k", value)]))
        .map_err(|error| refused(error.to_string()))?;
    let text = String::from_utf8(out).expect("broken promise: the printer wrote bytes that are not UTF-8");
    let text = text.strip_prefix("k:").unwrap_or(&text);
    Ok(text.strip_suffix('\n').unwrap_or(text).to_owned())
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::BadEscape, message.into())
}

#[cfg(test)]
mod tests {
    use crate::template::Templates;
    use serde_json::{Value, json};

    fn render(text: &str, value: &Value) -> Result<String, String> {
        let mut templates = Templates::new();
        templates.add("x.yaml", text).map_err(|failure| failure.message)?;
        templates.render("x.yaml", &json!({ "value": value })).map_err(|failure| failure.message)
    }

    /// Scalars that some reader takes for another type, and texts that end a scalar or a line.
    fn tricky() -> Vec<Value> {
        let texts = [
            "",
            " ",
            "yes",
            "No",
            "on",
            "OFF",
            "y",
            "null",
            "~",
            "true",
            "True",
            "1_000",
            "0o17",
            "017",
            "1e3",
            "12:30:45",
            "0x1F",
            ".5",
            "+1",
            ".inf",
            "=",
            "<<",
            "- a",
            "a: b",
            "a #b",
            "#",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "'",
            "\"",
            "%a",
            "@a",
            "`a`",
            "{a}",
            "[a]",
            "a,b",
            "2001-01-01",
            "fe80::1",
            "::",
            "5432",
            "{{ jinja }}",
            "tab\there",
            "two\nlines\n",
            "two\nlines",
            "  leading\nlines",
            "trailing \nspace",
            "\n",
            "end\n\n\n",
            "ünïcödé",
            "\u{85}",
            "\u{2028}",
            "a\\b",
        ];
        let mut values: Vec<Value> = texts.map(Value::from).to_vec();
        values.extend([json!(true), json!(false), json!(0), json!(-5), json!(i64::MAX)]);
        values.extend([json!([]), json!({}), json!(["a", "yes", 5]), json!({"no": "on", "x": {"y": [1]}})]);
        values.extend([json!([["a"], {"b": "two\nlines\n"}, []]), json!({"k": [{"a": 1, "b": {}}]})]);
        values
    }

    #[track_caller]
    fn same(text: &str, expected: &Value) {
        let one: Value = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
        assert_eq!(&one, expected, "serde_yaml reads {text:?}");
        let two: Value = serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
        assert_eq!(&two, expected, "saphyr reads {text:?}");
    }

    #[test]
    fn every_value_is_read_back_from_behind_its_key() {
        for value in tricky() {
            let text = render("a: 1\nb:{{ value | yaml }}\nc: 2\n", &value).expect("rendered");
            same(&text, &json!({"a": 1, "b": value, "c": 2}));
            let text = render("a:\n  b:\n    c:{{ value | yaml(4) }}\n    d: 2\n", &value).expect("rendered");
            same(&text, &json!({"a": {"b": {"c": value, "d": 2}}}));
            assert!(!text.contains(" \n") || value.to_string().contains(" \\n"), "{text:?}");
        }
    }

    #[test]
    fn a_scalar_is_read_back_from_its_line() {
        for value in tricky().into_iter().filter(|value| !value.is_array() && !value.is_object()) {
            match render("a: {{ value }}\nb:\n  - {{ value }}\n", &value) {
                Ok(text) => same(&text, &json!({"a": value, "b": [value]})),
                Err(message) => assert!(message.contains("several lines"), "{message}"),
            }
        }
    }

    #[test]
    fn what_is_no_scalar_needs_the_filter() {
        for value in [json!([]), json!({}), json!(["a"]), json!(null)] {
            let message = render("a: {{ value }}\n", &value).expect_err("refused");
            assert!(message.contains("| yaml"), "{message}");
        }
        assert!(render("a:{{ value | yaml }}\n", &json!(null)).is_err());
    }
}
