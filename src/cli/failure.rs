//! There is no answer: what was being done to which path, what went wrong, and what to do.

use std::fmt;
use std::io;
use std::path::Path;

/// Why a command has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub message: String,
    pub help: Option<String>,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Failure {
        self.help = Some(help.into());
        self
    }

    /// The system refused to do something to a path: `cannot read …`.
    pub fn system(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
        move |error| Failure::new(format!("cannot {doing} `{}`: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}
