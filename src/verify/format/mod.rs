//! A comparison as text: one format, one file, one line in a list.

mod human;
mod json;
mod markdown;

use super::Verification;

pub use json::schema;

/// A way to print a comparison.
#[derive(Debug)]
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    pub about: &'static str,
    pub render: fn(&Verification) -> String,
}

/// Every format; the first is the default.
pub const FORMATS: &[&Format] = &[&human::FORMAT, &json::FORMAT, &markdown::FORMAT];

/// `cluster after, at the end of stage data`.
fn heading(verification: &Verification) -> String {
    match &verification.stage {
        Some(stage) => format!("cluster {}, at the end of stage {stage}", verification.cluster),
        None => format!("cluster {}, at the end of all stages", verification.cluster),
    }
}

/// `142 objects are as planned`, or how many are not.
fn summary(verification: &Verification) -> String {
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let mut text = match verification.deviations.len() {
        0 => format!("as planned, {} compared", plural(verification.compared, "object")),
        many => {
            format!(
                "{}, {} compared",
                plural(many, "deviation"),
                plural(verification.compared, "planned object")
            )
        }
    };
    if verification.later > 0 {
        text.push_str(&format!(", {} need not be there yet", verification.later));
    }
    text
}

/// What was not looked at, as a sentence.
fn omission(verification: &Verification) -> Option<String> {
    let kinds = &verification.not_compared;
    (!kinds.is_empty()).then(|| {
        format!("not compared, for the dump holds none and every cluster has some: {}", kinds.join(", "))
    })
}
