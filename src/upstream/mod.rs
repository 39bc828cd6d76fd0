//! What each release of each upstream project reads, as tables: adding a release is adding rows.
//!
//! A leaf: every function takes and gives plain values. A table states the file of the upstream project that it was
//! read from; where a table does not know a release it says so instead of guessing.

mod version;

pub use version::{Minor, NotAVersion, Version};
