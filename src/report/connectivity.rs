//! Who may connect to whom, as data for the script: rows of `plan reach`, by namespace.
//!
//! A thousand namespaces have a million pairs, so the page holds the rows that the evaluator folds them into, and its
//! script draws the part that is asked for.

use crate::facts::Facts;
use crate::reach::address::{Outside, network as network_of};
use crate::reach::endpoint::Filter;
use crate::reach::groups::Groups;
use crate::reach::legend::Legend;
use crate::reach::matrix::End;
use crate::reach::{Matrix, Row, Subject, words};
use crate::resolve::{Cluster, NamespaceKind};
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
    let mut names: Vec<Value> = Vec::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for namespace in facts.resolved.namespaces_of(cluster.id) {
        let kind = match namespace.kind {
            NamespaceKind::Tenant(_) => "tenant",
            NamespaceKind::Platform => "platform",
            NamespaceKind::System => "system",
        };
        numbers.insert(namespace.name.clone(), names.len());
        names.push(json!([namespace.name, kind]));
    }
    let mut ports: BTreeMap<String, usize> = BTreeMap::new();
    let (enforced, matrix) = view(facts, cluster, false, &mut numbers, &mut names, &mut ports);
    let all = match staged {
        0 => Value::Null,
        _ => view(facts, cluster, true, &mut numbers, &mut names, &mut ports).0,
    };
    let mut connections = vec![""; ports.len()];
    ports.iter().for_each(|(text, number)| connections[*number] = text);
    let data = json!({
        "name": cluster.name,
        "namespaces": names,
        "connections": connections,
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

/// The rows under the policies that are enforced, or also under those that are staged: from, to, connection, and how the
/// ends are called. An end is a list of numbers of namespaces, `-1` for the internet; an empty `to` is the same namespace.
fn view(
    facts: &Facts<'_>,
    cluster: &Cluster<'_>,
    staged: bool,
    numbers: &mut BTreeMap<String, usize>,
    names: &mut Vec<Value>,
    ports: &mut BTreeMap<String, usize>,
) -> (Value, Matrix) {
    let subject = Subject::of_plan(facts, cluster, staged);
    let network = subject.network();
    let outside = Outside::new(&subject.world, None);
    let parts = [(None, Groups::of(&network))];
    let matrix = Matrix::new(&subject, &network, &parts, &outside, &Filter::default(), &Filter::default());
    let mut end = |end: &End| -> Value {
        match end {
            End::Internet => json!([-1]),
            End::Networks(ranges) => {
                let all = ranges.iter().map(|range| {
                    *numbers.entry(network_of(*range)).or_insert_with(|| {
                        names.push(json!([network_of(*range), "other"]));
                        names.len() - 1
                    })
                });
                json!(all.collect::<Vec<usize>>())
            }
            End::Within(_) => json!([]),
            End::Pods(pods) => {
                let all = pods.parts.iter().flat_map(|part| &part.namespaces);
                let mut all: Vec<usize> = all
                    .map(|name| {
                        *numbers.entry(name.clone()).or_insert_with(|| {
                            names.push(json!([name, "other"]));
                            names.len() - 1
                        })
                    })
                    .collect();
                all.sort_unstable();
                all.dedup();
                json!(all)
            }
        }
    };
    let rows: Vec<Value> = (matrix.rows.iter())
        .map(|row: &Row| {
            let (from, to) = (end(&row.from), end(&row.to));
            let text = words::connection(&row.connection);
            let next = ports.len();
            let connection = *ports.entry(text).or_insert(next);
            json!([from, to, connection, label(&row.from), label(&row.to)])
        })
        .collect();
    (Value::Array(rows), matrix)
}

fn label(end: &End) -> String {
    match end {
        End::Internet => "internet".to_owned(),
        End::Within(names) if names.is_empty() => "the same namespace".to_owned(),
        End::Within(names) => format!("the same namespace: {}", names.join(", ")),
        End::Pods(_) | End::Networks(_) => Legend::default().end(end),
    }
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
