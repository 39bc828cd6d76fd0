//! How long something takes.

use crate::decode::{FromText, TextError};

/// A duration in whole seconds, written `90s`, `30m`, `6h`, `2d` or a sum such as `1h30m`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    pub seconds: u64,
}

impl FromText for Duration {
    const WHAT: &'static str = "a duration such as \"90s\", \"30m\", \"6h\" or \"1h30m\"";
    const PATTERN: Option<&'static str> = Some("^([0-9]+[smhd])+$");

    fn from_text(text: &str) -> Result<Duration, TextError> {
        let mut seconds: u64 = 0;
        let mut digits = String::new();
        for letter in text.chars() {
            let unit: u64 = match letter {
                '0'..='9' => {
                    digits.push(letter);
                    continue;
                }
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86400,
                ' ' => {
                    return Err(
                        TextError::new("has a space").help("write it in one piece, such as 2h or 1h30m")
                    );
                }
                _ => return Err(TextError::new(format!("has `{letter}`, a unit is s, m, h or d"))),
            };
            let part = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
            let total = part.and_then(|part| seconds.checked_add(part));
            seconds = total.ok_or_else(|| TextError::new("is not a duration"))?;
            digits.clear();
        }
        if text.is_empty() || !digits.is_empty() {
            return Err(TextError::new("has a number without a unit").help("write s, m, h or d behind it"));
        }
        Ok(Duration { seconds })
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl std::fmt::Display for Duration {
    /// The shortest sum of whole units: `1h30m`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut rest = self.seconds;
        if rest == 0 {
            return formatter.write_str("0s");
        }
        for (letter, unit) in [('h', 3600), ('m', 60), ('s', 1)] {
            if rest >= unit {
                write!(formatter, "{}{letter}", rest / unit)?;
                rest %= unit;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_units_read_back() {
        assert_eq!(Duration::from_text("1h30m").unwrap().seconds, 5400);
        assert_eq!(Duration::from_text("2d").unwrap().to_string(), "48h");
        for text in ["", "5", "h", "5w", "99999999999999999999h", "1h5"] {
            assert!(Duration::from_text(text).is_err(), "{text}");
        }
    }
}
