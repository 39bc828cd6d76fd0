//! A serde printer whose YAML means the same to YAML 1.1 and YAML 1.2 readers.
