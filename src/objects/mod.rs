//! The Kubernetes objects that the compiler emits, as types.
//!
//! Core kinds are those of k8s-openapi. Custom resources are small structs of our own, one file per upstream project,
//! with the fields that a plan can need, in the order of the upstream Go type or of its documentation. A field that is
//! `None`, an empty list or an empty map is not written.
//!
//! A type is rendered soon: [`AnyObject`] keeps the text, not the struct.

mod any;
pub mod argocd;
pub mod calico;
mod fields;
pub mod flux;
pub mod kustomize;
mod merge;
pub mod metallb;
pub mod operator;
#[cfg(test)]
mod samples;
pub mod seldon;

pub use any::{AnyObject, NotAnObject};
pub use fields::{Absent, Metadata, Named};
pub use merge::merge;
#[cfg(test)]
pub use samples::samples;

pub use k8s_openapi::ByteString;
pub use k8s_openapi::api::core::v1::{
    ConfigMap, LocalObjectReference, Namespace, Secret, Service, ServiceAccount, ServicePort, ServiceSpec,
};
pub use k8s_openapi::api::discovery::v1::{Endpoint, EndpointConditions, EndpointPort, EndpointSlice};
pub use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
    NetworkPolicyPort, NetworkPolicySpec,
};
pub use k8s_openapi::api::rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject};
pub use k8s_openapi::apimachinery::pkg::apis::meta::v1::{
    LabelSelector, LabelSelectorRequirement, ObjectMeta,
};
pub use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// What every object says about itself.
pub trait Object: serde::Serialize {
    /// Group and version, as in `metallb.io/v1beta1`, or the version alone for the core group.
    const API_VERSION: &'static str;
    /// The kind as it is spelled in a manifest.
    const KIND: &'static str;
    /// `metadata.name`; empty for what has none, such as the Kustomization that kustomize reads.
    fn name(&self) -> &str;
    /// `metadata.namespace`, unless the object belongs to the cluster.
    fn namespace(&self) -> Option<&str>;
}

impl<T> Object for T
where
    T: k8s_openapi::Resource + k8s_openapi::Metadata<Ty = ObjectMeta> + serde::Serialize,
{
    const API_VERSION: &'static str = <T as k8s_openapi::Resource>::API_VERSION;
    const KIND: &'static str = <T as k8s_openapi::Resource>::KIND;
    fn name(&self) -> &str {
        self.metadata().name.as_deref().unwrap_or_default()
    }
    fn namespace(&self) -> Option<&str> {
        self.metadata().namespace.as_deref()
    }
}
