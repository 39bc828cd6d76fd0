//! The binary `plan`.

fn main() {}
