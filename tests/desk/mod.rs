//! A folder of its own in which `plan` is run.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub const PLAN: &str = "plans/lab/migration.toml";

pub struct Desk {
    folder: TempDir,
}

/// What a run left behind.
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Desk {
        Desk { folder: tempfile::tempdir().expect("a folder") }
    }

    /// A desk with the plan of `plan init lab`, and more at its end.
    pub fn lab(more: &str) -> Desk {
        let desk = Desk::new();
        assert_eq!(desk.plan(&["init", "lab"]).status, 0);
        let text = desk.read(PLAN);
        desk.write(PLAN, &format!("{text}{more}"));
        desk
    }

    pub fn plan(&self, arguments: &[&str]) -> Ran {
        self.plan_with(arguments, "")
    }

    /// The same with a text on stdin.
    pub fn plan_with(&self, arguments: &[&str], text: &str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plan"));
        command.args(arguments).current_dir(self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE"] {
            command.env_remove(name);
        }
        let mut child = command.env("LANG", "C.UTF-8").env("TERM", "xterm").spawn().expect("a run");
        // Who does not read stdin may be gone already.
        let _ = child.stdin.take().expect("a pipe").write_all(text.as_bytes());
        let output = child.wait_with_output().expect("a run");
        Ran {
            status: output.status.code().expect("no signal"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).expect("a file");
    }

    /// Replaces a part of a file that is there.
    pub fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} has no {old}");
        self.write(path, &text.replace(old, new));
    }
}
