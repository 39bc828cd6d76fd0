//! `plan` compiles one `migration.toml` into one deterministic GitOps tree.

pub mod addresses;
pub mod connectivity;
pub mod decode;
pub mod diagnostics;
pub mod model;
pub mod resolve;
pub mod objects;
pub mod source;
pub mod tree;
pub mod upstream;
pub mod yaml;
