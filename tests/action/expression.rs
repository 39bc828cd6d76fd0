//! The part of GitHub's expressions that `action.yml` uses: names, texts, `==`, `!=`, `&&` and `||`.

use std::collections::BTreeMap;

/// A text with its `${{ … }}` replaced.
pub fn evaluate(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (inside, after) = after.split_once("}}").expect("an end");
        result.push_str(before);
        result.push_str(&value(inside, known));
        rest = after;
    }
    result + rest
}

/// The value of an expression; `""` and `false` are false.
pub fn value(expression: &str, known: &BTreeMap<String, String>) -> String {
    let expression = expression.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
    let truth = |text: &str| !text.is_empty() && text != "false";
    if let Some((left, right)) = expression.split_once("||") {
        let left = value(left, known);
        return if truth(&left) { left } else { value(right, known) };
    }
    if let Some((left, right)) = expression.split_once("&&") {
        let left = value(left, known);
        return if truth(&left) { value(right, known) } else { left };
    }
    for (operator, wanted) in [("==", true), ("!=", false)] {
        if let Some((left, right)) = expression.split_once(operator) {
            return ((value(left, known) == value(right, known)) == wanted).to_string();
        }
    }
    if let Some(text) = expression.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return text.to_owned();
    }
    assert!(
        expression.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)),
        "{expression}"
    );
    known.get(expression).cloned().unwrap_or_default()
}
