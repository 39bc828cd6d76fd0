//! Trees and manifests, read whole, to be compared.

use super::failure::Failure;
use crate::tree::{MANIFEST, Manifest};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::{MAIN_SEPARATOR_STR, Path, PathBuf};

/// Files by path, with `/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Files that a person named.
pub struct Named {
    pub files: Files,
    /// Whether their paths mean something.
    pub has_places: bool,
}

/// The tree that `plan build` wrote: of a folder with other people's files only those that are plan's. A folder that is
/// not there has no files.
pub fn built(root: &Path) -> Result<Files, Failure> {
    let manifest = root.join(MANIFEST);
    let bytes = match std::fs::read(&manifest) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound && !root.exists() => return Ok(Files::new()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let message =
                format!("`{}` is no tree that `plan build` wrote: it has no `{MANIFEST}`", root.display());
            return Err(Failure::new(message).help("build it, or compare manifests with --manifests OLD NEW"));
        }
        Err(error) => return Err(Failure::system("read", &manifest)(error)),
    };
    let manifest = Manifest::parse(&manifest, &bytes).map_err(|damaged| Failure::new(damaged.to_string()))?;
    let paths: Vec<String> = manifest.files.into_keys().map(|path| path.to_string()).collect();
    let read = |path: String| match std::fs::read(root.join(&path)) {
        Ok(bytes) => Ok(Some((path, bytes))),
        // Somebody removed it; a build would bring it back.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::system("read", &root.join(&path))(error)),
    };
    let files: Result<Vec<_>, Failure> = paths.into_par_iter().map(read).collect();
    Ok(files?.into_iter().flatten().collect())
}

/// The files of a tree that a revision holds: those that its own list names.
pub fn committed(mut files: Files, name: &str) -> Result<Files, Failure> {
    let Some(bytes) = files.remove(MANIFEST) else { return Ok(files) };
    let manifest = Manifest::parse(&PathBuf::from(format!("{MANIFEST} at {name}")), &bytes)
        .map_err(|damaged| Failure::new(damaged.to_string()))?;
    files.retain(|path, _| manifest.files.contains_key(path.as_str()));
    Ok(files)
}

/// Every file below a folder but hidden ones, or one file, or stdin for `-`.
pub fn named(path: &Path) -> Result<Named, Failure> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().read_to_end(&mut bytes);
        read.map_err(|error| Failure::new(format!("cannot read stdin: {error}")))?;
        return Ok(single(bytes));
    }
    if !path.is_dir() {
        return Ok(single(std::fs::read(path).map_err(Failure::system("read", path))?));
    }
    let mut paths = Vec::new();
    let is_hidden = |entry: &walkdir::DirEntry| {
        entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    // As kubectl does: what a link leads to is meant.
    let entries = walkdir::WalkDir::new(path).follow_links(true);
    for entry in entries.into_iter().filter_entry(|entry| !is_hidden(entry)) {
        let entry =
            entry.map_err(|error| Failure::new(format!("cannot read `{}`: {error}", path.display())))?;
        if entry.file_type().is_file() {
            paths.push(entry.into_path());
        }
    }
    let read = |file: PathBuf| {
        let bytes = std::fs::read(&file).map_err(Failure::system("read", &file))?;
        let below =
            file.strip_prefix(path).unwrap_or(&file).to_string_lossy().replace(MAIN_SEPARATOR_STR, "/");
        Ok((below, bytes))
    };
    let files: Result<Vec<_>, Failure> = paths.into_par_iter().map(read).collect();
    let mut files: Files = files?.into_iter().collect();
    // The list of a tree's files says nothing that the files do not say.
    if files.get(MANIFEST).is_some_and(|bytes| Manifest::parse(Path::new(MANIFEST), bytes).is_ok()) {
        files.remove(MANIFEST);
    }
    Ok(Named { files, has_places: true })
}

/// JSON is YAML, so that one ending does for both.
fn single(bytes: Vec<u8>) -> Named {
    Named { files: Files::from([("manifests.yaml".to_owned(), bytes)]), has_places: false }
}
