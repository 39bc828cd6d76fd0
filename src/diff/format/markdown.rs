//! For a comment on a pull request: what it does first, the worst first, everything else unfolds. Never longer than a
//! comment may be: it says less in steps, and says what it left out.

use super::fold::{Effect, Group, effects, groups};
use super::phrase::{self, Clusters};
use crate::diff::cause::Cause;
use crate::diff::{Danger, Diff, FlowChange, Why};

/// GitHub takes comments of 65,536 characters.
const MOST: usize = 65_000;

/// How much is said.
#[derive(Clone, Copy)]
struct Limits {
    /// Fields of changes that are at least this dangerous.
    fields: Option<Danger>,
    /// Fields of one change.
    lines: usize,
    /// Objects of one class.
    objects: usize,
    /// Rows of one table, and sentences.
    rows: usize,
}

/// From everything to hardly anything.
const STEPS: &[Limits] = &[
    Limits { fields: Some(Danger::None), lines: 200, objects: 1000, rows: 1000 },
    Limits { fields: Some(Danger::Note), lines: 40, objects: 300, rows: 300 },
    Limits { fields: Some(Danger::Restart), lines: 20, objects: 150, rows: 150 },
    Limits { fields: Some(Danger::Disruptive), lines: 10, objects: 150, rows: 150 },
    Limits { fields: None, lines: 0, objects: 100, rows: 150 },
    Limits { fields: None, lines: 0, objects: 60, rows: 100 },
    Limits { fields: None, lines: 0, objects: 40, rows: 70 },
    Limits { fields: None, lines: 0, objects: 30, rows: 50 },
    Limits { fields: None, lines: 0, objects: 20, rows: 30 },
    Limits { fields: None, lines: 0, objects: 10, rows: 20 },
    Limits { fields: None, lines: 0, objects: 5, rows: 10 },
];

/// The comment.
pub fn text(diff: &Diff) -> String {
    for limits in STEPS {
        let page = Page::new(diff, *limits);
        // No line of a fence is empty, so that this only closes gaps.
        let text = page.text.replace("\n\n\n", "\n\n").replace("\n\n\n", "\n\n");
        if text.len() <= MOST {
            return text;
        }
    }
    // Names of hundreds of characters: the numbers always fit.
    format!("{}\n\nEverything else is too long for a comment; `plan diff` shows it.\n", head(diff))
}

struct Page<'d> {
    diff: &'d Diff,
    clusters: Clusters,
    limits: Limits,
    text: String,
    /// What was left out, in words.
    left_out: Vec<String>,
}

impl<'d> Page<'d> {
    fn new(diff: &'d Diff, limits: Limits) -> Page<'d> {
        let mut page =
            Page { diff, clusters: Clusters::of(diff), limits, text: head(diff), left_out: Vec::new() };
        page.text.push('\n');
        page.obstacles();
        page.meanings();
        page.addresses();
        page.flows();
        page.firewall();
        page.objects();
        if !diff.rewritten.is_empty() {
            let files = phrase::many(diff.rewritten.len(), "file");
            page.text
                .push_str(&format!("\n{files} with other comments or another order, which mean nothing.\n"));
        }
        if !page.left_out.is_empty() {
            let what = page.left_out.join(", ");
            page.text.push_str(&format!("\nLeft out: {what}. `plan diff --verbose` shows all of it.\n"));
        }
        page
    }

    fn obstacles(&mut self) {
        if self.diff.obstacles.is_empty() {
            return;
        }
        self.text.push_str("\n#### Cannot be applied as it is\n\n");
        for obstacle in &self.diff.obstacles {
            let class = if obstacle.forever { Danger::Impossible } else { Danger::Disruptive };
            let title = phrase::obstacle(obstacle);
            self.text.push_str(&format!(
                "- **{}** {}: {}\n",
                class.word(),
                escape(&title),
                escape(&obstacle.sentence)
            ));
            self.advice(&obstacle.advice);
        }
        if phrase::can_be_staged(self.diff) {
            self.text.push_str(&format!("\n{}.\n", phrase::STAGED));
        }
    }

    /// What the changes do; those without a meaning only count.
    fn meanings(&mut self) {
        let rows = effects(&self.diff.changes);
        if rows.is_empty() {
            return;
        }
        let harmless = rows.partition_point(|effect| effect.meaning.danger > Danger::Note);
        self.text.push_str("\n#### What it does\n\n");
        let shown = self.limits.rows;
        rows.iter().take(harmless.min(shown)).for_each(|effect| self.effect(effect));
        // What goes on as before is not in the way of what does not.
        if harmless < rows.len() && harmless < shown {
            let folded = rows.len() - harmless > 3;
            if folded {
                let all = phrase::many(rows.len() - harmless, "harmless effect");
                self.text.push_str(&format!("\n<details><summary>{all}</summary>\n\n"));
            }
            rows[harmless..].iter().take(shown - harmless).for_each(|effect| self.effect(effect));
            if folded {
                self.text.push_str("\n</details>\n");
            }
        }
        self.cut(rows.len(), shown, "effects");
    }

    fn effect(&mut self, effect: &Effect<'_>) {
        let first = effect.changes[0];
        let places = places(&first.causes);
        let sentence = phrase::sentence(effect, 12, &self.clusters);
        let danger = effect.meaning.danger.word();
        self.text.push_str(&format!("- **{danger}** {}{places}\n", escape(&sentence)));
        self.advice(&effect.meaning.advice);
    }

    fn advice(&mut self, advice: &str) {
        if !advice.is_empty() {
            self.text.push_str(&format!("  <br>*Do:* {}\n", escape(advice)));
        }
    }

    fn addresses(&mut self) {
        if self.diff.addresses.is_empty() {
            return;
        }
        self.text.push_str(
            "\n#### Addresses\n\n| address | of | ports | names | used by | |\n|---|---|---|---|---|---|\n",
        );
        for address in self.diff.addresses.iter().take(self.limits.rows) {
            let cluster = self.clusters.named(&address.cluster);
            let cells = [
                phrase::addresses(address, "→"),
                format!("`{}` {}", address.holder, cluster.unwrap_or_default()).trim().to_owned(),
                address.ports.join(", "),
                phrase::few(&address.hosts, 4),
                phrase::few(&address.users, 6),
                phrase::neighbours(address).join("; "),
            ];
            let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
            self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        self.cut(self.diff.addresses.len(), self.limits.rows, "addresses");
    }

    fn flows(&mut self) {
        let of = |why: &[Why]| -> Vec<&'d FlowChange> {
            self.diff.flows.iter().filter(|flow| why.contains(&flow.why)).collect()
        };
        let (by_policy, by_ends) = (of(&[Why::Policy]), of(&[Why::New, Why::Gone]));
        if !by_policy.is_empty() {
            self.text.push_str("\n#### Connections\n\n");
            self.flow_table(&by_policy, "connections");
        }
        if !by_ends.is_empty() {
            let summary = "Connections of what is new or gone";
            self.text.push_str(&format!("\n<details><summary>{summary}</summary>\n\n"));
            self.flow_table(&by_ends, "connections of what is new or gone");
            self.text.push_str("\n</details>\n");
        }
    }

    fn flow_table(&mut self, flows: &[&FlowChange], what: &str) {
        self.text.push_str("| | from | to | ports |\n|---|---|---|---|\n");
        for flow in flows.iter().take(self.limits.rows) {
            let cluster = self.clusters.named(&flow.cluster);
            let cluster = cluster.map(|name| format!(" {name}")).unwrap_or_default();
            let end = |names: &[String]| {
                let shown: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                cell(&phrase::few(&shown, 6))
            };
            for (way, ports) in phrase::ways(flow) {
                let (from, to) = (end(&flow.from), end(&flow.to));
                self.text.push_str(&format!(
                    "| {way} | {from} | {to}{} | {} |\n",
                    escape(&cluster),
                    escape(ports)
                ));
            }
        }
        self.cut(flows.len(), self.limits.rows, what);
    }

    fn firewall(&mut self) {
        if self.diff.firewall.is_empty() {
            return;
        }
        self.text.push_str("\n#### Firewall of the machines\n\n| | port | from |\n|---|---|---|\n");
        for rule in self.diff.firewall.iter().take(self.limits.rows) {
            let (what, port, sources) = phrase::firewall(rule);
            let cluster = self.clusters.named(&rule.cluster);
            let port = format!("{port} {}", cluster.unwrap_or_default());
            self.text.push_str(&format!("| {what} | {} | {} |\n", escape(port.trim()), escape(&sources)));
        }
        self.cut(self.diff.firewall.len(), self.limits.rows, "firewall rules");
    }

    /// Every object, folded by class.
    fn objects(&mut self) {
        for danger in Danger::ALL.into_iter().rev() {
            let groups = groups(self.diff.changes.iter().filter(|change| change.danger == danger));
            if groups.is_empty() {
                continue;
            }
            let all: usize = groups.iter().map(|group| group.changes.len()).sum();
            let summary = phrase::changes(all, danger);
            self.text.push_str(&format!("\n<details><summary>{summary}</summary>\n\n"));
            let with_fields = self.limits.fields.is_some_and(|least| danger >= least);
            for group in groups.iter().take(self.limits.objects) {
                let first = group.first();
                let title = escape(&group.title(20, &self.clusters));
                let causes = places(group.causes());
                self.text.push_str(&format!("- {} {title}{causes}\n", first.what().word()));
                // Several files are alike in nothing but that they are files.
                let is_one = group.changes.len() == 1 || !group.is_files();
                if with_fields && is_one {
                    self.fields(group);
                }
            }
            self.cut(groups.len(), self.limits.objects, "objects");
            self.text.push_str("\n</details>\n");
            let has_fields = groups.iter().any(|group| !group.first().fields.is_empty());
            if !with_fields && has_fields {
                self.left_out.push(format!("what the {} say", phrase::changes(all, danger)));
            }
        }
    }

    /// The fields of changes that are alike as a fenced diff.
    fn fields(&mut self, group: &Group<'_>) {
        let change = group.first();
        let mut lines = Vec::new();
        if change.id().is_file() {
            for hunk in &change.hunks {
                lines.extend(hunk.old.iter().map(|line| format!("-{}", short(line))));
                lines.extend(hunk.new.iter().map(|line| format!("+{}", short(line))));
            }
        } else {
            for (name, old, new) in group.fields() {
                lines.extend(old.map(|old| format!("- {name}: {old}")));
                lines.extend(new.map(|new| format!("+ {name}: {new}")));
            }
        }
        if lines.is_empty() {
            return;
        }
        let all = lines.len();
        lines.truncate(self.limits.lines);
        // A fence is longer than any row of backticks inside it.
        let longest = lines.iter().map(|line| longest_row_of_backticks(line)).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let text: String = lines.iter().map(|line| format!("  {line}\n")).collect();
        self.text.push_str(&format!("\n  {fence}diff\n{text}  {fence}\n\n"));
        if all > self.limits.lines {
            self.text.push_str(&format!("  {} more lines.\n\n", all - self.limits.lines));
        }
    }

    fn cut(&mut self, all: usize, most: usize, what: &str) {
        if all > most {
            self.text.push_str(&format!("\n{} more {what}.\n", all - most));
            self.left_out.push(format!("{} {what}", all - most));
        }
    }
}

/// Both sides and the numbers.
fn head(diff: &Diff) -> String {
    let mut text =
        format!("### {} → {}\n\n**{}**", title(&diff.old), title(&diff.new), phrase::headline(diff));
    for besides in phrase::besides(diff) {
        text.push_str(&format!("; {besides}"));
    }
    text.push('\n');
    text
}

/// The lines of the plans that something comes from.
fn places<'c>(causes: impl IntoIterator<Item = &'c Cause>) -> String {
    let place = |cause: &Cause| format!("{} {}", escape(&phrase::place(cause)), code(&cause.key));
    let places: Vec<String> = causes.into_iter().map(place).collect();
    if places.is_empty() { String::new() } else { format!(" ({})", places.join(", ")) }
}

/// What a side is called; the name of a revision is code, as its path is.
fn title(name: &str) -> String {
    let parts: Vec<String> = name.split(" at ").map(code).collect();
    parts.join(" at ")
}

/// A line of a file; one that is as long as a page would leave no room for the others.
fn short(line: &str) -> String {
    const LONGEST: usize = 1_000;
    let line = line.trim_end();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line.to_owned(),
    }
}

fn longest_row_of_backticks(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Code on one line, whatever is in it.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let fence = "`".repeat(longest_row_of_backticks(&text) + 1);
    if fence.len() == 1 { format!("`{text}`") } else { format!("{fence} {text} {fence}") }
}

/// A text in a table, where `|` divides even what is code.
fn cell(text: &str) -> String {
    escape(text).replace('|', "\\|")
}

/// A text as one line of a list: what is between backticks stays code, everything else is shown as it is
/// written.
fn escape(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut escaped = String::new();
    for (at, part) in parts.iter().enumerate() {
        // An odd backtick at the end encloses nothing.
        let alone = at == parts.len() - 1 && at % 2 == 1;
        match at % 2 == 1 && !alone {
            true if part.is_empty() => escaped.push_str("&#96;&#96;"),
            true => escaped.push_str(&code(part)),
            false => {
                escaped.push_str(if alone { "&#96;" } else { "" });
                escaped.push_str(&entities(part));
            }
        }
    }
    escaped
}

/// Every character that Markdown or HTML could read otherwise, as an entity.
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
