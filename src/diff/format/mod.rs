//! How a difference is printed: one format, one file.

mod fold;
pub mod html;
pub mod json;
mod line;
pub mod markdown;
mod phrase;
mod schema;
pub mod stages;
pub mod stat;
pub mod terminal;
pub mod unified;

pub use schema::schema;
