//! A plain scalar means what go-yaml v2 makes of it, because that is what kubectl and the GitOps controllers read.
//!
//! Mirrors `goyaml.v2/resolve.go` of sigs.k8s.io/yaml: `y`, `no` and `on` are booleans there, `0777` is octal, and
//! `2024-01-01` is a date. Quoted and block scalars are texts.

/// What was written, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text, escapes and folds resolved.
    pub text: String,
    pub means: Resolved,
}

/// The meaning of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    Null,
    Boolean(bool),
    Integer(i64),
    /// A number that is no 64-bit integer.
    Number,
    Date,
    Text,
}

impl Scalar {
    pub fn text(text: impl Into<String>) -> Scalar {
        Scalar { text: text.into(), means: Resolved::Text }
    }

    /// A scalar without quotes and without a tag.
    pub fn plain(text: String) -> Scalar {
        let means = resolve(&text);
        Scalar { text, means }
    }
}

impl Resolved {
    /// What it is, for a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Resolved::Null => "nothing",
            Resolved::Boolean(true) => "`true`",
            Resolved::Boolean(false) => "`false`",
            Resolved::Integer(_) | Resolved::Number => "a number",
            Resolved::Date => "a date",
            Resolved::Text => "a text",
        }
    }
}

fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Resolved::Boolean(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Resolved::Boolean(false);
        }
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf"
        | "-.Inf" | "-.INF" => return Resolved::Number,
        _ => {}
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Resolved::Text;
    }
    if is_date(text) {
        return Resolved::Date;
    }
    let digits = text.replace('_', "");
    if let Some(number) = integer(&digits) {
        return number;
    }
    if is_float(&digits) { Resolved::Number } else { Resolved::Text }
}

/// As `strconv.ParseInt(text, 0, 64)`: the base is in the prefix.
fn integer(text: &str) -> Option<Resolved> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = rest.to_ascii_lowercase();
    let (digits, base) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        _ if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
        _ => (&lower[..], 10),
    };
    // `from_str_radix` takes a second sign, Go does not.
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, base).ok();
    let value = magnitude.map(|magnitude| if negative { -magnitude } else { magnitude });
    Some(match value.and_then(|value| i64::try_from(value).ok()) {
        Some(value) => Resolved::Integer(value),
        None => Resolved::Number,
    })
}

/// As `yamlStyleFloat` of resolve.go: `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`.
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let some_digits = |part: &str| !part.is_empty() && is_digits(part);
    let number = match number.split_once('.') {
        Some(("", after)) => some_digits(after),
        Some((before, after)) => some_digits(before) && is_digits(after),
        None => some_digits(number),
    };
    number
        && exponent.is_none_or(|exponent| some_digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)))
}

/// The formats of `allowedTimestampFormats`, of which only the date decides for us.
fn is_date(text: &str) -> bool {
    let date = text.split(['T', 't', ' ']).next().unwrap_or(text);
    let parts: Vec<&str> = date.split('-').collect();
    let is_digits = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    matches!(parts[..], [year, month, day]
        if is_digits(year, &[4]) && is_digits(month, &[1, 2]) && is_digits(day, &[1, 2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_kubectl_reads() {
        for (text, means) in [
            ("y", Resolved::Boolean(true)),
            ("off", Resolved::Boolean(false)),
            ("yEs", Resolved::Text),
            ("0777", Resolved::Integer(511)),
            ("0o17", Resolved::Integer(15)),
            ("0x1F", Resolved::Integer(31)),
            ("1_000", Resolved::Integer(1000)),
            ("-12", Resolved::Integer(-12)),
            ("08", Resolved::Number),
            ("1e3", Resolved::Number),
            ("1.10", Resolved::Number),
            ("5e10", Resolved::Number),
            ("1.2.3", Resolved::Text),
            ("12:30:45", Resolved::Text),
            ("10.0.0.0/8", Resolved::Text),
            ("--1", Resolved::Text),
            ("2024-1-1", Resolved::Date),
            ("2001-01-01T00:00:00Z", Resolved::Date),
            ("", Resolved::Null),
            ("~", Resolved::Null),
            ("web", Resolved::Text),
            ("99999999999999999999", Resolved::Number),
        ] {
            assert_eq!(Scalar::plain(text.to_owned()).means, means, "{text:?}");
        }
    }
}
