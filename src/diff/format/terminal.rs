//! For a person at a terminal: counts first, danger first, what is alike once.

use super::fold::{Group, effects, groups};
use super::phrase::{self, Clusters};
use crate::diff::cause::Cause;
use crate::diff::{Danger, Diff, Why};

/// How the terminal looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// ANSI colours.
    pub color: bool,
    /// Arrows; plain ASCII otherwise.
    pub unicode: bool,
    /// Everything, whatever its number; otherwise lists are cut.
    pub whole: bool,
}

/// So many names, fields and rows are printed unless everything is asked for.
const SHOWN: usize = 12;

/// So many changes of one class.
const CHANGES: usize = 40;

/// So many connections of what is new or gone.
const BESIDES: usize = 4;

/// The whole comparison.
pub fn text(diff: &Diff, style: Style) -> String {
    let clusters = Clusters::of(diff);
    let mut page =
        Page { text: String::new(), clusters, style, most: if style.whole { usize::MAX } else { SHOWN } };
    page.line(0, &format!("{} {} {}", diff.old, page.arrow(), diff.new));
    let mut all = phrase::headline(diff);
    for besides in phrase::besides(diff) {
        all.push_str(&format!("; {besides}"));
    }
    let all = page.bold(&all);
    page.line(0, &all);
    page.obstacles(diff);
    for danger in Danger::ALL.into_iter().rev() {
        let changes = diff.changes.iter().filter(|change| change.danger == danger);
        let groups = groups(changes);
        if groups.is_empty() {
            continue;
        }
        let heading = page.heading(danger);
        page.line(0, &format!("\n{heading}"));
        let most = if style.whole { groups.len() } else { CHANGES };
        for group in groups.iter().take(most) {
            page.group(group);
        }
        page.more_than(most, groups.len());
    }
    page.addresses(diff);
    page.flows(diff);
    page.firewall(diff);
    if !diff.rewritten.is_empty() {
        let files = phrase::many(diff.rewritten.len(), "file");
        page.line(
            0,
            &format!(
                "\n{files} with other comments or another order, which mean nothing: {}",
                phrase::few(&diff.rewritten, 3)
            ),
        );
    }
    page.text
}

struct Page {
    text: String,
    clusters: Clusters,
    style: Style,
    most: usize,
}

impl Page {
    fn line(&mut self, depth: usize, text: &str) {
        self.text.push_str(&"  ".repeat(depth));
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn arrow(&self) -> &'static str {
        if self.style.unicode { "→" } else { "->" }
    }

    fn paint(&self, text: &str, color: u8) -> String {
        if self.style.color { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(&self, text: &str) -> String {
        self.paint(text, 1)
    }

    fn danger(&self, danger: Danger) -> String {
        let color = match danger {
            Danger::None => 2,
            Danger::Note => 36,
            Danger::Restart => 33,
            Danger::Disruptive | Danger::Irreversible | Danger::Impossible => 31,
        };
        self.paint(danger.word(), color)
    }

    fn heading(&self, danger: Danger) -> String {
        format!("{}: {}", self.danger(danger), danger.about())
    }

    fn obstacles(&mut self, diff: &Diff) {
        if diff.obstacles.is_empty() {
            return;
        }
        let heading = self.paint("cannot be applied as it is", 31);
        self.line(0, &format!("\n{heading}"));
        for obstacle in &diff.obstacles {
            self.line(
                1,
                &format!("{}: {}", phrase::obstacle(obstacle), phrase::printable(&obstacle.sentence)),
            );
            self.advice(&obstacle.advice);
        }
        if phrase::can_be_staged(diff) {
            self.line(1, phrase::STAGED);
        }
    }

    fn group(&mut self, group: &Group<'_>) {
        let first = group.first();
        let causes: Vec<String> = group.causes().iter().take(2).map(|cause| self.cause(cause)).collect();
        let place = if causes.is_empty() { String::new() } else { format!("  {}", causes.join(", ")) };
        self.line(
            1,
            &format!(
                "{} {}{place}",
                first.what().word(),
                self.bold(&phrase::printable(&group.title(self.most.min(6), &self.clusters)))
            ),
        );
        let effects = effects(group.changes.iter().copied());
        for effect in effects.iter().take(self.most) {
            let danger = self.danger(effect.meaning.danger);
            let sentence = match effect.changes.len() == group.changes.len() {
                true => effect.meaning.sentence.clone(),
                false => phrase::sentence(effect, 6, &self.clusters),
            };
            self.line(2, &format!("{danger}: {}", phrase::printable(&sentence)));
            self.advice(&effect.meaning.advice);
        }
        self.more(effects.len());
        let fields = if group.is_files() { Vec::new() } else { group.fields() };
        for (name, old, new) in fields.iter().take(self.most) {
            let text = match (old, new) {
                (Some(old), Some(new)) => {
                    format!("{name}: {} {} {}", self.paint(old, 31), self.arrow(), self.paint(new, 32))
                }
                (Some(old), None) => format!("{name}: {}", self.paint(&format!("- {old}"), 31)),
                (None, new) => {
                    format!(
                        "{name}: {}",
                        self.paint(&format!("+ {}", new.as_deref().unwrap_or_default()), 32)
                    )
                }
            };
            self.line(2, &text);
        }
        self.more(fields.len());
        if first.id().is_file() && first.danger > Danger::None {
            let (old, new) = group.lines();
            if old + new > 0 {
                self.line(2, &format!("+{new} -{old} lines"));
            }
        }
    }

    fn cause(&self, cause: &Cause) -> String {
        self.paint(&format!("{} {}", phrase::place(cause), cause.key), 2)
    }

    fn advice(&mut self, advice: &str) {
        if !advice.is_empty() {
            let word = self.paint("do", 36);
            self.line(3, &format!("{word}: {advice}"));
        }
    }

    fn more(&mut self, all: usize) {
        self.more_than(self.most, all);
    }

    fn more_than(&mut self, most: usize, all: usize) {
        if all > most {
            self.line(2, &format!("and {} more; --verbose shows them", all - most));
        }
    }

    fn addresses(&mut self, diff: &Diff) {
        if diff.addresses.is_empty() {
            return;
        }
        let heading = self.bold("addresses");
        self.line(0, &format!("\n{heading}"));
        for address in diff.addresses.iter().take(self.most) {
            let mut parts = vec![phrase::addresses(address, self.arrow()), address.holder.clone()];
            parts.extend(self.clusters.named(&address.cluster));
            parts.push(address.ports.join(", "));
            parts.push(phrase::few(&address.hosts, 3));
            if !address.users.is_empty() {
                parts.push(format!("used by {}", phrase::few(&address.users, 4)));
            }
            parts.extend(phrase::neighbours(address));
            parts.retain(|part| !part.is_empty());
            self.line(1, &parts.join("  "));
        }
        self.more(diff.addresses.len());
    }

    fn flows(&mut self, diff: &Diff) {
        if diff.flows.is_empty() {
            return;
        }
        let heading = self.bold("connections");
        self.line(0, &format!("\n{heading}"));
        for why in [Why::Policy, Why::Gone, Why::New] {
            let flows: Vec<_> = diff.flows.iter().filter(|flow| flow.why == why).collect();
            // What comes and goes with its ends is no news.
            let most = if why == Why::Policy || self.style.whole { self.most } else { BESIDES };
            for flow in flows.iter().take(most) {
                for (what, ports) in phrase::ways(flow) {
                    let what = self.paint(&format!("{what:<6}"), if what == "lost" { 31 } else { 32 });
                    let reason = match why {
                        Why::Policy => "",
                        Why::New => "  (new)",
                        Why::Gone => "  (gone)",
                    };
                    let (from, to) = (phrase::few(&flow.from, 4), phrase::few(&flow.to, 4));
                    let place = self
                        .clusters
                        .named(&flow.cluster)
                        .map(|name| format!("  {name}"))
                        .unwrap_or_default();
                    self.line(1, &format!("{what} {from} {} {to}: {ports}{reason}{place}", self.arrow()));
                }
            }
            self.more_than(most, flows.len());
        }
    }

    fn firewall(&mut self, diff: &Diff) {
        if diff.firewall.is_empty() {
            return;
        }
        let heading = self.bold("firewall of the machines");
        self.line(0, &format!("\n{heading}"));
        for rule in diff.firewall.iter().take(self.most) {
            let (what, port, sources) = phrase::firewall(rule);
            let place =
                self.clusters.named(&rule.cluster).map(|name| format!("  {name}")).unwrap_or_default();
            self.line(1, &format!("{what} {port} from {sources}{place}"));
        }
        self.more(diff.firewall.len());
    }
}
