//! For a person at a terminal: what is missing, foreign and different, and then which address is where.

use super::{Format, heading, omission, summary};
use crate::verify::{Deviation, Sort, Verification};
use std::fmt::Write;

pub static FORMAT: Format = Format { name: "human", about: "for a person", render };

fn render(verification: &Verification) -> String {
    let mut text = format!("{}: {}\n", heading(verification), summary(verification));
    for note in verification.notes.iter().cloned().chain(omission(verification)) {
        let _ = writeln!(text, "note: {note}");
    }
    for sort in [Sort::Missing, Sort::Foreign, Sort::Different] {
        let of_sort: Vec<&Deviation> =
            verification.deviations.iter().filter(|found| found.sort == sort).collect();
        if !of_sort.is_empty() {
            let _ = writeln!(text, "\n{} ({})", sort.word(), of_sort.len());
            of_sort.iter().for_each(|found| deviation(&mut text, found));
        }
    }
    addresses(&mut text, verification);
    text
}

fn deviation(text: &mut String, found: &Deviation) {
    let mut notes: Vec<String> = Vec::new();
    notes.extend((!found.about.is_empty()).then(|| found.about.clone()));
    notes.extend((!found.from.is_empty()).then(|| found.from.join(", ")));
    notes.extend(found.stage.as_ref().map(|stage| format!("stage {stage}")));
    let notes = if notes.is_empty() { String::new() } else { format!("  ({})", notes.join("; ")) };
    let _ = writeln!(text, "  {}{notes}", found.object);
    for field in &found.fields {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let (planned, live) = (shown(&field.planned), shown(&field.live));
        let _ = writeln!(text, "    {}: planned {planned}, live {live}", field.path);
    }
}

fn addresses(text: &mut String, verification: &Verification) {
    if verification.addresses.is_empty() {
        return;
    }
    text.push_str("\naddresses\n");
    let rows: Vec<[String; 4]> = (verification.addresses.iter())
        .map(|row| {
            let planned = match (&row.holder, &row.service) {
                (Some(holder), Some(service)) => format!("{holder} ({service})"),
                _ => "-".to_owned(),
            };
            let on =
                if row.nodes.is_empty() { String::new() } else { format!(", on {}", row.nodes.join(", ")) };
            let where_it_is = match row.live.is_empty() {
                true => row.state.word().to_owned(),
                false if Some(&row.live) == row.service.clone().map(|service| vec![service]).as_ref() => {
                    format!("{}{on}", row.state.word())
                }
                false => format!("{}: {}{on}", row.state.word(), row.live.join(", ")),
            };
            let pool = row.pool.clone().unwrap_or_else(|| "-".to_owned());
            [row.address.to_string(), pool, planned, where_it_is]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2)];
    for [address, pool, planned, live] in &rows {
        let line =
            format!("  {address:<0$}  {pool:<1$}  {planned:<2$}  {live}", widths[0], widths[1], widths[2]);
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
