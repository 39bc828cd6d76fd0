//! Planned objects, as the tree holds them.

use super::asked::Asked;
use super::due::Due;
use super::identity::Identity;
use crate::tree::Tree;
use serde_json::Value;

/// An object that shall be there.
#[derive(Clone, Debug)]
pub struct Planned {
    pub identity: Identity,
    /// Its fields; only those that are compared where the tree has no object for it.
    pub value: Value,
    /// Key paths of the plan.
    pub from: Vec<String>,
    /// The file of the tree.
    pub file: Option<String>,
    pub due: Due,
    /// Who makes it when it is not the plan's tree; possibly nothing.
    pub about: String,
}

/// Every object of the tree that the asked cluster shall hold.
pub fn planned(asked: &Asked, tree: &Tree) -> Vec<Planned> {
    let own = [format!("bootstrap/{}/", asked.cluster), format!("clusters/{}/", asked.cluster)];
    let is_ours =
        |path: &str| own.iter().chain(&asked.gitops).any(|prefix| path.starts_with(prefix.as_str()));
    let files = tree.iter().filter(|(path, _)| {
        let path = path.as_str();
        path.ends_with(".yaml") && !path.ends_with("/kustomization.yaml") && is_ours(path)
    });
    files.filter_map(|(path, bytes)| object(asked, path.as_str(), bytes)).collect()
}

/// What a file holds; nothing when it is no whole object, such as a patch.
fn object(asked: &Asked, path: &str, bytes: &[u8]) -> Option<Planned> {
    let text = std::str::from_utf8(bytes).ok()?;
    let value: Value = serde_yaml::from_str(text).ok()?;
    let identity = Identity::of(&value)?;
    let header = text.lines().next().and_then(|line| line.strip_prefix("# from: "));
    let from: Vec<String> = header.iter().flat_map(|tables| tables.split(", ")).map(str::to_owned).collect();
    let due = match path.strip_prefix("gitops/") {
        Some(below) => of_controller(asked, below, &identity, &value, &from),
        None => {
            let component = value.pointer("/metadata/labels/app.kubernetes.io~1component");
            asked.dues.of_file(path, component.is_some_and(|component| component == "baseline"))
        }
    };
    let (file, about) = (Some(path.to_owned()), String::new());
    Some(Planned { identity, value, from, file, due, about })
}

fn of_controller(asked: &Asked, below: &str, identity: &Identity, value: &Value, from: &[String]) -> Due {
    let dues = &asked.dues;
    // The patch of Argo CD's own settings is applied before its first Application, by the stage that starts it.
    if below.starts_with("health/") {
        return dues.first(&asked.cluster);
    }
    let Some((cluster, _)) = below.split_once('/') else {
        // An Application of Applications is healthy when all of them are.
        return if identity.kind == "Application" { dues.last() } else { dues.first(&asked.cluster) };
    };
    let path =
        ["/spec/source/path", "/spec/path"].iter().find_map(|pointer| value.pointer(pointer)?.as_str());
    let folder = path.map(|path| {
        let path = path.trim_start_matches("./");
        path.strip_prefix(&asked.repository_path).unwrap_or(path).trim_start_matches('/')
    });
    let folder = folder.filter(|folder| !folder.starts_with("gitops/"));
    dues.of_unit(cluster, from, folder)
}
