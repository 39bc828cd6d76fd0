//! A release of an upstream project, as its tags spell it.

use crate::decode::{FromText, TextError};
use crate::upstream::Version;

/// A version that parses; what was written is kept.
pub type Release = Version;

impl FromText for Version {
    const WHAT: &'static str = "a version such as \"v3.30.7\"";
    const PATTERN: Option<&'static str> = Some("^v?[0-9]+\\.[0-9]+\\.[0-9]+([-+].+)?$");

    fn from_text(text: &str) -> Result<Version, TextError> {
        if text.contains("latest") {
            return Err(
                TextError::new("is not a release: what it names changes under you").help("write the version")
            );
        }
        let numbers = text.split(['-', '+']).next().unwrap_or(text);
        let three = numbers.split('.').count() == 3;
        let refused = || TextError::new("is not a version of three numbers");
        if three { text.parse().map_err(|_| refused()) } else { Err(refused()) }
    }

    fn text(&self) -> String {
        self.to_string()
    }
}
