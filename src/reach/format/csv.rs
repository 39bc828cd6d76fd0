//! For other tools: every pair of workloads, in the columns that analyzers of NetworkPolicies agree on.

use super::{Format, Page};
use crate::connectivity::Direction;
use crate::reach::address::{Outside, range};
use crate::reach::subject::Unanswerable;
use crate::reach::words::ports;

pub static FORMAT: Format =
    Format { name: "csv", about: "for other tools: every pair, source,destination,connection", render };

/// An open cluster of a thousand namespaces has billions of pairs, and no tool reads that.
const MOST_LINES: usize = 5_000_000;

fn render(page: &Page<'_, '_>) -> Result<String, Unanswerable> {
    let matrix = page.network.matrix();
    let sources: Vec<_> = matrix.groups.iter().map(|group| page.from.of(&group.members)).collect();
    let destinations: Vec<_> = matrix.groups.iter().map(|group| page.to.of(&group.members)).collect();
    let pairs: usize =
        matrix.cells.iter().map(|cell| sources[cell.from].len() * destinations[cell.to].len()).sum();
    if pairs > MOST_LINES {
        return Err(Unanswerable::new(format!("this would be {pairs} lines, one for each pair"))
            .help("ask for less with --from and --to, or for groups with --format json"));
    }
    let mut lines = Vec::with_capacity(pairs);
    for cell in &matrix.cells {
        if cell.connection.surely.is_empty() {
            continue;
        }
        let connection = ports(&cell.connection.surely);
        for source in &sources[cell.from] {
            for destination in destinations[cell.to].iter().filter(|destination| *destination != source) {
                lines.push((
                    page.subject.workload(*source),
                    page.subject.workload(*destination),
                    connection.clone(),
                ));
            }
        }
    }
    let outside = Outside::new(&page.subject.world);
    for (at, group) in matrix.groups.iter().enumerate() {
        // A group is alike in everything that policies say, so its first member speaks for all.
        let first = group.members[0];
        if page.to.internet() && !sources[at].is_empty() {
            for (addresses, connection) in outside.connections(first, Direction::Egress) {
                let (addresses, connection) = (range(addresses), ports(&connection.surely));
                let of = |id| (page.subject.workload(id), addresses.clone(), connection.clone());
                lines.extend(sources[at].iter().copied().map(of));
            }
        }
        if page.from.internet() && !destinations[at].is_empty() {
            for (addresses, connection) in outside.connections(first, Direction::Ingress) {
                let (addresses, connection) = (range(addresses), ports(&connection.surely));
                let of = |id| (addresses.clone(), page.subject.workload(id), connection.clone());
                lines.extend(destinations[at].iter().copied().map(of));
            }
        }
    }
    lines.sort_unstable();
    let mut text = String::from("source,destination,connection\n");
    for (source, destination, connection) in lines {
        text.push_str(&format!("{},{},{}\n", cell(&source), cell(&destination), cell(&connection)));
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
