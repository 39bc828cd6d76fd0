//! Some work is only done at certain hours of the day.

use super::DAY;

/// The hours of every day between two times; it may go over midnight. Seconds after midnight, never equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    opens: u64,
    closes: u64,
}

impl Window {
    /// The window between two times of day, in seconds after midnight; `None` when they are equal or no times of day.
    pub fn new(opens: u64, closes: u64) -> Option<Window> {
        (opens != closes && opens < DAY && closes < DAY).then_some(Window { opens, closes })
    }

    /// Reads `22:00-06:00`.
    pub fn parse(text: &str) -> Option<Window> {
        let (opens, closes) = text.split_once('-')?;
        Window::new(time_of_day(opens)?, time_of_day(closes)?)
    }

    /// How long it is open each day, in seconds.
    pub fn length(self) -> u64 {
        (self.closes + DAY - self.opens) % DAY
    }

    /// The first second from `at` on at which something that takes so long can begin and still end while the window is
    /// open. `midnight` is the second of the day at second 0. What is longer than the window begins when it opens.
    pub fn next(self, at: u64, takes: u64, midnight: u64) -> u64 {
        let since = self.since_opening(at, midnight);
        let latest = self.length().saturating_sub(takes);
        if since <= latest { at } else { at + DAY - since }
    }

    /// The last second up to `at` at which it can begin; nothing when that would be before second 0.
    pub fn last(self, at: u64, takes: u64, midnight: u64) -> Option<u64> {
        let since = self.since_opening(at, midnight);
        let latest = self.length().saturating_sub(takes);
        at.checked_sub(since.saturating_sub(latest))
    }

    fn since_opening(self, at: u64, midnight: u64) -> u64 {
        ((midnight + at) % DAY + DAY - self.opens) % DAY
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let part = |second: u64| format!("{:02}:{:02}", second / 3600, second / 60 % 60);
        write!(formatter, "{}-{}", part(self.opens), part(self.closes))
    }
}

/// Seconds after midnight of `HH:MM`.
pub(super) fn time_of_day(text: &str) -> Option<u64> {
    let (hour, minute) = text.split_once(':')?;
    let part = |text: &str, end: u64| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u64>().ok().filter(|number| digits && *number < end)
    };
    Some(part(hour, 24)? * 3600 + part(minute, 60)? * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;

    #[test]
    fn a_window_reads_and_prints() {
        for text in ["22:00-06:00", "00:00-23:59", "09:30-17:15"] {
            assert_eq!(Window::parse(text).map(|window| window.to_string()).as_deref(), Some(text));
        }
        for text in ["22-6", "22:00-22:00", "24:00-01:00", "9:00-10:00", "+9:00-10:00", "22:00"] {
            assert_eq!(Window::parse(text), None, "{text}");
        }
    }

    #[test]
    fn work_waits_for_the_window_that_holds_all_of_it() {
        let night = Window::parse("22:00-06:00").expect("a window");
        assert_eq!(night.length(), 8 * HOUR);
        // Second 0 is at 20:00.
        let next = |at, takes| night.next(at * HOUR, takes * HOUR, 20 * HOUR) / HOUR;
        assert_eq!(next(0, 6), 2);
        assert_eq!(next(4, 6), 4);
        assert_eq!(next(5, 6), 26);
        assert_eq!(next(12, 1), 26);
        // Longer than any night: it begins when one does.
        assert_eq!(next(0, 9), 2);
        assert_eq!(next(3, 9), 26);
    }

    #[test]
    fn the_last_beginning_is_in_the_window_before() {
        let night = Window::parse("22:00-06:00").expect("a window");
        let last = |at: u64, takes: u64| night.last(at * HOUR, takes * HOUR, 20 * HOUR).map(|at| at / HOUR);
        assert_eq!(last(4, 6), Some(4));
        assert_eq!(last(9, 6), Some(4));
        assert_eq!(last(25, 6), Some(4));
        assert_eq!(last(26, 6), Some(26));
        // At 20:00 of the first day, the last begin was before there was a plan.
        assert_eq!(last(1, 6), None);
    }
}
