//! Who reaches whom, asked by people: names in, tables and reasons out.
//!
//! A [`Subject`] is what is asked about: a cluster of a plan under the policies that are emitted, or a cluster of
//! manifests. [`matrix`] tells the whole, grouped so that a thousand namespaces stay readable; [`answer`] explains one
//! pair; [`proposal`] says which line of the plan would open it; [`profile`] says for which network plugins the plan is
//! proved.

pub mod address;
pub mod answer;
pub mod endpoint;
pub mod format;
pub mod groups;
mod legend;
pub mod matrix;
mod pair;
pub mod profile;
pub mod proposal;
mod subject;
pub mod words;

pub use answer::{Answer, Verdict};
pub use groups::{Change, Groups};
pub use matrix::{Matrix, Row};
pub use pair::{Part, Pods};
pub use subject::{Subject, Unanswerable};
