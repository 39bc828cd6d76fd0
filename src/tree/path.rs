//! A path of the tree is relative, stays inside the tree, and can be checked out on every system.

use std::borrow::{Borrow, Cow};
use std::fmt;

use super::{MANIFEST, STAGING};

/// A file's place in the tree: UTF-8, segments of 1 to 255 bytes divided by `/`, ordered by bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(String);

/// Why a text is no path of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathProblem {
    /// The text as it was given.
    pub path: String,
    reason: &'static str,
}

impl TreePath {
    /// Checks a path. The manifest's own name and the staging folder's are reserved, in any case of letters.
    pub fn new(path: impl Into<String>) -> Result<TreePath, PathProblem> {
        let path = path.into();
        match problem(&path) {
            Some(reason) => Err(PathProblem { path, reason }),
            None => Ok(TreePath(path)),
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that holds the file; empty for the root of the tree.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The last segment.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// Every folder above the file, the innermost first, without the root.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        ancestors(&self.0)
    }
}

/// Every folder above a path, the innermost first, without the root.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/').map(|(folder, _)| folder), |folder| {
        folder.rsplit_once('/').map(|(above, _)| above)
    })
}

impl Borrow<str> for TreePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PathProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no path of the tree: {}", self.path.escape_debug(), self.reason)
    }
}

impl std::error::Error for PathProblem {}

fn problem(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("it is empty");
    }
    if path.starts_with('/') {
        return Some("it starts at the root of the file system");
    }
    if path.eq_ignore_ascii_case(MANIFEST) {
        return Some("the name is kept for the list of files that plan owns");
    }
    path.split('/').enumerate().find_map(|(depth, segment)| segment_problem(segment, depth == 0))
}

fn segment_problem(segment: &str, first: bool) -> Option<&'static str> {
    match segment {
        "" => return Some("a segment is empty"),
        "." | ".." => return Some("it leaves its folder with `.` or `..`"),
        _ => {}
    }
    if segment.len() > 255 {
        // NAME_MAX of ext4, xfs, btrfs and APFS.
        return Some("a segment is longer than 255 bytes");
    }
    if segment.starts_with('-') {
        return Some("a segment starts with `-`, which a shell's `*` would hand on as an option");
    }
    if segment.eq_ignore_ascii_case(".git") {
        return Some("git does not add a folder named `.git`");
    }
    if first && segment.eq_ignore_ascii_case(STAGING) {
        return Some("the name is kept for files that are being written");
    }
    // Git for Windows refuses to check these out, and a tree is cloned by more people than built it.
    if segment.ends_with(['.', ' ']) {
        return Some("a segment ends with a dot or a space, which Windows drops");
    }
    if segment.chars().any(|c| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'))
    {
        return Some("it holds a control character or one of `\\ : * ? \" < > |`");
    }
    None
}

/// Pairs of files or folders whose names differ only in the case of letters: one file on macOS and Windows.
/// Each pair is in byte order, and so are the pairs.
pub fn case_collisions<'a>(paths: impl IntoIterator<Item = &'a TreePath>) -> Vec<(String, String)> {
    let mut names: Vec<(Cow<'a, str>, &'a str)> = Vec::new();
    let mut last_folder = "";
    for path in paths {
        names.push((folded(&path.0), &path.0));
        if path.folder() != last_folder {
            last_folder = path.folder();
            names.extend(path.folders().map(|folder| (folded(folder), folder)));
        }
    }
    names.sort();
    names.dedup();
    let alike = names.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    // Files below two such folders collide only because the folders do; the folders are said once.
    alike
        .filter(|pair| {
            let (first, second) = (pair[0].1, pair[1].1);
            let above = |path| ancestors(path).next().unwrap_or("");
            above(first) == above(second)
        })
        .map(|pair| (pair[0].1.to_owned(), pair[1].1.to_owned()))
        .collect()
}

fn folded(path: &str) -> Cow<'_, str> {
    let same = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    if path.bytes().all(same) { Cow::Borrowed(path) } else { Cow::Owned(path.to_lowercase()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_inside_the_tree() {
        for good in ["README.md", "clusters/a/10-pools/ippool-x.yaml", ".gitattributes", "a/plan.json", "ä/ö"]
        {
            assert_eq!(TreePath::new(good).map(|path| path.to_string()), Ok(good.to_owned()));
        }
        let long = "x".repeat(256);
        let bad = [
            "",
            "/a",
            "a//b",
            "a/",
            "..",
            "a/../b",
            "./a",
            "-rf",
            "a/-rf",
            "plan.json",
            "PLAN.json",
            ".plan-new/x",
            ".Plan-New",
            ".git/config",
            "a/.GIT/x",
            "a\\b",
            "a\nb",
            "a\0",
            "a:b",
            "a.",
            "a ",
            &long,
        ];
        for bad in bad {
            assert!(TreePath::new(bad).is_err(), "{bad:?} was taken");
        }
        assert!(TreePath::new("x".repeat(255)).is_ok());
    }

    #[test]
    fn the_order_is_bytewise() {
        let mut paths = ["a/b", "a-b", "B", "a"].map(|path| TreePath::new(path).unwrap());
        paths.sort();
        assert_eq!(paths.map(|path| path.to_string()), ["B", "a", "a-b", "a/b"]);
        let path = TreePath::new("a/b/c").unwrap();
        assert_eq!(
            (path.folder(), path.name(), path.folders().collect::<Vec<_>>()),
            ("a/b", "c", vec!["a/b", "a"])
        );
    }

    #[test]
    fn names_that_differ_only_in_case_are_found() {
        let collisions = |paths: &[&str]| {
            let paths: Vec<TreePath> = paths.iter().map(|path| TreePath::new(*path).unwrap()).collect();
            case_collisions(&paths)
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(collisions(&["README.md", "a/x", "b/x", "b/y"]), []);
        assert_eq!(collisions(&["README.md", "readme.md"]), [pair("README.md", "readme.md")]);
        assert_eq!(collisions(&["A/x", "a/x", "a/y"]), [pair("A", "a")]);
        assert_eq!(collisions(&["c/Ä", "c/ä"]), [pair("c/Ä", "c/ä")]);
        assert_eq!(collisions(&["a", "A/x"]), [pair("A", "a")]);
    }
}
