//! The list of files of one folder, as kustomize, Argo CD and Flux read it (`kustomization.yaml`).

use super::Object;
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

/// Resources and nothing else: no generator, whose hashes churn, and no patch, which would hide what is applied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kustomization {
    /// Paths relative to the file, sorted by bytes.
    pub resources: Vec<String>,
}

impl Object for Kustomization {
    const API_VERSION: &'static str = "kustomize.config.k8s.io/v1beta1";
    const KIND: &'static str = "Kustomization";
    fn name(&self) -> &str {
        ""
    }
    fn namespace(&self) -> Option<&str> {
        None
    }
}

impl Serialize for Kustomization {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct(Self::KIND, 3)?;
        object.serialize_field("apiVersion", Self::API_VERSION)?;
        object.serialize_field("kind", Self::KIND)?;
        object.serialize_field("resources", &self.resources)?;
        object.end()
    }
}
