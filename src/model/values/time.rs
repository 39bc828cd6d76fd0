//! Hours of the day, and minutes of the calendar.

use crate::decode::{FromText, TextError};
use crate::time::{Moment, Window};

impl FromText for Window {
    const WHAT: &'static str = "hours of the day such as \"22:00-06:00\"";
    const PATTERN: Option<&'static str> =
        Some("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$");

    fn from_text(text: &str) -> Result<Window, TextError> {
        Window::parse(text).ok_or_else(|| {
            TextError::new("is not a span between two times of day")
                .help("write two different times, as in \"22:00-06:00\"")
        })
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl FromText for Moment {
    const WHAT: &'static str = "a day and a time such as \"2026-07-04 22:00\"";
    const PATTERN: Option<&'static str> = Some("^[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]$");

    fn from_text(text: &str) -> Result<Moment, TextError> {
        Moment::parse(text).ok_or_else(|| {
            TextError::new("is not a day of the calendar and a time")
                .help("write it as in \"2026-07-04 22:00\"")
        })
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_back() {
        assert_eq!(Window::from_text("22:00-06:00").unwrap().text(), "22:00-06:00");
        assert_eq!(Moment::from_text("2026-07-04 22:00").unwrap().text(), "2026-07-04 22:00");
        assert!(Window::from_text("22:00").is_err() && Moment::from_text("tomorrow").is_err());
    }
}
