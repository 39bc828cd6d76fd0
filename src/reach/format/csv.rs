//! For other tools: every pair of workloads, in the columns that analyzers of NetworkPolicies agree on.

use super::{Format, Page};
use crate::connectivity::Direction;
use crate::reach::address::range;
use crate::reach::groups::Change;
use crate::reach::subject::Unanswerable;
use crate::reach::words::ports;

pub static FORMAT: Format =
    Format { name: "csv", about: "for other tools: every pair, source,destination,connection", render };

/// An open cluster of a thousand namespaces has billions of pairs, and no tool reads that.
const MOST_LINES: usize = 5_000_000;

/// Source, destination, what becomes of it, connection.
type Line = (String, String, &'static str, String);

fn render(page: &Page<'_, '_>) -> Result<String, Unanswerable> {
    let mut pairs = 0;
    for (_, groups) in page.parts {
        let sources: Vec<usize> = groups.members.iter().map(|members| page.from.of(members).len()).collect();
        let others: Vec<usize> = groups.members.iter().map(|members| page.to.of(members).len()).collect();
        pairs += groups.pairs.iter().map(|pair| sources[pair.from] * others[pair.to]).sum::<usize>();
    }
    if pairs > MOST_LINES {
        return Err(Unanswerable::new(format!("this would be {pairs} lines, one for each pair"))
            .help("ask for less with --from and --to, or for groups with --format json"));
    }
    let mut lines: Vec<Line> = Vec::with_capacity(pairs);
    for (change, groups) in page.parts {
        let word = change.map(Change::word).unwrap_or_default();
        let sources: Vec<_> = groups.members.iter().map(|members| page.from.of(members)).collect();
        let destinations: Vec<_> = groups.members.iter().map(|members| page.to.of(members)).collect();
        let name = |id| page.subject.workload(id);
        for pair in groups.pairs.iter().filter(|pair| !pair.connection.surely.is_empty()) {
            let connection = ports(&pair.connection.surely);
            for source in &sources[pair.from] {
                for destination in destinations[pair.to].iter().filter(|destination| *destination != source) {
                    lines.push((name(*source), name(*destination), word, connection.clone()));
                }
            }
        }
        for (at, members) in groups.members.iter().enumerate() {
            // A group is alike in everything that policies say, so its first member speaks for all.
            let first = members[0];
            if page.to.is_outside() && !sources[at].is_empty() {
                for (addresses, connection) in page.outside.connections(first, Direction::Egress, *change) {
                    if !page.to.touches(addresses) {
                        continue;
                    }
                    let (addresses, connection) = (range(addresses), ports(&connection.surely));
                    let of = |id| (name(id), addresses.clone(), word, connection.clone());
                    lines.extend(sources[at].iter().copied().map(of));
                }
            }
            if page.from.is_outside() && !destinations[at].is_empty() {
                for (addresses, connection) in page.outside.connections(first, Direction::Ingress, *change) {
                    if !page.from.touches(addresses) {
                        continue;
                    }
                    let (addresses, connection) = (range(addresses), ports(&connection.surely));
                    let of = |id| (addresses.clone(), name(id), word, connection.clone());
                    lines.extend(destinations[at].iter().copied().map(of));
                }
            }
        }
    }
    lines.sort_unstable();
    let compares = page.after.is_some();
    let mut text = String::from("source,destination,connection");
    text.push_str(if compares { ",change\n" } else { "\n" });
    for (source, destination, change, connection) in lines {
        text.push_str(&format!("{},{},{}", cell(&source), cell(&destination), cell(&connection)));
        text.push_str(&if compares { format!(",{change}\n") } else { "\n".to_owned() });
    }
    Ok(text)
}

/// RFC 4180: a cell with a comma, a quote or a line break stands in quotes.
fn cell(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
