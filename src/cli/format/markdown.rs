//! For a comment on a pull request: counts first, a table of findings, and explanations that unfold.

use super::location::Location;
use super::{Format, Options, counts, refusals};
use crate::cli::run::PlanRun;
use crate::cli::terminal::Look;
use crate::diagnostics::{Diagnostic, Rule};
use crate::source::Source;
use std::collections::BTreeMap;

pub static FORMAT: Format = Format {
    name: "markdown",
    about: "a comment for a pull request, at most 65000 bytes",
    for_programs: true,
    render,
};

/// GitHub takes comments of 65,536 characters.
const MOST: usize = 65_000;
/// What is kept free for the sentences that say what was left out.
const RESERVED: usize = 400;

const PLAIN: Look = Look { color: false, unicode: true, width: 100 };

fn render(runs: &[PlanRun], _: &Options) -> String {
    let mut comment = Comment { text: String::new() };
    let mut plans_left_out = 0;
    let mut rows = Vec::new();
    for run in runs {
        let known = !run.sources.is_empty();
        let words = if known { counts(run, PLAIN) } else { "not read".to_owned() };
        let mut head = format!("**{}**: {words}\n\n", escape(&run.place.shown()));
        for (_, message) in refusals(run) {
            head.push_str(&format!("> {}\n\n", escape(&message)));
        }
        plans_left_out += usize::from(!comment.add(&head));
        rows.extend(run.diagnostics.iter().map(|finding| (finding, run.sources.as_slice())));
    }
    // What weighs most is kept when not everything fits.
    rows.sort_by_key(|(finding, _)| finding.level);
    let mut explained: BTreeMap<&str, &'static Rule> = BTreeMap::new();
    if !rows.is_empty() {
        comment.add("| | Where | Rule | Finding |\n|---|---|---|---|\n");
    }
    let mut rows_left_out = 0;
    for &(finding, sources) in &rows {
        // A row after one that was left out would look as if nothing lay between.
        if rows_left_out > 0 || !comment.add(&row(finding, sources)) {
            rows_left_out += 1;
        } else {
            explained.insert(finding.rule.code, finding.rule);
        }
    }
    if !rows.is_empty() {
        comment.text.push('\n');
    }
    // These few lines have their place in what is reserved.
    comment.left_out(rows_left_out, "findings", "`plan check` shows them");
    comment.left_out(plans_left_out, "plans", "`plan check` shows them");
    let unexplained = explained.values().filter(|rule| !comment.add(&explanation(rule))).count();
    comment.left_out(unexplained, "explanations", "`plan explain CODE` shows them");
    comment.text
}

/// A text that never grows past what a comment takes.
struct Comment {
    text: String,
}

impl Comment {
    /// Whether the part fitted.
    fn add(&mut self, part: &str) -> bool {
        let fits = self.text.len() + part.len() <= MOST - RESERVED;
        if fits {
            self.text.push_str(part);
        }
        fits
    }

    fn left_out(&mut self, many: usize, what: &str, where_else: &str) {
        if many > 0 {
            self.text.push_str(&format!("\n{many} more {what} are left out; {where_else}.\n"));
        }
    }
}

fn row(finding: &Diagnostic, sources: &[Source]) -> String {
    let Location { file, start, .. } = Location::of(finding.span(), sources);
    let mut cell = escape(&finding.message);
    if let Some(help) = &finding.help {
        cell.push_str(&format!("<br>*help:* {}", escape(help)));
    }
    let (level, code, name) = (finding.level.word(), finding.rule.code, finding.rule.name);
    format!("| {level} | {}:{} | {code} {name} | {cell} |\n", escape(&file), start.line)
}

fn explanation(rule: &Rule) -> String {
    let Rule { code, name, summary, explanation, .. } = rule;
    format!(
        "\n<details><summary>{code} {name}: {}</summary>\n\n{explanation}\n\n</details>\n",
        entities(&summary.replace('`', ""))
    )
}

/// A text as one line of a table: what is between backticks stays code, everything else is shown as it is written.
fn escape(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut escaped = String::new();
    for (at, part) in parts.iter().enumerate() {
        // An odd backtick at the end encloses nothing.
        let alone = at == parts.len() - 1 && at % 2 == 1;
        if alone {
            escaped.push_str("&#96;");
        }
        match at % 2 == 1 && !alone {
            true if part.is_empty() => escaped.push_str("&#96;&#96;"),
            true => escaped.push_str(&format!("`{}`", part.replace(['\n', '\r'], " ").replace('|', "\\|"))),
            false => escaped.push_str(&entities(part)),
        }
    }
    escaped
}

/// Every character that Markdown or HTML could read otherwise, as an entity; a line break as one of HTML.
fn entities(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("<br>"),
            '&' | '<' | '>' | '|' | '*' | '_' | '[' | ']' | '\\' | '#' | '@' | '~' | '$' | '!' | '`' => {
                escaped.push_str(&format!("&#{};", u32::from(character)));
            }
            other if other.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn code_stays_code_and_nothing_else_is_markdown() {
        assert_eq!(escape("`a|b` <b> *x*"), "`a\\|b` &#60;b&#62; &#42;x&#42;");
        assert_eq!(escape("one ` tick | @team"), "one &#96; tick &#124; &#64;team");
        assert_eq!(escape("write:\n`x = 1`"), "write:<br>`x = 1`");
        assert_eq!(escape("a``b"), "a&#96;&#96;b");
    }
}
