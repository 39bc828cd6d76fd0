//! What is absent is not written: the rule, and the macros that declare kinds and their parts under it.

use super::ObjectMeta;
use serde::Serialize;
use std::collections::BTreeMap;

/// Whether a field says nothing. Only an option, a list and a map can; `false`, `0` and `""` are said.
pub trait Absent {
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Absent for BTreeMap<K, V> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for String {}
impl Absent for bool {}
impl Absent for u32 {}
impl Absent for u16 {}

/// Declares structs whose fields are written in camelCase, in the order given, and only when not [`Absent`].
macro_rules! parts {
    ($($(#[$about:meta])* $name:ident { $($(#[$note:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$note])* #[serde(skip_serializing_if = "crate::objects::Absent::is_absent")] pub $field: $type,)*
        }
        impl crate::objects::Absent for $name {}
    )*};
}

/// Declares enums whose set upstream has closed; a variant is written as it is named, unless renamed.
macro_rules! choices {
    ($($(#[$about:meta])* $name:ident { $($(#[$note:meta])* $variant:ident,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub enum $name { $($(#[$note])* $variant,)* }
        impl crate::objects::Absent for $name {}
    )*};
}

/// Declares kinds: a struct of metadata and spec that knows its `apiVersion` and `kind` and writes them first.
macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident: $api_version:literal, $spec:ty;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $kind {
            pub metadata: crate::objects::Metadata,
            pub spec: $spec,
        }
        impl crate::objects::Object for $kind {
            const API_VERSION: &'static str = $api_version;
            const KIND: &'static str = stringify!($kind);
            fn name(&self) -> &str {
                &self.metadata.name
            }
            fn namespace(&self) -> Option<&str> {
                self.metadata.namespace.as_deref()
            }
        }
        impl serde::Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;
                let mut object = serializer.serialize_struct(stringify!($kind), 4)?;
                object.serialize_field("apiVersion", $api_version)?;
                object.serialize_field("kind", stringify!($kind))?;
                object.serialize_field("metadata", &self.metadata)?;
                object.serialize_field("spec", &self.spec)?;
                object.end()
            }
        }
    )*};
}

pub(crate) use {choices, kinds, parts};

parts! {
    /// The part of `ObjectMeta` that a manifest under version control states.
    Metadata {
        name: String,
        namespace: Option<String>,
        labels: BTreeMap<String, String>,
        annotations: BTreeMap<String, String>,
        finalizers: Vec<String>,
    }
}

impl Metadata {
    /// The name of an object of the cluster.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The name of an object in a namespace.
    pub fn namespaced(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: Some(namespace.into()), ..Self::named(name) }
    }
}

impl From<Metadata> for ObjectMeta {
    fn from(metadata: Metadata) -> Self {
        let Metadata { name, namespace, labels, annotations, finalizers } = metadata;
        Self {
            name: Some(name),
            namespace,
            labels: (!labels.is_empty()).then_some(labels),
            annotations: (!annotations.is_empty()).then_some(annotations),
            finalizers: (!finalizers.is_empty()).then_some(finalizers),
            ..Self::default()
        }
    }
}

/// `name` of a Secret or ConfigMap in the namespace of the object that refers to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Named {
    pub name: String,
}
