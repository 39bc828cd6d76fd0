//! Long lists of names are cut to a few and numbered, and a legend says them in full.

use super::address::network;
use super::matrix::End;
use super::pair::{Part, Pods};
use std::collections::BTreeMap;

/// So many names are written out; the others are counted.
const SHOWN: usize = 3;

/// The lists that were cut, each with its number. Two lists never look alike.
#[derive(Default)]
pub struct Legend {
    numbers: BTreeMap<String, usize>,
    full: Vec<String>,
}

impl Legend {
    /// One side of a row in few words.
    pub fn end(&mut self, end: &End) -> String {
        match end {
            End::Pods(pods) => self.pods(pods),
            End::Within(names) => format!("same namespace/{}", self.names(names)),
            End::Internet => "internet".to_owned(),
            End::Networks(ranges) => {
                let networks: Vec<String> = ranges.iter().map(|range| network(*range)).collect();
                self.names(&networks)
            }
        }
    }

    /// `*`, `minio/*`, `{a,b,c,+997}#1/{web,api}`.
    pub fn pods(&mut self, pods: &Pods) -> String {
        if pods.everything {
            return "*".to_owned();
        }
        if pods.parts.len() <= SHOWN {
            return pods.parts.iter().map(|part| self.part(part)).collect::<Vec<_>>().join(" ");
        }
        let all: Vec<String> = pods.parts.iter().map(whole).collect();
        let first = pods.parts[..SHOWN].iter().map(whole).map(|part| shortened(&part)).collect::<Vec<_>>();
        let more = pods.parts.len() - SHOWN;
        format!("{} and {more} more#{}", first.join(" "), self.number(all.join(" ")))
    }

    fn part(&mut self, part: &Part) -> String {
        format!("{}/{}", self.names(&part.namespaces), self.names(&part.names))
    }

    /// Names in braces; nothing is all of them.
    pub fn names(&mut self, names: &[String]) -> String {
        match names {
            [] => "*".to_owned(),
            [one] => one.clone(),
            _ if names.len() <= SHOWN => format!("{{{}}}", names.join(",")),
            _ => {
                let number = self.number(names.join(", "));
                format!("{{{},+{}}}#{number}", names[..SHOWN].join(","), names.len() - SHOWN)
            }
        }
    }

    fn number(&mut self, full: String) -> usize {
        let next = self.full.len() + 1;
        let number = *self.numbers.entry(full.clone()).or_insert(next);
        if number == next {
            self.full.push(full);
        }
        number
    }

    /// Every list that was cut, by its number, which starts at 1, as far as a person reads; `--format json` has all.
    pub fn lines(&self) -> impl Iterator<Item = (usize, String)> {
        self.full.iter().enumerate().map(|(at, full)| (at + 1, readable(full)))
    }
}

fn readable(full: &str) -> String {
    const MOST: usize = 24;
    let mut shown: Vec<&str> = full.splitn(MOST + 1, ", ").collect();
    let rest = if shown.len() > MOST { shown.pop() } else { None };
    let rest = rest.map(|rest| format!("and {} more", rest.split(", ").count()));
    shown.extend(rest.as_deref());
    shown.join(", ")
}

fn whole(part: &Part) -> String {
    let braces = |names: &[String]| match names {
        [] => "*".to_owned(),
        [one] => one.clone(),
        _ => format!("{{{}}}", names.join(",")),
    };
    format!("{}/{}", braces(&part.namespaces), braces(&part.names))
}

/// Of many parts each is told only as far as it is short.
fn shortened(part: &str) -> String {
    const WIDE: usize = 40;
    match part.char_indices().nth(WIDE) {
        Some((cut, _)) => format!("{}…", &part[..cut]),
        None => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn two_long_lists_that_begin_alike_are_told_apart() {
        let mut legend = Legend::default();
        assert_eq!(legend.names(&names(&["a", "b", "c"])), "{a,b,c}");
        assert_eq!(legend.names(&names(&["a", "b", "c", "d"])), "{a,b,c,+1}#1");
        assert_eq!(legend.names(&names(&["a", "b", "c", "e"])), "{a,b,c,+1}#2");
        assert_eq!(legend.names(&names(&["a", "b", "c", "d"])), "{a,b,c,+1}#1");
        let lines: Vec<_> = legend.lines().collect();
        assert_eq!(lines, [(1, "a, b, c, d".to_owned()), (2, "a, b, c, e".to_owned())]);
    }

    #[test]
    fn a_thousand_names_are_counted() {
        let mut legend = Legend::default();
        let all: Vec<String> = (0..1000).map(|number| format!("team-{number:04}")).collect();
        assert_eq!(legend.names(&all), "{team-0000,team-0001,team-0002,+997}#1");
        let lines: Vec<_> = legend.lines().collect();
        assert!(lines[0].1.ends_with("team-0023, and 976 more"), "{lines:?}");
    }
}
