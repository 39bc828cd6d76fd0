//! A day of the calendar.

use crate::decode::{Decode, Reader, Shape, Value};
use toml::de::DeValue;

/// A date without time or zone, written `2027-03-31` without quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl Decode for Date {
    fn shape() -> Shape {
        Shape::Date
    }

    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<Date> {
        if let DeValue::Datetime(written) = value.get_ref()
            && let (Some(date), None) = (written.date, written.time)
        {
            return Some(Date { year: date.year, month: date.month, day: date.day });
        }
        // A date in quotes.
        let quoted = value.get_ref().as_str().filter(|text| {
            text.parse::<toml::value::Datetime>().is_ok_and(|read| read.date.is_some() && read.time.is_none())
        });
        reader.wrong_type_for(value, &Shape::Date, quoted.map(str::to_owned));
        None
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
