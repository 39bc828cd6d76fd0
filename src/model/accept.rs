//! Findings that a person has looked at, and how much a check weighs.

use super::values::Date;
use crate::{table, words};

table! {
    /// A finding that is kept.
    Accept {
        /// The name or code of the rule.
        required rule: String = "\"seldon-scheduler-exposed\"";
        /// Where: the key path that the finding is about.
        required on: String = "\"seldon.scheduler\"";
        /// Why it is kept.
        required reason: String = "\"debug access from the workstation; LAN is trusted\"";
        /// When to look again.
        optional until: Date = "2027-03-31";
    }
}

words! {
    /// How much a check weighs.
    CheckLevel {
        /// Not at all.
        Allow = "allow",
        /// A warning.
        Warn = "warn",
        /// An error.
        Deny = "deny",
    }
}
