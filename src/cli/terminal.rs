//! Two streams, each with its own look: colours, characters and width are a matter of where the text goes.

use super::failure::Failure;
use super::format::Format;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// How a text for one stream looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub color: bool,
    /// Box drawing and arrows; plain ASCII otherwise.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
}

/// Where a command prints.
#[derive(Debug)]
pub struct Terminal {
    pub stdout: Look,
    pub stderr: Look,
    pub format: &'static Format,
    pub quiet: bool,
    pub verbose: bool,
    pub deny_warnings: bool,
}

impl Look {
    /// The look of a stream: `tty` says whether a person watches it.
    fn of(choice: ColorChoice, tty: bool, width: Option<usize>) -> Look {
        let dumb = variable("TERM").is_some_and(|term| term == "dumb");
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            // https://no-color.org and https://bixense.com/clicolors: set and not empty counts.
            ColorChoice::Auto if variable("NO_COLOR").is_some() => false,
            ColorChoice::Auto if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            ColorChoice::Auto => tty && !dumb,
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable).unwrap_or_default();
        let utf8 = locale.to_ascii_uppercase().replace('-', "").contains("UTF8");
        let unicode = utf8 && (choice == ColorChoice::Always || (tty && !dumb));
        Look { color, unicode, width: width.unwrap_or(100).clamp(40, 160) }
    }

    /// An arrow that the stream can show.
    pub fn arrow(self) -> &'static str {
        if self.unicode { "→" } else { "->" }
    }

    /// A word in the colour of errors, warnings or helps, where the stream has colours.
    pub fn paint(self, word: &str, color: Paint) -> String {
        if self.color { format!("\x1b[{}m{word}\x1b[0m", color as u8) } else { word.to_owned() }
    }
}

/// The colours of words, as ANSI numbers.
#[derive(Clone, Copy, Debug)]
pub enum Paint {
    Bold = 1,
    Red = 31,
    Yellow = 33,
    Cyan = 36,
}

/// A variable of the environment that is set and not empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Terminal {
    pub fn new(
        color: ColorChoice,
        format: &'static Format,
        quiet: bool,
        verbose: bool,
        deny_warnings: bool,
    ) -> Terminal {
        let columns = |size: Option<(terminal_size::Width, terminal_size::Height)>| {
            size.map(|(width, _)| usize::from(width.0))
        };
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let out = columns(terminal_size::terminal_size_of(&stdout));
        let err = columns(terminal_size::terminal_size_of(&stderr));
        Terminal {
            stdout: Look::of(color, stdout.is_terminal(), out),
            stderr: Look::of(color, stderr.is_terminal(), err),
            format,
            quiet,
            verbose,
            deny_warnings,
        }
    }

    /// Prints what was asked for. That nobody reads on is no failure: `plan explain | head` is well.
    pub fn answer(&mut self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::new(format!("cannot write to stdout: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Prints something about the answer. Without stderr there is nobody to tell.
    pub fn remark(&mut self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Prints something about the answer, unless only errors are wanted.
    pub fn note(&mut self, text: &str) {
        if !self.quiet {
            self.remark(text);
        }
    }

    /// Prints why there is no answer.
    pub fn failure(&mut self, failure: &Failure) {
        let mut text = format!("{}: {failure}\n", self.stderr.paint("error", Paint::Red));
        if let Some(help) = &failure.help {
            text.push_str(&format!("{}: {help}\n", self.stderr.paint("help", Paint::Cyan)));
        }
        self.remark(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_that_no_text_fits_in_is_widened() {
        assert_eq!(Look::of(ColorChoice::Never, false, Some(3)).width, 40);
        assert_eq!(Look::of(ColorChoice::Never, false, None).width, 100);
    }

    #[test]
    fn the_flag_is_stronger_than_the_stream() {
        assert!(Look::of(ColorChoice::Always, false, None).color);
        assert!(!Look::of(ColorChoice::Never, true, None).color);
    }
}
