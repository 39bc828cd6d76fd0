//! A release is a number with up to three parts, and people write it with or without a `v`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::Release;

/// A release of an upstream project, such as `v3.30.2`, `2.9.1` or `v1.33.1+k3s1`.
///
/// [`Display`](fmt::Display) gives back what was written, because an image tag or a chart version is looked up by
/// that text. Order and equality are by number: `v2.9` and `2.9.0` are one release.
#[derive(Clone, Debug)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub patch: u32,
    /// What follows the numbers, with its sign: `-rc.1`, `+k3s1`, or nothing.
    pub suffix: String,
    written: String,
}

/// The two leading numbers of a [`Version`]: upstream support windows and features are stated by these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minor(pub u32, pub u32);

/// Why a text is not a [`Version`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAVersion {
    /// The text as it was written.
    pub written: String,
}

impl Version {
    pub fn minor_line(&self) -> Minor {
        Minor(self.major, self.minor)
    }

    /// The numbers without `v` and suffix: `1.33.1` of `v1.33.1+k3s1`.
    pub fn numbers(&self) -> String {
        format!("{}.{}.{}", self.major, self.minor, self.patch)
    }

    /// Whether this is `release` or a later one. A pre-release such as `v3.32.0-rc.1` is not at least `(3, 32, 0)`.
    pub fn at_least(&self, release: Release) -> bool {
        *self >= Version::from(release)
    }

    /// Whether this is a release before the numbers that it names.
    fn is_prerelease(&self) -> bool {
        self.suffix.starts_with('-')
    }
}

impl From<Release> for Version {
    /// A release of the tables; written with a `v`.
    fn from((major, minor, patch): Release) -> Self {
        Version { major, minor, patch, suffix: String::new(), written: format!("v{major}.{minor}.{patch}") }
    }
}

impl FromStr for Version {
    type Err = NotAVersion;

    /// Reads `1`, `1.2` or `1.2.3`, each with an optional `v` before and an optional `-…` or `+…` after.
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let refuse = || NotAVersion { written: text.to_owned() };
        let plain = text.strip_prefix('v').unwrap_or(text);
        let (numbers, suffix) = match plain.find(['-', '+']) {
            Some(at) => plain.split_at(at),
            None => (plain, ""),
        };
        let suffix_is_text = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
        if suffix.len() == 1 || !suffix.chars().all(suffix_is_text) {
            return Err(refuse());
        }
        let mut parts = [0u32; 3];
        for (at, part) in numbers.split('.').enumerate() {
            // `parse` alone would take a sign, and `1.07` is a typing error and no release anywhere.
            let written_as_number = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            let padded = part.len() > 1 && part.starts_with('0');
            let place = parts.get_mut(at).filter(|_| written_as_number && !padded).ok_or_else(refuse)?;
            *place = part.parse().map_err(|_| refuse())?;
        }
        let [major, minor, patch] = parts;
        Ok(Version { major, minor, patch, suffix: suffix.to_owned(), written: text.to_owned() })
    }
}

impl Ord for Version {
    /// By number; of two with the same numbers, a pre-release comes first and then the suffix decides.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |v: &Version| (v.major, v.minor, v.patch, !v.is_prerelease());
        key(self).cmp(&key(other)).then_with(|| compare_suffixes(&self.suffix, &other.suffix))
    }
}

/// Compares `+k3s2` with `+k3s10`: runs of digits by value, the rest by byte.
fn compare_suffixes(left: &str, right: &str) -> Ordering {
    let (left, right) = (runs(left), runs(right));
    for (a, b) in left.iter().zip(&right) {
        let order = match (a.parse::<u64>(), b.parse::<u64>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => a.cmp(b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    // `01` and `1` have one value; the text keeps the order total and in step with equality.
    left.len().cmp(&right.len()).then_with(|| left.cmp(&right))
}

/// Cuts a text where digits begin or end.
fn runs(text: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let digits = first.is_ascii_digit();
        let end = rest.bytes().position(|b| b.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        runs.push(run);
        rest = after;
    }
    runs
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl fmt::Display for NotAVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a release such as `v1.2.3`", self.written)
    }
}

impl std::error::Error for NotAVersion {}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect(text)
    }

    #[test]
    fn order_is_by_number_and_not_by_text() {
        let ascending = [
            "v0.13.12",
            "v0.14.8",
            "v0.14.9",
            "0.14.10",
            "v0.15.0-rc.1",
            "v0.15.0-rc.2",
            "v0.15.0-rc.10",
            "v0.15.0",
            "v1.33.1+k3s1",
            "v1.33.1+k3s2",
            "v1.33.1+k3s10",
            "v1.33.10+k3s1",
            "3.9",
            "v3.30.2",
        ];
        for pair in ascending.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{} comes before {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn what_was_written_is_kept() {
        for text in ["v3.30.2", "2.9.1", "v1.33.1+k3s1", "2.9", "v1.36.0-rc.0+rke2r1"] {
            assert_eq!(version(text).to_string(), text);
        }
        assert_eq!(version("v1.33.1+k3s1").suffix, "+k3s1");
        assert_eq!(version("v1.33.1+k3s1").numbers(), "1.33.1");
        assert_eq!(version("v1.33.1+k3s1").minor_line(), Minor(1, 33));
    }

    #[test]
    fn a_missing_part_is_zero() {
        assert_eq!(version("2.9"), version("v2.9.0"));
        assert_ne!(version("2.9"), version("2.9.1"));
    }

    #[test]
    fn a_prerelease_has_not_reached_its_numbers() {
        assert!(!version("v3.32.0-rc.1").at_least((3, 32, 0)));
        assert!(version("v3.32.0").at_least((3, 32, 0)));
        assert!(version("v1.33.1+k3s1").at_least((1, 33, 1)));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "v",
            "latest",
            "1.x",
            "1..2",
            "1.2.3.4",
            "vv1.2",
            "1.2 ",
            "1.-2",
            "1.02.3",
            "1.2.3-",
            "1.2.3-a b",
        ] {
            assert!(text.parse::<Version>().is_err(), "{text:?} is taken");
        }
    }
}
