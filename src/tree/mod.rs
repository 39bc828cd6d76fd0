//! The tree on disk: what plan owns, what may be written, and how it is written.
