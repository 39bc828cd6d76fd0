//! Files in the making: paths, bytes, and which object a file holds.

use crate::objects::AnyObject;
use crate::objects::kustomize::Kustomization;
use crate::{objects, yaml};
use std::collections::BTreeMap;

/// The files of a tree, and an index of them.
#[derive(Debug, Default)]
pub struct Files {
    made: Vec<Made>,
    /// Folders with a kustomization: folder -> paths of its objects, relative to it.
    folders: BTreeMap<String, Vec<String>>,
}

/// A file that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// From the root of the tree, with `/`.
    pub path: String,
    pub object: Option<ObjectName>,
    bytes: Vec<u8>,
}

impl Made {
    /// What the file holds.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Which object a file holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectName {
    pub api_version: String,
    pub kind: String,
    pub namespace: Option<String>,
    pub name: String,
}

impl Files {
    /// Adds an object to a folder that has a kustomization, as `KIND-NAME.yaml`; `from` is the tables of the plan that
    /// it comes from.
    pub fn object(&mut self, folder: &str, object: AnyObject, from: &[String]) {
        self.place(folder, "", object, from);
    }

    /// As `object`, in a folder of its own for each namespace, so that the same name in two namespaces is two files.
    pub fn object_by_namespace(&mut self, folder: &str, object: AnyObject, from: &[String]) {
        let below = object.namespace().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        self.place(folder, &below, object, from);
    }

    /// As `object`, in a folder below the one that has the kustomization.
    pub fn object_below(&mut self, folder: &str, below: &str, object: AnyObject, from: &[String]) {
        self.place(folder, &format!("{below}/"), object, from);
    }

    /// Adds an object that no kustomization lists: a person applies it, and no controller may.
    pub fn object_by_hand(&mut self, path: impl Into<String>, object: &AnyObject, from: &[String]) {
        self.add(path.into(), object, from);
    }

    fn place(&mut self, folder: &str, below: &str, object: AnyObject, from: &[String]) {
        let file = format!("{below}{}-{}.yaml", object.kind().to_lowercase(), object.name());
        let path = format!("{folder}/{file}");
        self.folders.entry(folder.to_owned()).or_default().push(file);
        self.add(path, &object, from);
    }

    fn add(&mut self, path: String, object: &AnyObject, from: &[String]) {
        let header = header(from);
        let mut bytes = Vec::with_capacity(header.len() + object.yaml().len());
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(object.yaml().as_bytes());
        let name = ObjectName {
            api_version: object.api_version().to_owned(),
            kind: object.kind().to_owned(),
            namespace: object.namespace().map(str::to_owned),
            name: object.name().to_owned(),
        };
        self.made.push(Made { path, object: Some(name), bytes });
    }

    /// Adds YAML that is no object: Helm values, an inventory.
    pub fn values<T: serde::Serialize + ?Sized>(
        &mut self,
        path: impl Into<String>,
        value: &T,
        from: &[String],
    ) {
        let mut bytes = header(from).into_bytes();
        yaml::write_into(&mut bytes, value);
        self.made.push(Made { path: path.into(), object: None, bytes });
    }

    /// Adds a text as it is.
    pub fn text(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.made.push(Made { path: path.into(), object: None, bytes: text.into().into_bytes() });
    }

    /// Every file so far, in the order in which it was made.
    pub fn made(&self) -> &[Made] {
        &self.made
    }

    pub(super) fn append(&mut self, mut other: Files) {
        self.made.append(&mut other.made);
    }

    /// Writes the `kustomization.yaml` of every folder of objects: sorted, local, nothing else, so that kubectl, Argo CD
    /// and Flux read the same set.
    pub(super) fn add_kustomizations(&mut self) {
        for (folder, mut resources) in std::mem::take(&mut self.folders) {
            resources.sort();
            let kustomization = Kustomization { resources };
            self.text(format!("{folder}/kustomization.yaml"), yaml::to_string(&kustomization));
        }
    }

    /// Every path with its bytes.
    pub fn into_parts(self) -> impl Iterator<Item = (String, Vec<u8>)> {
        self.made.into_iter().map(|made| (made.path, made.bytes))
    }
}

/// The comment that says which tables of the plan a file comes from. No line number and no version: each would change
/// every file for nothing.
fn header(from: &[String]) -> String {
    if from.is_empty() { String::new() } else { format!("# from: {}\n", from.join(", ")) }
}

/// The labels of every object: `app.kubernetes.io/instance` is Argo CD's in label tracking, and a version would restart
/// pods.
pub(super) fn labels(name: &str, component: &str, platform: &str) -> BTreeMap<String, String> {
    let labels = [
        ("app.kubernetes.io/name", name),
        ("app.kubernetes.io/component", component),
        ("app.kubernetes.io/part-of", platform),
        ("app.kubernetes.io/managed-by", "plan"),
    ];
    labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Metadata of a custom resource.
pub(super) fn metadata(
    name: impl Into<String>,
    namespace: Option<&str>,
    labels: BTreeMap<String, String>,
) -> objects::Metadata {
    objects::Metadata {
        name: name.into(),
        namespace: namespace.map(str::to_owned),
        labels,
        ..Default::default()
    }
}
