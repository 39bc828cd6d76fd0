//! Where a finding is, as programs elsewhere count: files relative to the current folder, lines and columns from 1.

use crate::cli::place::shortest;
use crate::diagnostics::Diagnostic;
use crate::source::{Position, Source, Span};
use std::path::{Component, Path};

/// A place in a file; `end` lies behind its last character.
#[derive(Debug)]
pub struct Location {
    pub file: String,
    pub start: Position,
    pub end: Position,
}

impl Location {
    pub fn of(span: Span, sources: &[Source]) -> Location {
        let source = &sources[usize::from(span.source)];
        let range = span.range();
        Location {
            file: relative(&source.name),
            start: source.position(range.start),
            end: source.position(range.end),
        }
    }

    /// `file:line:column`.
    pub fn shown(&self) -> String {
        format!("{}:{}:{}", self.file, self.start.line, self.start.column)
    }
}

/// A path as repositories write it: relative to the current folder where it is below it, with `/`, without `./`.
pub fn relative(path: &str) -> String {
    let path = shortest(Path::new(path));
    let part = |part: Component<'_>| match part {
        Component::CurDir => None,
        Component::RootDir => Some(String::new()),
        other => Some(other.as_os_str().to_string_lossy().into_owned()),
    };
    path.components().filter_map(part).collect::<Vec<_>>().join("/")
}

/// The sentence of a finding with what to do about it, for formats without a place of its own for that.
pub fn sentence(finding: &Diagnostic) -> String {
    match &finding.help {
        Some(help) => format!("{}\nhelp: {help}", finding.message),
        None => finding.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn a_path_below_the_current_folder_is_relative() {
        assert_eq!(relative("./plans/./lab/migration.toml"), "plans/lab/migration.toml");
        let here = std::env::current_dir().unwrap().join("a b/migration.toml");
        assert_eq!(relative(&here.display().to_string()), "a b/migration.toml");
        assert_eq!(relative("/elsewhere/plan.lock"), "/elsewhere/plan.lock");
        assert_eq!(relative("../other/migration.toml"), "../other/migration.toml");
    }
}
