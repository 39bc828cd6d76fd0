//! How a difference is printed: one format, one file.

pub mod json;
pub mod markdown;
