//! What each release of each upstream project reads, as tables: adding a release is adding rows.
//!
//! A leaf: every function takes and gives plain values. A table states the file of the upstream project that it was
//! read from; where a table does not know a release it says so instead of guessing.

pub mod argocd;
pub mod calico;
pub mod charts;
pub mod flux;
pub mod kubernetes;
pub mod metallb;
pub mod schema;
pub mod seldon;
pub mod selector;
mod version;

pub use version::{Minor, NotAVersion, Version};

/// A release as the tables write it: major, minor and patch.
pub type Release = (u32, u32, u32);
