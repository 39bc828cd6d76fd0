//! A step of the migration.

use super::values::{DnsLabel, Duration};
use crate::source::Located;
use crate::{table, words};

words! {
    /// What a stage waits for beside its checks.
    Hold {
        /// A person.
        Manual = "manual",
    }
}

table! {
    /// A stage: what is done, what is applied, and what must hold before the next one starts.
    Stage {
        /// Its name.
        required name: DnsLabel = "\"foundation\"";
        /// The cluster that it works on. Without it: the only one that the plan generates.
        optional on: DnsLabel = "\"after\"";
        /// How long it takes.
        optional takes: Duration = "\"6h\"";
        /// What is done before anything is applied: `backup:NAME`, `drain:NAME`.
        optional r#do: Vec<Located<String>> = "[\"backup:postgres\"]";
        /// What is applied: names of services, `calico`, `bootstrap.calico`, `metallb`, `seldon`, `tenants`,
        /// `tenants.NAME`, `policies`, `policies.baseline`, `dns`.
        optional apply: Vec<Located<String>> = "[\"metallb\", \"policies.baseline\"]";
        /// The tags of the playbook that it runs.
        optional tags: Vec<Located<String>> = "[\"k3s\"]";
        /// What must hold at its end, by the name of a check.
        optional check: Vec<Located<String>> = "[\"nodes-ready\", \"cluster-dns\"]";
        /// Whether it waits for a person.
        optional hold: Hold = "\"manual\"";
        /// The cluster to go back to.
        optional rollback: DnsLabel = "\"before\"";
    }
}
