//! A wall clock: days of the calendar and minutes, without a zone.

use super::DAY;
use super::window::time_of_day;

/// A minute of the calendar, where the people are. It has no zone, so it may be printed and added to, no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Since 1 March of year 0, proleptic Gregorian.
    seconds: u64,
}

impl Moment {
    /// Reads `2026-07-04 22:00`; a day that is not in the calendar is none.
    pub fn parse(text: &str) -> Option<Moment> {
        let (date, time) = text.split_once(' ')?;
        let parts: Vec<&str> = date.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return None };
        let part = |text: &str, length: usize| {
            let digits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u64>().ok().filter(|_| digits)
        };
        let (year, month, day) = (part(year, 4)?, part(month, 2)?, part(day, 2)?);
        if year == 0 || !(1..=12).contains(&month) || day == 0 {
            return None;
        }
        let moment = Moment { seconds: days(year, month, day) * DAY + time_of_day(time)? };
        // 31 June is printed as 1 July.
        (moment.to_string() == text).then_some(moment)
    }

    /// Later by so many seconds.
    pub fn plus(self, seconds: u64) -> Moment {
        Moment { seconds: self.seconds.saturating_add(seconds) }
    }

    /// Seconds after midnight.
    pub fn time_of_day(self) -> u64 {
        self.seconds % DAY
    }

    /// `Sat`, `Sun`, …
    pub fn weekday(self) -> &'static str {
        // 1 March of year 0 was a Wednesday.
        ["Wed", "Thu", "Fri", "Sat", "Sun", "Mon", "Tue"][(self.seconds / DAY % 7) as usize]
    }

    /// Year, month and day.
    pub fn date(self) -> (u64, u64, u64) {
        let days = self.seconds / DAY;
        let era = days / 146_097;
        let day_of_era = days % 146_097;
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let year = era * 400 + year_of_era;
        if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
    }
}

/// Days since 1 March of year 0. Years begin in March, so that the leap day is the last of its year.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1
}

impl std::fmt::Display for Moment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.date();
        let minutes = self.time_of_day() / 60;
        write!(formatter, "{year:04}-{month:02}-{day:02} {:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_and_prints() {
        for text in ["2026-07-04 22:00", "2000-02-29 00:00", "2024-12-31 23:59", "0001-01-01 00:00"] {
            assert_eq!(Moment::parse(text).map(|moment| moment.to_string()).as_deref(), Some(text));
        }
        for text in
            ["2026-06-31 22:00", "2025-02-29 00:00", "2026-07-04", "2026-7-4 22:00", "2026-07-04T22:00", "x"]
        {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_follow_each_other() {
        let start = Moment::parse("2026-07-04 22:00").expect("a moment");
        assert_eq!(start.weekday(), "Sat");
        assert_eq!(start.plus(48 * 3600).to_string(), "2026-07-06 22:00");
        assert_eq!(start.plus(48 * 3600).weekday(), "Mon");
        assert_eq!(
            Moment::parse("2024-02-28 23:00").expect("a moment").plus(3600).to_string(),
            "2024-02-29 00:00"
        );
        assert_eq!(Moment::parse("2000-01-01 00:00").expect("a moment").weekday(), "Sat");
    }
}
