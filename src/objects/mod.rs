//! The Kubernetes objects that the compiler emits, as types.
