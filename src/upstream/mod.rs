//! What each release of each upstream project reads, as tables: adding a release is adding rows.
