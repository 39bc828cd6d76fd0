//! The command line: reads files, compiles, prints, writes.
