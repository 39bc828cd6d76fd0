//! Two spellings of one value are one value: `1Gi` and `1024Mi`, `10m` and `10m0s`, `2001:DB8::1` and `2001:db8::1`.

use crate::addresses::{AddressRange, Cidr, address};
use serde_json::Value;

/// Whether two scalars say the same.
pub fn same(planned: &Value, live: &Value) -> bool {
    if planned == live {
        return true;
    }
    match (text(planned), text(live)) {
        (Some(planned), Some(live)) => planned == live || same_text(&planned, &live),
        _ => false,
    }
}

/// A number and its digits are one: the API server keeps `80` and `"80"` apart only where it reads both alike.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn same_text(planned: &str, live: &str) -> bool {
    both(planned, live, |text| address::parse(text).ok())
        || both(planned, live, |text| Cidr::parse(text).ok())
        || both(planned, live, |text| AddressRange::parse_pool_entry(text).ok())
        || both(planned, live, seconds)
        || both(planned, live, quantity)
}

fn both<T: PartialEq>(planned: &str, live: &str, read: impl Fn(&str) -> Option<T>) -> bool {
    matches!((read(planned), read(live)), (Some(planned), Some(live)) if planned == live)
}

/// Milliseconds of a duration as Go writes it.
fn seconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).filter(|at| *at > 0)?;
        let number: u64 = rest[..digits].parse().ok()?;
        let (unit, length) = match &rest[digits..] {
            unit if unit.starts_with("ms") => (1, 2),
            unit if unit.starts_with('s') => (1_000, 1),
            unit if unit.starts_with('m') => (60_000, 1),
            unit if unit.starts_with('h') => (3_600_000, 1),
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[digits + length..];
    }
    (!text.is_empty()).then_some(total)
}

/// Thousandths of a quantity (`apimachinery pkg/api/resource/quantity.go`).
fn quantity(text: &str) -> Option<u128> {
    const SUFFIXES: &[(&str, u128)] = &[
        ("Ki", 1 << 10),
        ("Mi", 1 << 20),
        ("Gi", 1 << 30),
        ("Ti", 1 << 40),
        ("k", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("T", 1_000_000_000_000),
    ];
    let (number, thousandths) = match text.strip_suffix('m') {
        Some(number) => (number, 1),
        None => match SUFFIXES.iter().find_map(|(suffix, unit)| Some((text.strip_suffix(suffix)?, unit))) {
            Some((number, unit)) => (number, unit * 1_000),
            None => (text, 1_000),
        },
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits =
        |text: &str| !text.is_empty() && text.len() < 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !(part.is_empty() || digits(part)) || part.len() > 3 {
        return None;
    }
    let scale = 10u128.pow(u32::try_from(part.len()).ok()?);
    let number: u128 = format!("{whole}{part}").parse().ok()?;
    let scaled = number.checked_mul(thousandths)?;
    (scaled % scale == 0).then_some(scaled / scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn spellings_of_one_value_are_one() {
        for (planned, live) in [
            ("1Gi", "1024Mi"),
            ("100m", "0.1"),
            ("1", "1000m"),
            ("10m", "10m0s"),
            ("1h", "60m"),
            ("2001:db8::1", "2001:DB8:0::1"),
            ("192.168.1.200-192.168.1.250", "192.168.1.200 - 192.168.1.250"),
        ] {
            assert!(same(&json!(planned), &json!(live)), "{planned} {live}");
        }
        assert!(same(&json!(80), &json!("80")));
    }

    #[test]
    fn other_values_stay_others() {
        for (planned, live) in [
            ("1Gi", "1G"),
            ("10m", "10s"),
            ("10.0.0.0/8", "10.0.0.0/9"),
            ("v1.33.1", "v1.33.10"),
            ("main", "Main"),
            ("http", "https"),
        ] {
            assert!(!same(&json!(planned), &json!(live)), "{planned} {live}");
        }
        assert!(!same(&json!(true), &json!("true")));
    }
}
