//! Manifests on disk or on stdin, read as one cluster.

use super::failure::Failure;
use super::place::Place;
use super::run::PlanRun;
use crate::connectivity::Network;
use crate::manifests::{Manifests, finding};
use crate::source::Source;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The objects, and the texts that they stand in.
pub struct Cluster {
    pub manifests: Manifests,
    pub sources: Vec<Source>,
    /// How headings call it.
    pub title: String,
}

impl Cluster {
    /// Reads files, all YAML and JSON below folders, and stdin for `-`.
    pub fn read(paths: &[PathBuf], staged: bool) -> Result<Cluster, Failure> {
        let mut sources = Vec::new();
        for path in paths {
            if path == Path::new("-") {
                let mut text = String::new();
                std::io::stdin()
                    .read_to_string(&mut text)
                    .map_err(|error| Failure::new(format!("cannot read stdin: {error}")))?;
                sources.push(Source::new("stdin", text));
            } else {
                files(path, &mut sources)?;
            }
        }
        let shown = |path: &PathBuf| match path == Path::new("-") {
            true => "stdin".to_owned(),
            false => path.display().to_string(),
        };
        let title = paths.iter().map(shown).collect::<Vec<_>>().join(", ");
        if sources.len() > usize::from(u16::MAX) {
            let help = "give the output of `kubectl get -o yaml` as one file";
            return Err(Failure::new(format!("`{title}` has {} files", sources.len())).help(help));
        }
        let mut manifests = Manifests::read(&sources);
        if manifests.is_empty() && manifests.found.is_empty() {
            let help = "manifests are Namespaces, Pods and what makes them, Services and NetworkPolicies";
            return Err(Failure::new(format!("`{title}` says nothing about connectivity")).help(help));
        }
        if staged {
            manifests = manifests.with_staged();
        }
        Ok(Cluster { manifests, sources, title })
    }

    /// What is wrong with them.
    pub fn run(&self, network: &Network) -> PlanRun {
        let file = PathBuf::from(&self.title);
        let place = Place { lock: file.clone(), name: self.title.clone(), root: file.clone(), file };
        PlanRun::new(place, self.sources.clone(), finding::find(&self.manifests, network))
    }
}

fn files(path: &Path, sources: &mut Vec<Source>) -> Result<(), Failure> {
    if !path.exists() {
        return Err(Failure::new(format!("there is no `{}`", path.display())));
    }
    let hidden =
        |entry: &walkdir::DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
    let all =
        walkdir::WalkDir::new(path).sort_by_file_name().into_iter().filter_entry(|entry| !hidden(entry));
    for entry in all {
        let entry =
            entry.map_err(|error| Failure::new(format!("cannot read `{}`: {error}", path.display())))?;
        let endings = ["yaml", "yml", "json"];
        let named = entry.depth() == 0;
        let wanted =
            entry.path().extension().is_some_and(|ending| endings.iter().any(|known| ending == *known));
        if entry.file_type().is_dir() || !(named || wanted) {
            continue;
        }
        sources.extend(super::compile::read(entry.path())?);
    }
    Ok(())
}
