//! For a program: the rows with every name.

use super::{Format, Page};
use crate::reach::address::network;
use crate::reach::matrix::End;
use crate::reach::subject::Unanswerable;
use crate::reach::words::ports;
use serde_json::{Value, json};

pub static FORMAT: Format =
    Format { name: "json", about: "for a program: grouped rows with every name", render };

fn render(page: &Page<'_, '_>) -> Result<String, Unanswerable> {
    let matrix = page.matrix;
    let rows: Vec<Value> = (matrix.rows.iter())
        .map(|row| {
            let mut value = json!({
                "from": end(&row.from),
                "to": end(&row.to),
                "surely": ports(&row.connection.surely),
                "possibly": ports(&row.connection.possibly),
            });
            if let Some(change) = row.change {
                value["change"] = json!(change.word());
            }
            value
        })
        .collect();
    let page = json!({
        "format_version": 1,
        "cluster": page.subject.title,
        "workloads": matrix.workloads,
        "namespaces": matrix.namespaces,
        "policies": matrix.policies,
        "unprotected": matrix.unprotected,
        "notes": page.notes,
        "rows": rows,
    });
    Ok(format!("{page:#}\n"))
}

/// `names` is `null` where all of the namespaces are meant.
fn end(end: &End) -> Value {
    let names = |names: &[String]| if names.is_empty() { Value::Null } else { json!(names) };
    match end {
        End::Internet => json!("internet"),
        End::Networks(ranges) => {
            let networks: Vec<String> = ranges.iter().map(|one| network(*one)).collect();
            json!({ "networks": networks })
        }
        End::Within(within) => json!({ "same_namespace": true, "names": names(within) }),
        End::Pods(pods) => {
            let parts = pods.parts.iter();
            json!(
                parts
                    .map(|part| json!({ "namespaces": part.namespaces, "names": names(&part.names) }))
                    .collect::<Vec<_>>()
            )
        }
    }
}
