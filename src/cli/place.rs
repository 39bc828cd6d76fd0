//! Where plans lie, and where what comes of them goes.

use super::failure::Failure;
use crate::diagnostics::nearest;
use std::path::{Path, PathBuf, absolute};

/// The name of a plan's file.
pub const PLAN_FILE: &str = "migration.toml";
/// The name of the lock beside it.
pub const LOCK_FILE: &str = "plan.lock";

/// One plan on disk.
#[derive(Clone, Debug)]
pub struct Place {
    /// The plan.
    pub file: PathBuf,
    /// The lock beside it.
    pub lock: PathBuf,
    /// The name of the folder that it is in; the name of its tree.
    pub name: String,
    /// The folder that `out` is in.
    pub root: PathBuf,
}

impl Place {
    pub fn of(file: PathBuf) -> Result<Place, Failure> {
        let whole = absolute(&file).map_err(Failure::system("find", &file))?;
        let folder = whole.parent().unwrap_or(&whole);
        let name = folder.file_name().map_or_else(|| "plan".to_owned(), |name| name.to_string_lossy().into());
        let root = match folder.parent() {
            Some(plans) if plans.file_name().is_some_and(|name| name == "plans") => {
                plans.parent().unwrap_or(plans)
            }
            _ => folder,
        };
        let lock = file.with_file_name(LOCK_FILE);
        Ok(Place { lock, name, root: root.to_owned(), file })
    }

    /// The root of the plan's tree, below `out` or where the plan lies.
    pub fn output(&self, out: Option<&Path>) -> PathBuf {
        match out {
            Some(out) => out.join(&self.name),
            None => shortest(&self.root.join("out").join(&self.name)),
        }
    }

    /// How messages call the plan.
    pub fn shown(&self) -> String {
        self.file.display().to_string()
    }
}

/// A path as a person in the current folder would write it.
pub fn shortest(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).map(Path::to_owned).ok()).unwrap_or_else(|| path.to_owned())
}

/// The plans that the arguments mean, each once; without arguments those of the current folder.
pub fn find(arguments: &[PathBuf]) -> Result<Vec<Place>, Failure> {
    let files = if arguments.is_empty() { here()? } else { named(arguments)? };
    let mut places: Vec<Place> = Vec::new();
    for file in files {
        let place = Place::of(file)?;
        let same = |other: &Place| absolute(&other.file).ok() == absolute(&place.file).ok();
        if !places.iter().any(same) {
            places.push(place);
        }
    }
    Ok(places)
}

fn named(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let file = |path: &PathBuf| {
        // `dir/.` and `dir` are one folder; `components` drops what means nothing.
        let path: PathBuf = path.components().collect();
        if !path.is_dir() {
            return Ok(path);
        }
        let file = if path == Path::new(".") { PLAN_FILE.into() } else { path.join(PLAN_FILE) };
        if file.exists() {
            return Ok(file);
        }
        let help = "name a file, or a folder with a migration.toml";
        Err(Failure::new(format!("there is no `{}`", file.display())).help(help))
    };
    arguments.iter().map(file).collect()
}

/// What to do about a plan that is not there: one of the current folder may be meant, by its name or by a slip.
pub fn help_for_missing(place: &Place) -> String {
    let wanted = place.file.parent().filter(|_| place.file.ends_with(PLAN_FILE)).unwrap_or(&place.file);
    let name =
        |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let known: Vec<(String, String)> = (here().unwrap_or_default().iter())
        .filter_map(|file| file.parent())
        .map(|folder| (name(folder), folder.display().to_string()))
        .collect();
    let meant = nearest(&name(wanted), known.iter().map(|(name, _)| name.as_str()));
    match known.iter().find(|(name, folder)| Some(name.as_str()) == meant && !folder.is_empty()) {
        Some((_, folder)) => format!("did you mean `{folder}`?"),
        None => "begin a plan with `plan init NAME`".to_owned(),
    }
}

fn here() -> Result<Vec<PathBuf>, Failure> {
    let own = PathBuf::from(PLAN_FILE);
    if own.exists() {
        return Ok(vec![own]);
    }
    let plans = Path::new("plans");
    let mut files = Vec::new();
    if plans.is_dir() {
        let entries = std::fs::read_dir(plans).map_err(Failure::system("read", plans))?;
        for entry in entries {
            let file = entry.map_err(Failure::system("read", plans))?.path().join(PLAN_FILE);
            files.extend(file.exists().then_some(file));
        }
    }
    files.sort();
    if files.is_empty() {
        let message = "there is no plan here: neither `migration.toml` nor `plans/*/migration.toml` exists";
        return Err(Failure::new(message).help("name a plan, or begin one with `plan init NAME`"));
    }
    Ok(files)
}
