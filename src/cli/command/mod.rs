//! The subcommands: one file each, and one line in the list below.

use super::failure::Failure;
use super::run::Status;
use super::terminal::Terminal;

/// Makes the enum that clap reads and the way from a variant to its file.
macro_rules! commands {
    ($($(#[$attribute:meta])* $variant:ident in $module:ident;)*) => {
        $(mod $module;)*

        /// A subcommand with its arguments; each says in its own file what it does.
        #[derive(Debug, clap::Subcommand)]
        pub enum Command {
            $($(#[$attribute])* $variant($module::Arguments),)*
        }

        impl Command {
            /// Runs it; the status is the exit status.
            pub fn run(&self, terminal: &mut Terminal) -> Result<Status, Failure> {
                match self {
                    $(Command::$variant(arguments) => $module::run(arguments, terminal),)*
                }
            }
        }
    };
}

mod timeline;

commands! {
    Init in init;
    Check in check;
    Build in build;
    Diff in diff;
    Show in show;
    Reach in reach;
    Why in why;
    Verify in verify;
    Report in report;
    Explain in explain;
    Completions in completions;
    Man in man;
    #[command(hide = true)]
    Generate in generate;
}
