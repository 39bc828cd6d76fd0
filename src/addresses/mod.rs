//! Addresses are numbers: families, ranges, sets and the allocator, without spans and without YAML.
