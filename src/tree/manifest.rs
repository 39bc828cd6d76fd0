//! `plan.json` lists the files that plan owns: only these are ever replaced or removed.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::path::TreePath;

/// The manifest's name at the root of the tree.
pub const MANIFEST: &str = "plan.json";

const FORMAT_VERSION: u64 = 1;

/// What a build wrote: every file's path and the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The plan's name; a folder belongs to one plan.
    pub plan: String,
    /// The compiler that wrote the tree, such as `plan 0.1.0`.
    pub compiler: String,
    /// The files, without the manifest itself.
    pub files: BTreeMap<TreePath, Hash>,
}

/// The SHA-256 of a file's bytes, shown as `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

/// A manifest that cannot be read, so that nobody knows which files are plan's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedManifest {
    /// The manifest on disk.
    pub path: PathBuf,
    /// What was found.
    pub reason: String,
}

impl Hash {
    /// The hash of a file's bytes.
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(Sha256::digest(bytes).into())
    }

    fn push_to(self, text: &mut String) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        text.push_str("sha256:");
        for byte in self.0 {
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }

    fn parse(text: &str) -> Option<Hash> {
        let digits = text.strip_prefix("sha256:")?.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16);
            *byte = u8::try_from(digit(0)? << 4 | digit(1)?).ok()?;
        }
        Some(Hash(bytes))
    }
}

impl Manifest {
    /// The manifest's text: one file a line, so that a change of one file is a diff of one line.
    /// Takes the files sorted by path.
    pub(super) fn text<'a>(plan: &str, files: impl IntoIterator<Item = (&'a TreePath, Hash)>) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mut text = format!(
            "{{\n  \"format_version\": {FORMAT_VERSION},\n  \"plan\": {},\n  \"compiler\": {},\n  \"files\": {{",
            quoted(plan),
            quoted(concat!("plan ", env!("CARGO_PKG_VERSION"))),
        );
        let mut separator = "\n    ";
        for (path, hash) in files {
            text.push_str(separator);
            text.push_str(&quoted(path.as_str()));
            text.push_str(": \"");
            hash.push_to(&mut text);
            text.push('"');
            separator = ",\n    ";
        }
        text.push_str("\n  }\n}\n");
        text
    }

    /// Reads a manifest's text; keys that a later version added are passed over.
    /// `path` is only named in the error.
    pub fn parse(path: &Path, text: &[u8]) -> Result<Manifest, DamagedManifest> {
        let damaged = |reason: String| DamagedManifest { path: path.to_owned(), reason };
        if text.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"<<<<<<<")) {
            return Err(damaged("it holds the conflict markers of a merge".to_owned()));
        }
        let version: Version = serde_json::from_slice(text).map_err(|error| damaged(error.to_string()))?;
        if version.format_version != FORMAT_VERSION {
            return Err(damaged(format!(
                "its `format_version` is {}, this compiler reads {FORMAT_VERSION}",
                version.format_version
            )));
        }
        let written: Written = serde_json::from_slice(text).map_err(|error| damaged(error.to_string()))?;
        let mut files = BTreeMap::new();
        for (path, hash) in written.files {
            let Some(hash) = Hash::parse(&hash) else {
                return Err(damaged(format!(
                    "the hash of `{path}` is `{hash}`, expected `sha256:` and 64 digits"
                )));
            };
            files.insert(TreePath::new(path).map_err(|problem| damaged(problem.to_string()))?, hash);
        }
        Ok(Manifest { plan: written.plan, compiler: written.compiler, files })
    }
}

#[derive(Deserialize)]
struct Version {
    format_version: u64,
}

#[derive(Deserialize)]
struct Written {
    plan: String,
    #[serde(default)]
    compiler: String,
    files: BTreeMap<String, String>,
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(71);
        self.push_to(&mut text);
        f.write_str(&text)
    }
}

impl fmt::Display for DamagedManifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be read: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for DamagedManifest {}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(paths: &[&str]) -> String {
        let paths: Vec<TreePath> = paths.iter().map(|path| TreePath::new(*path).unwrap()).collect();
        Manifest::text("a \"plan\"", paths.iter().map(|path| (path, Hash::of(path.as_str().as_bytes()))))
    }

    #[test]
    fn what_was_written_is_read_back() {
        let manifest = Manifest::parse(Path::new("plan.json"), text(&["a", "b/ä"]).as_bytes()).unwrap();
        assert_eq!(manifest.plan, "a \"plan\"");
        let files: Vec<_> = manifest.files.iter().map(|(path, hash)| (path.as_str(), *hash)).collect();
        assert_eq!(files, [("a", Hash::of(b"a")), ("b/ä", Hash::of("b/ä".as_bytes()))]);
        assert!(Manifest::parse(Path::new("plan.json"), text(&[]).as_bytes()).unwrap().files.is_empty());
    }

    #[test]
    fn one_file_is_one_line() {
        let text = text(&["a", "b"]);
        let line = "    \"a\": \"sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\",";
        assert_eq!(text.lines().filter(|found| *found == line).count(), 1, "{text}");
        assert!(text.starts_with("{\n  \"format_version\": 1,\n  \"plan\": \"a \\\"plan\\\"\",\n"), "{text}");
    }

    #[test]
    fn later_keys_are_passed_over() {
        let later = text(&["a"]).replacen("{\n", "{\n  \"later\": [1, {\"x\": null}],\n", 1);
        assert_eq!(Manifest::parse(Path::new("plan.json"), later.as_bytes()).unwrap().files.len(), 1);
    }

    #[test]
    fn a_damaged_manifest_is_named_and_described() {
        let good = text(&["a"]);
        let cases = [
            (good[..good.len() / 2].to_owned(), "EOF while parsing"),
            (format!("<<<<<<< HEAD\n{good}"), "conflict markers"),
            (good.replace("\"format_version\": 1", "\"format_version\": 2"), "`format_version` is 2"),
            (good.replace("sha256:ca", "sha256:"), "expected `sha256:` and 64 digits"),
            (good.replace("\"a\"", "\"../../etc/passwd\""), "no path of the tree"),
            (String::new(), "EOF"),
        ];
        for (text, reason) in cases {
            let damaged =
                Manifest::parse(Path::new("out/x/plan.json"), text.as_bytes()).unwrap_err().to_string();
            assert!(damaged.starts_with("`out/x/plan.json` cannot be read: "), "{damaged}");
            assert!(damaged.contains(reason), "{damaged}");
        }
    }
}
