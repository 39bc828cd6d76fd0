//! An object is known by its group, kind, namespace and name; the version of its API says nothing about it.

use serde_json::Value;
use std::fmt;

/// Which object is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    pub kind: String,
    pub namespace: Option<String>,
    pub name: String,
    /// The API group; empty for the core group.
    pub group: String,
}

/// Calico serves its kinds in its own group, and keeps them in another while its API server is not asked.
const STORED: &str = "crd.projectcalico.org";
const SERVED: &str = "projectcalico.org";

impl Identity {
    pub fn new(api_version: &str, kind: &str, namespace: Option<&str>, name: &str) -> Identity {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        Identity {
            kind: kind.to_owned(),
            namespace: namespace.filter(|name| !name.is_empty()).map(str::to_owned),
            name: name.to_owned(),
            group: if group == STORED { SERVED } else { group }.to_owned(),
        }
    }

    /// The identity of a manifest; nothing when it is no object.
    pub fn of(object: &Value) -> Option<Identity> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let (version, kind) = (text("/apiVersion")?, text("/kind")?);
        Some(Identity::new(version, kind, text("/metadata/namespace"), text("/metadata/name")?))
    }

    /// `NAMESPACE/NAME`, or the name alone.
    pub fn place(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name),
            None => self.name.clone(),
        }
    }

    /// Whether a pattern `KIND/NAMESPACE/NAME` or `KIND/NAME` means it; `*` stands for anything, also inside of a part.
    pub fn matches(&self, pattern: &str) -> bool {
        let parts: Vec<&str> = pattern.split('/').collect();
        let kind = |part: &str| glob(&part.to_lowercase(), &self.kind.to_lowercase());
        match (parts.as_slice(), &self.namespace) {
            ([of, name], None) => kind(of) && glob(name, &self.name),
            ([of, namespace, name], Some(own)) => kind(of) && glob(namespace, own) && glob(name, &self.name),
            _ => false,
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind, self.place())
    }
}

fn glob(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(start) else { return false };
    (0..=text.len()).any(|at| text.is_char_boundary(at) && glob(rest, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_of_the_store_is_the_group_that_is_served() {
        let stored = Identity::new("crd.projectcalico.org/v1", "IPPool", None, "pods");
        assert_eq!(stored, Identity::new("projectcalico.org/v3", "IPPool", Some(""), "pods"));
    }

    #[test]
    fn patterns_have_as_many_parts_as_the_object() {
        let policy = Identity::new("networking.k8s.io/v1", "NetworkPolicy", Some("argocd"), "argocd-server");
        assert!(policy.matches("NetworkPolicy/argocd/*"));
        assert!(policy.matches("networkpolicy/*/argocd-*"));
        assert!(policy.matches("*/*/*-server"));
        assert!(!policy.matches("NetworkPolicy/argocd"));
        assert!(!policy.matches("NetworkPolicy/argo/*"));
    }
}
