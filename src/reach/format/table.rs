//! For a person: three columns, what they are about, and the names that were too many for a column.

use super::{Format, Page, connection};
use crate::reach::legend::Legend;
use crate::reach::subject::Unanswerable;

pub static FORMAT: Format = Format { name: "table", about: "for a person: grouped rows", render };

fn render(page: &Page<'_, '_>) -> Result<String, Unanswerable> {
    let matrix = page.matrix;
    let mut text = format!(
        "# {}: {}, {}, {}\n",
        page.subject.title,
        count(matrix.workloads, "workload", "workloads"),
        count(matrix.namespaces, "namespace", "namespaces"),
        count(matrix.policies, "policy", "policies"),
    );
    for note in page.notes {
        text.push_str(&format!("# {note}\n"));
    }
    if matrix.unprotected > 0 && page.after.is_none() {
        let open = count(matrix.unprotected, "workload is", "workloads are");
        text.push_str(&format!("# {open} open at least one way, because no policy isolates that\n"));
    }
    let mut legend = Legend::default();
    let mut rows = vec![["FROM".to_owned(), "TO".to_owned(), "CONNECTION".to_owned()]];
    rows.extend(matrix.rows.iter().map(|row| [legend.end(&row.from), legend.end(&row.to), connection(row)]));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1)];
    for [from, to, connection] in &rows {
        let line = format!("{from:<0$}  {to:<1$}  {connection}", widths[0], widths[1]);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for (number, names) in legend.lines() {
        text.push_str(&format!("#{number} {names}\n"));
    }
    Ok(text)
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
