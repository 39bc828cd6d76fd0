//! For a person: three columns, and what they are about.

use super::{Format, Page, connection, label};
use crate::reach::subject::Unanswerable;

pub static FORMAT: Format = Format { name: "table", about: "for a person: grouped rows", render };

fn render(page: &Page<'_, '_>) -> Result<String, Unanswerable> {
    let matrix = page.matrix;
    let mut text = format!(
        "# {}: {} workloads in {} namespaces, {} policies\n",
        page.subject.title, matrix.workloads, matrix.namespaces, matrix.policies
    );
    for note in page.notes {
        text.push_str(&format!("# {note}\n"));
    }
    if matrix.unprotected > 0 {
        let count = matrix.unprotected;
        text.push_str(&format!("# {count} workloads are open at least one way: no policy isolates them\n"));
    }
    let mut rows = vec![["FROM".to_owned(), "TO".to_owned(), "CONNECTION".to_owned()]];
    rows.extend(matrix.rows.iter().map(|row| [label(&row.from), label(&row.to), connection(row)]));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1)];
    for [from, to, connection] in &rows {
        let line = format!("{from:<0$}  {to:<1$}  {connection}", widths[0], widths[1]);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    Ok(text)
}
