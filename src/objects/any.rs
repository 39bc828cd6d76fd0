//! An object of any kind is its name and its text.

use super::{Object, merge};
use crate::yaml;
use serde_json::Value;
use std::borrow::Cow;

/// A rendered object. It keeps about as many bytes as the file has: fifty thousand structs of k8s-openapi, most of
/// whose fields are `None`, would take many times that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnyObject {
    api_version: Cow<'static, str>,
    kind: Cow<'static, str>,
    namespace: Option<Box<str>>,
    name: Box<str>,
    yaml: Box<str>,
}

impl AnyObject {
    /// Renders an object.
    pub fn new<T: Object>(object: &T) -> Self {
        Self {
            api_version: Cow::Borrowed(T::API_VERSION),
            kind: Cow::Borrowed(T::KIND),
            namespace: object.namespace().map(Box::from),
            name: Box::from(object.name()),
            yaml: yaml::to_string(object).into_boxed_str(),
        }
    }

    /// Renders a manifest that has no type here, in the order of its own keys.
    pub fn from_value(manifest: &Value) -> Result<Self, NotAnObject> {
        let text = |pointer| manifest.pointer(pointer).and_then(Value::as_str);
        let mut yaml = Vec::new();
        yaml::try_write_into(&mut yaml, manifest).map_err(NotAnObject::Unprintable)?;
        Ok(Self {
            api_version: Cow::Owned(text("/apiVersion").ok_or(NotAnObject::Lacks("apiVersion"))?.into()),
            kind: Cow::Owned(text("/kind").ok_or(NotAnObject::Lacks("kind"))?.into()),
            namespace: text("/metadata/namespace").map(Box::from),
            name: text("/metadata/name").unwrap_or_default().into(),
            yaml: String::from_utf8(yaml)
                .expect("broken promise: the printer wrote bytes that are not UTF-8")
                .into_boxed_str(),
        })
    }

    /// The object with a raw override laid over it, as [`merge()`] does.
    pub fn merged(&self, over: &Value) -> Result<Self, NotAnObject> {
        let mut manifest = self.to_value();
        merge(&mut manifest, over);
        Self::from_value(&manifest)
    }

    /// The object as JSON, keys in the order of the text. It is read back from the text, for a `Value` made from the
    /// struct has lost the names of the structs, and with them the order of [`yaml::order`].
    pub fn to_value(&self) -> Value {
        serde_yaml::from_str(&self.yaml).expect("broken promise: what the printer wrote is not YAML")
    }

    /// Group and version, or the version alone for the core group.
    pub fn api_version(&self) -> &str {
        &self.api_version
    }

    /// The kind as it is spelled in a manifest.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// `metadata.namespace`, unless the object belongs to the cluster.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// `metadata.name`, or nothing for a kind without one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One document that ends in a newline, without a `---` line.
    pub fn yaml(&self) -> &str {
        &self.yaml
    }
}

impl<T: Object> From<&T> for AnyObject {
    fn from(object: &T) -> Self {
        Self::new(object)
    }
}

/// Why a value is no manifest of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAnObject {
    /// It does not say its `apiVersion` or its `kind` as a string.
    Lacks(&'static str),
    /// It holds what has no YAML form, a float for one.
    Unprintable(yaml::Error),
}

impl std::error::Error for NotAnObject {}

impl std::fmt::Display for NotAnObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lacks(field) => write!(f, "no `{field}` that is a string"),
            Self::Unprintable(error) => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::calico::{IPPool, IPPoolSpec};
    use super::super::{ConfigMap, Metadata};
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn an_override_keeps_the_upstream_order_and_adds_its_keys_behind() {
        let pool = AnyObject::new(&IPPool {
            metadata: Metadata::named("pods"),
            spec: IPPoolSpec { cidr: "10.42.0.0/16".into(), block_size: Some(26), ..IPPoolSpec::default() },
        });
        let merged = pool.merged(&json!({ "spec": { "vxlanMode": "Always", "blockSize": 24 } })).unwrap();
        assert_eq!(
            merged.yaml(),
            "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: pods\n\
             spec:\n  cidr: 10.42.0.0/16\n  blockSize: 24\n  vxlanMode: Always\n"
        );
        assert_eq!((merged.api_version(), merged.kind()), ("projectcalico.org/v3", "IPPool"));
        assert_eq!((merged.namespace(), merged.name()), (None, "pods"));
    }

    #[test]
    fn a_core_object_keeps_its_order_through_json() {
        let map = AnyObject::new(&ConfigMap {
            metadata: Metadata::namespaced("kube-system", "dns").into(),
            data: Some(BTreeMap::from([("Corefile".into(), "test:53 {\n  errors\n}\n".into())])),
            ..ConfigMap::default()
        });
        assert_eq!(map.namespace(), Some("kube-system"));
        assert_eq!(AnyObject::from_value(&map.to_value()).unwrap(), map);
        assert!(
            map.yaml().ends_with("data:\n  Corefile: |\n    test:53 {\n      errors\n    }\n"),
            "{}",
            map.yaml()
        );
    }

    #[test]
    fn a_value_that_is_no_object_says_why() {
        assert_eq!(AnyObject::from_value(&json!({ "kind": "A" })), Err(NotAnObject::Lacks("apiVersion")));
        let float = json!({ "apiVersion": "v1", "kind": "A", "x": 0.5 });
        assert_eq!(AnyObject::from_value(&float), Err(NotAnObject::Unprintable(yaml::Error::Float)));
    }
}
