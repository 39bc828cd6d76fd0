//! What a revision of a Git repository holds, asked of `git` itself.

use super::failure::Failure;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// One commit of a repository.
pub struct Revision {
    /// The folder that the work tree is in.
    top: PathBuf,
    commit: String,
    /// As a person wrote it.
    pub name: String,
}

/// A file of a commit: path below the folder that was asked about, and bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

impl Revision {
    /// The commit that a name means in the repository that a folder is in.
    pub fn find(folder: &Path, name: &str) -> Result<Revision, Failure> {
        let doing = format!("find the Git repository of `{}`", folder.display());
        let top = run(folder, &["rev-parse", "--show-toplevel"], &doing).map_err(|failure| {
            let help = "--against compares with a revision of the repository that the plan is in";
            if failure.help.is_some() { failure } else { failure.help(help) }
        })?;
        let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end_matches(['\n', '\r']));
        // `--end-of-options` keeps a name that begins with `-` from being an option.
        let wanted = format!("{name}^{{commit}}");
        let doing = format!("find the revision `{name}`");
        let found = run(&top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted], &doing);
        let Ok(found) = found else {
            let message = format!("`{name}` is no revision of the repository `{}`", top.display());
            let is_shallow = run(&top, &["rev-parse", "--is-shallow-repository"], &doing);
            let help = match is_shallow {
                _ if name.contains("..") => {
                    "write one commit and no range; `$(git merge-base main HEAD)` is where a branch began"
                }
                Ok(answer) if answer.starts_with(b"true") => {
                    "this clone is shallow: fetch the commit, with `git fetch --unshallow` or `git fetch --depth 1 origin REV`"
                }
                _ => "write a branch, a tag or a commit",
            };
            return Err(Failure::new(message).help(help));
        };
        let commit = String::from_utf8_lossy(&found).trim().to_owned();
        Ok(Revision { top, commit, name: name.to_owned() })
    }

    /// The bytes of a file; nothing when the commit has none at that path.
    pub fn file(&self, path: &Path) -> Result<Option<Vec<u8>>, Failure> {
        let name = format!("{}:{}", self.commit, self.below(path)?);
        Ok(self.objects(&[name])?.pop().flatten())
    }

    /// Every path whose last part is this name, below the folder that the work tree is in.
    pub fn named(&self, name: &str) -> Result<Vec<PathBuf>, Failure> {
        let doing = format!("list `{}`", self.name);
        let list =
            run(&self.top, &["ls-tree", "-r", "-z", "--name-only", "--full-tree", &self.commit], &doing)?;
        let paths = list.split(|byte| *byte == 0).map(|path| String::from_utf8_lossy(path).into_owned());
        let is_named = |path: &String| path.rsplit('/').next() == Some(name);
        Ok(paths.filter(is_named).map(|path| self.top.join(path)).collect())
    }

    /// Every file below a folder; none when the commit has no such folder.
    pub fn files(&self, folder: &Path) -> Result<Files, Failure> {
        let tree = format!("{}:{}", self.commit, self.below(folder)?);
        let doing = format!("list `{}` at `{}`", folder.display(), self.name);
        let is_there =
            run(&self.top, &["cat-file", "-t", &tree], &doing).is_ok_and(|kind| kind.starts_with(b"tree"));
        if !is_there {
            return Ok(Files::new());
        }
        let list = run(&self.top, &["ls-tree", "-r", "-z", "--full-tree", &tree], &doing)?;
        let (mut paths, mut ids) = (Vec::new(), Vec::new());
        for entry in list.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
            let entry = String::from_utf8_lossy(entry);
            let Some((about, path)) = entry.split_once('\t') else { continue };
            let mut about = about.split(' ');
            // Links and submodules hold no text.
            let (mode, kind, id) = (about.next(), about.next(), about.next());
            if let (Some(mode), Some("blob"), Some(id)) = (mode, kind, id)
                && mode != "120000"
            {
                paths.push(path.to_owned());
                ids.push(id.to_owned());
            }
        }
        let objects = self.objects(&ids)?;
        Ok(paths.into_iter().zip(objects).filter_map(|(path, bytes)| Some((path, bytes?))).collect())
    }

    /// The bytes of objects, in one process; nothing for those that are not there.
    fn objects(&self, names: &[String]) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        let doing = format!("read from `{}`", self.name);
        let cannot = |error: &dyn std::fmt::Display| Failure::new(format!("cannot {doing}: {error}"));
        let mut child = git(&self.top, &["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| no_git(&error))?;
        let stdin = child.stdin.take();
        let question: String = names.iter().map(|name| format!("{name}\n")).collect();
        // A pipe holds less than a tree: asking and reading go on at once.
        let asking = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(question.as_bytes())));
        let mut answer = Vec::new();
        if let Some(mut stdout) = child.stdout.take() {
            stdout.read_to_end(&mut answer).map_err(|error| cannot(&error))?;
        }
        let _ = asking.join();
        let status = child.wait().map_err(|error| cannot(&error))?;
        if !status.success() {
            return Err(cannot(&format!("`git cat-file` ended with {status}")));
        }
        let mut objects = Vec::with_capacity(names.len());
        let mut rest = &answer[..];
        for _ in names {
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                return Err(cannot(&"`git cat-file` ended too early"));
            };
            let header = String::from_utf8_lossy(&rest[..end]).into_owned();
            rest = &rest[end + 1..];
            if header.ends_with(" missing") {
                objects.push(None);
                continue;
            }
            let size = header.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
            let Some(size) = size.filter(|size| *size < rest.len()) else {
                return Err(cannot(&format!("`git cat-file` said `{header}`")));
            };
            // A folder where a file was asked for is no file.
            let is_file = header.split(' ').nth(1) == Some("blob");
            objects.push(is_file.then(|| rest[..size].to_vec()));
            rest = &rest[size + 1..];
        }
        Ok(objects)
    }

    /// A path as the commit knows it.
    fn below(&self, path: &Path) -> Result<String, Failure> {
        let whole = std::path::absolute(path).map_err(Failure::system("find", path))?;
        // The path itself may be gone by now; a folder above it is there, and may be reached by a link.
        let there = whole.ancestors().find(|above| above.exists()).unwrap_or(&whole);
        let real = there.canonicalize().map_err(Failure::system("find", there))?;
        let rest = whole.strip_prefix(there).unwrap_or(Path::new(""));
        let real = if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        let top = self.top.canonicalize().map_err(Failure::system("find", &self.top))?;
        let Ok(below) = real.strip_prefix(&top) else {
            let message = format!("`{}` is not in the repository `{}`", path.display(), self.top.display());
            return Err(Failure::new(message).help("--against takes plans and trees of one repository"));
        };
        let mut segments: Vec<String> = Vec::new();
        for component in below.components() {
            match component {
                Component::Normal(name) => segments.push(name.to_string_lossy().into_owned()),
                Component::ParentDir => {
                    segments.pop();
                }
                _ => {}
            }
        }
        Ok(segments.join("/"))
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    // Nothing here may write to the repository, nor ask a person.
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
    // A hook is told about the repository that it runs in, by paths from another folder; the plan may lie in a third.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, arguments: &[&str], doing: &str) -> Result<Vec<u8>, Failure> {
    let output = git(folder, arguments).stdin(Stdio::null()).output().map_err(|error| no_git(&error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it says nothing").trim_start_matches("fatal: ").to_owned();
    Err(Failure::new(format!("cannot {doing}: git says: {said}")))
}

fn no_git(error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot run `git`: {error}"))
        .help("--against and --against-out need the program `git`")
}
