//! `plan` compiles one `migration.toml` into one deterministic GitOps tree.

pub mod addresses;
pub mod connectivity;
pub mod objects;
pub mod tree;
pub mod upstream;
pub mod yaml;
