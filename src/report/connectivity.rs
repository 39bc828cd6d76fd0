//! Who may connect to whom, as data for the script: rows of `plan reach`, by namespace.
//!
//! A thousand namespaces have a million pairs, so the page holds the rows that the evaluator folds them into, and its
//! script draws the part that is asked for.

use crate::facts::Facts;
use crate::reach::address::{self, Outside};
use crate::reach::endpoint::Filter;
use crate::reach::matrix::End;
use crate::reach::{Groups, Matrix, Part, Row, Subject, words};
use crate::resolve::Cluster;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Serialize)]
pub struct Connectivity {
    pub clusters: Vec<Summary>,
    /// JSON that is safe inside of a `script` element.
    pub data: String,
}

/// One cluster in numbers.
#[derive(Serialize)]
pub struct Summary {
    pub name: String,
    pub workloads: usize,
    pub namespaces: usize,
    pub policies: usize,
    pub unprotected: usize,
    /// Policies that are only staged.
    pub staged: usize,
}

pub fn connectivity(facts: &Facts<'_>) -> Connectivity {
    let clusters: Vec<&Cluster<'_>> = facts.resolved.targets().collect();
    let parts: Vec<(Summary, Value)> =
        clusters.par_iter().map(|cluster| of_cluster(facts, cluster)).collect();
    let (clusters, data): (Vec<Summary>, Vec<Value>) = parts.into_iter().unzip();
    Connectivity { clusters, data: inside_of_script(&json!(data)) }
}

/// `</script>` and `<!--` cannot be in there; JSON may spell any character by its number.
fn inside_of_script(data: &Value) -> String {
    data.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn of_cluster(facts: &Facts<'_>, cluster: &Cluster<'_>) -> (Summary, Value) {
    let staged = facts.guards_of(cluster.id).iter().filter(|guard| guard.staged).count();
    let mut table = Table::default();
    for namespace in facts.resolved.namespaces_of(cluster.id) {
        table.namespaces.number(namespace.name.clone());
    }
    let (enforced, matrix) = view(facts, cluster, false, &mut table);
    let all = match staged {
        0 => Value::Null,
        _ => view(facts, cluster, true, &mut table).0,
    };
    let data = json!({
        "name": cluster.name,
        "namespaces": table.namespaces.all,
        "connections": table.connections.all,
        "ends": table.ends.all,
        "enforced": enforced,
        "staged": all,
    });
    let summary = Summary {
        name: cluster.name.to_owned(),
        workloads: matrix.workloads,
        namespaces: matrix.namespaces,
        policies: matrix.policies,
        unprotected: matrix.unprotected,
        staged,
    };
    (summary, data)
}

/// What rows refer to by number, because they say it again and again.
#[derive(Default)]
struct Table {
    namespaces: Numbered<String>,
    connections: Numbered<String>,
    /// Numbers of namespaces, `-1` for the internet, `-2` for other networks outside, and what the end is called. No
    /// numbers are those of the other end.
    ends: Numbered<(Vec<i64>, String)>,
}

/// Values in the order in which they were first seen.
struct Numbered<T> {
    all: Vec<T>,
    numbers: BTreeMap<T, usize>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Numbered { all: Vec::new(), numbers: BTreeMap::new() }
    }
}

impl<T: Clone + Ord> Numbered<T> {
    fn number(&mut self, value: T) -> usize {
        *self.numbers.entry(value).or_insert_with_key(|value| {
            self.all.push(value.clone());
            self.all.len() - 1
        })
    }
}

/// The rows under the policies that are enforced, or also under those that are staged: from, to, connection.
fn view(facts: &Facts<'_>, cluster: &Cluster<'_>, staged: bool, table: &mut Table) -> (Value, Matrix) {
    let subject = Subject::of_plan(facts, cluster, staged);
    let network = subject.network();
    let parts = [(None, Groups::of(&network))];
    let outside = Outside::new(&subject.world, None, &subject.service_addresses());
    let matrix = Matrix::new(&subject, &network, &parts, &outside, &Filter::default(), &Filter::default());
    let end = |table: &mut Table, end: &End| -> usize {
        let numbers: Vec<i64> = match end {
            End::Internet => vec![-1],
            End::Networks(_) => vec![-2],
            End::Within(_) => Vec::new(),
            End::Pods(pods) => {
                let all = pods.parts.iter().flat_map(|part| &part.namespaces).cloned();
                let mut all: Vec<i64> = all.map(|name| table.namespaces.number(name) as i64).collect();
                all.sort_unstable();
                all.dedup();
                all
            }
        };
        table.ends.number((numbers, label(end)))
    };
    let rows: Vec<Value> = (matrix.rows.iter())
        .map(|row: &Row| {
            let (from, to) = (end(table, &row.from), end(table, &row.to));
            json!([from, to, table.connections.number(words::connection(&row.connection))])
        })
        .collect();
    (Value::Array(rows), matrix)
}

fn label(end: &End) -> String {
    match end {
        End::Internet => "internet".to_owned(),
        End::Networks(ranges) => {
            ranges.iter().map(|range| address::network(*range)).collect::<Vec<_>>().join(", ")
        }
        End::Within(names) if names.is_empty() => "the same namespace".to_owned(),
        End::Within(names) => format!("the same namespace: {}", names.join(", ")),
        End::Pods(pods) if pods.everything => "every pod".to_owned(),
        End::Pods(pods) => {
            let part = |part: &Part| match part.names.as_slice() {
                [] => format!("all of {}", few(&part.namespaces)),
                names => format!("{} in {}", few(names), few(&part.namespaces)),
            };
            let (shown, more) = pods.parts.split_at(pods.parts.len().min(SHOWN));
            let mut text = shown.iter().map(part).collect::<Vec<_>>().join("; ");
            if !more.is_empty() {
                text.push_str(&format!("; and {} more", more.len()));
            }
            text
        }
    }
}

/// So many names are written out; the others are counted, and the matrix has them.
const SHOWN: usize = 4;

fn few(names: &[String]) -> String {
    let (shown, more) = names.split_at(names.len().min(SHOWN));
    let text = shown.join(", ");
    if more.is_empty() { text } else { format!("{text} and {} more", more.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_its_element() {
        let text = inside_of_script(&json!(["</script><!--", "&amp;"]));
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), json!(["</script><!--", "&amp;"]));
    }
}
