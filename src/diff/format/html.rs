//! One page that needs nothing but itself: no script, no font, no network.

use super::fold::{effects, groups};
use super::line::Line;
use super::phrase::{self, Clusters};
use crate::diff::change::Change;
use crate::diff::{Danger, Diff, Why};

/// Colours carry no meaning alone: each class is a word as well.
const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--bad:#b3261e;--warn:#8a5a00;--good:#1b6e3c}\
@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--warn:#ffca66;--good:#7ddc9f}}\
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}\
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}\
table{border-collapse:collapse;display:block;overflow-x:auto}\
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}\
code,pre{font:14px/1.45 ui-monospace,monospace}pre{overflow-x:auto;border:1px solid var(--line);padding:.5rem}\
details{border:1px solid var(--line);padding:.4rem .8rem;margin:.5rem 0}summary{cursor:pointer}\
.impossible,.irreversible,.disruptive,.lost,del{color:var(--bad)}.restart{color:var(--warn)}.gained,ins{color:var(--good)}\
del,ins{text-decoration:none}li{margin:.3rem 0}";

/// The page.
pub fn text(diff: &Diff) -> String {
    let title = format!("{} → {}", diff.old, diff.new);
    let mut page = Page { text: String::new() };
    page.add(&format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>{0}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<main>\n<h1>{0}</h1>\n",
        escape(&title)
    ));
    let besides = phrase::besides(diff);
    let all = [phrase::headline(diff)].into_iter().chain(besides).collect::<Vec<_>>().join("; ");
    page.add(&format!("<p><strong>{}</strong></p>\n", escape(&all)));
    page.obstacles(diff);
    page.meanings(diff);
    page.addresses(diff);
    page.flows(diff);
    page.firewall(diff);
    page.objects(diff);
    page.add("</main>\n</body>\n</html>\n");
    page.text
}

struct Page {
    text: String,
}

impl Page {
    fn add(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn obstacles(&mut self, diff: &Diff) {
        if diff.obstacles.is_empty() {
            return;
        }
        self.add("<h2>Cannot be applied as it is</h2>\n<ul>\n");
        for obstacle in &diff.obstacles {
            let class = if obstacle.forever { Danger::Impossible } else { Danger::Disruptive };
            self.item(class, &phrase::obstacle(obstacle), &obstacle.sentence, &obstacle.advice, "");
        }
        self.add("</ul>\n");
        if phrase::can_be_staged(diff) {
            self.add(&format!("<p>{}.</p>\n", ticks(phrase::STAGED)));
        }
    }

    fn meanings(&mut self, diff: &Diff) {
        let rows = effects(&diff.changes);
        if rows.is_empty() {
            return;
        }
        let clusters = Clusters::of(diff);
        self.add("<h2>What it does</h2>\n<ul>\n");
        for effect in rows {
            let (meaning, places) = (effect.meaning, places(effect.changes[0]));
            let sentence = phrase::sentence(&effect, usize::MAX, &clusters);
            self.item(meaning.danger, "", &sentence, &meaning.advice, &places);
        }
        self.add("</ul>\n");
    }

    fn item(&mut self, danger: Danger, of: &str, sentence: &str, advice: &str, places: &str) {
        let word = danger.word();
        let of = if of.is_empty() { String::new() } else { format!("{}: ", code(of)) };
        self.add(&format!("<li><strong class=\"{word}\">{word}</strong> {of}{}{places}", ticks(sentence)));
        if !advice.is_empty() {
            self.add(&format!("<br><em>Do:</em> {}", ticks(advice)));
        }
        self.add("</li>\n");
    }

    fn table(&mut self, title: &str, columns: &[&str], rows: &[Vec<String>]) {
        if rows.is_empty() {
            return;
        }
        self.add(&format!("<h2>{title}</h2>\n<table>\n<thead><tr>"));
        for column in columns {
            self.add(&format!("<th scope=\"col\">{column}</th>"));
        }
        self.add("</tr></thead>\n<tbody>\n");
        for row in rows {
            let class = row.first().map_or("", |word| match word.as_str() {
                "lost" | "moved" => " class=\"lost\"",
                "gained" => " class=\"gained\"",
                _ => "",
            });
            self.add("<tr>");
            for (at, cell) in row.iter().enumerate() {
                let class = if at == 0 { class } else { "" };
                self.add(&format!("<td{class}>{}</td>", escape(cell)));
            }
            self.add("</tr>\n");
        }
        self.add("</tbody>\n</table>\n");
    }

    fn addresses(&mut self, diff: &Diff) {
        let row = |address: &crate::diff::AddressChange| {
            vec![
                address.what().to_owned(),
                phrase::addresses(address, "→"),
                address.holder.clone(),
                address.cluster.clone().unwrap_or_default(),
                address.ports.join(", "),
                address.hosts.join(", "),
                address.users.join(", "),
                phrase::neighbours(address).join("; "),
            ]
        };
        let rows: Vec<Vec<String>> = diff.addresses.iter().map(row).collect();
        let columns = ["what", "address", "of", "cluster", "ports", "names", "used by", "neighbours"];
        self.table("Addresses", &columns, &rows);
    }

    fn flows(&mut self, diff: &Diff) {
        let mut rows = Vec::new();
        for flow in &diff.flows {
            for (way, ports) in phrase::ways(flow) {
                let why = match flow.why {
                    Why::Policy => "",
                    Why::New => "new",
                    Why::Gone => "gone",
                };
                let (from, to) = (flow.from.join(", "), flow.to.join(", "));
                let cluster = flow.cluster.clone().unwrap_or_default();
                rows.push(vec![way.to_owned(), from, to, ports.to_owned(), cluster, why.to_owned()]);
            }
        }
        self.table("Connections", &["what", "from", "to", "ports", "cluster", "an end is"], &rows);
    }

    fn firewall(&mut self, diff: &Diff) {
        let row = |rule: &crate::diff::FirewallChange| {
            let (what, port, _) = phrase::firewall(rule);
            vec![what.to_owned(), port, rule.sources.join(", "), rule.cluster.clone().unwrap_or_default()]
        };
        let rows: Vec<Vec<String>> = diff.firewall.iter().map(row).collect();
        self.table("Firewall of the machines", &["what", "port", "from", "cluster"], &rows);
    }

    fn objects(&mut self, diff: &Diff) {
        if diff.changes.is_empty() {
            return;
        }
        let clusters = Clusters::of(diff);
        self.add("<h2>Everything that changes</h2>\n");
        for danger in Danger::ALL.into_iter().rev() {
            for group in groups(diff.changes.iter().filter(|change| change.danger == danger)) {
                let first = group.first();
                let (word, what) = (danger.word(), first.what().word());
                self.add(&format!(
                    "<details><summary><strong class=\"{word}\">{word}</strong> {what} {}{}</summary>\n",
                    escape(&group.title(usize::MAX, &clusters)),
                    places(first)
                ));
                // Several files are alike in nothing but that they are files.
                match group.is_files() {
                    true => group.changes.iter().for_each(|change| self.lines(&hunks(change))),
                    false => self.lines(&group.fields().into_iter().flat_map(signed).collect::<Vec<_>>()),
                }
                self.add("</details>\n");
            }
        }
    }

    fn lines(&mut self, lines: &[Signed]) {
        if lines.is_empty() {
            return;
        }
        self.add("<pre>");
        for (added, line) in lines {
            let (tag, sign) = if *added { ("ins", '+') } else { ("del", '-') };
            self.add(&format!("<{tag}>{sign} {}</{tag}>\n", escape(line)));
        }
        self.add("</pre>\n");
    }
}

/// A line, and whether it is new.
type Signed = (bool, String);

/// The lines of a file that holds no object.
fn hunks(change: &Change) -> Vec<Signed> {
    let mut lines = Vec::new();
    for hunk in &change.hunks {
        lines.extend(hunk.old.iter().map(|line| (false, line.trim_end().to_owned())));
        lines.extend(hunk.new.iter().map(|line| (true, line.trim_end().to_owned())));
    }
    lines
}

fn signed((name, old, new): Line) -> impl Iterator<Item = Signed> {
    let old = old.map(|old| (false, format!("{name}: {old}")));
    old.into_iter().chain(new.map(|new| (true, format!("{name}: {new}"))))
}

fn places(change: &Change) -> String {
    let places =
        change.causes.iter().map(|cause| format!("{} {}", code(&phrase::place(cause)), escape(&cause.key)));
    let places: Vec<String> = places.collect();
    if places.is_empty() { String::new() } else { format!(" ({})", places.join(", ")) }
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

/// What is between backticks is code.
fn ticks(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { escape(part) }).collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
