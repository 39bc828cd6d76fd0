//! A step of the migration.

use super::values::{DnsLabel, Duration, Image};
use crate::decode::OneOrMany;
use crate::source::Located;
use crate::time::{Moment, Window};
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
        /// The stages that must be over before it starts; they stand before it in the list. Without it: the one before
        /// it. `[]` lets it start with the migration.
        optional after: Vec<Located<DnsLabel>> = "[\"data\"]";
        /// How long it takes.
        optional takes: Duration = "\"6h\"";
        /// The hours of the day at which it may run; the timeline waits for them.
        optional window: Window = "\"22:00-06:00\"";
        /// Who does it.
        optional who: OneOrMany<String> = "[\"platform\", \"storage\"]";
        /// What is done before anything is applied, in this order: `backup:NAME`, `drain:NAME`, `restore:NAME`, or a
        /// template of your own. `restore:` of a service that the stage itself applies comes after it is applied. The
        /// words are listed above.
        optional r#do: Vec<Located<String>> = "[\"backup:postgres\"]";
        /// What is applied: names of services, `calico`, `bootstrap.calico`, `namespaces`, `metallb`, `seldon`,
        /// `tenants`, `tenants.NAME`, `policies`, `policies.baseline`, `dns`.
        optional apply: Vec<Located<String>> = "[\"metallb\", \"policies.baseline\"]";
        /// The tags of the playbook that it runs.
        optional tags: Vec<Located<String>> = "[\"k3s\"]";
        /// What must hold at its end, by the name of a check. The names are listed above.
        optional check: Vec<Located<String>> = "[\"nodes-ready\", \"cluster-dns\"]";
        /// Whether it waits for a person.
        optional hold: Hold = "\"manual\"";
        /// The cluster to go back to.
        optional rollback: DnsLabel = "\"before\"";
        /// How long the way back takes. Without it: as long as what has to be undone took.
        optional rollback_takes: Duration = "\"2h\"";
        /// What this stage does that nothing undoes, beside what `plan` knows.
        optional irreversible: Vec<Located<String>> = "[\"the schema of the database is upgraded\"]";
    }
}

table! {
    /// The runbook: what the pages and scripts for the people on duty are made with.
    Runbook: Default {
        /// A folder beside the plan with minijinja templates of your own: `NAME.sh.j2` is what `NAME` in `check` or `do`
        /// of a stage runs.
        optional templates: String = "\"runbook\"";
        /// When the migration begins, on the clocks of the people who do it. Without it times are counted from the
        /// beginning.
        optional start: Moment = "\"2026-07-04 22:00\"";
        /// How long the migration may take: a longer one is a finding.
        optional window: Duration = "\"48h\"";
        /// Who does what no stage says otherwise.
        optional who: OneOrMany<String> = "\"platform team\"";
        /// The image of the pods that checks run: a shell with `nc`, `wget`, `nslookup`, `httpd` and `tar`.
        default(Image::busybox()) probe_image: Image = "\"registry.example.com/busybox:1.37.0\"";
        /// Pairs that `policy-probes` tries for each namespace, of those that may connect and of those that may not.
        default(4) probes: u8 = "8";
    }
}

words! {
    /// How much a risk weighs.
    RiskLevel {
        /// Nothing special.
        Low = "low",
        /// Worth a second person.
        Medium = "medium",
        /// Worth a rehearsal.
        High = "high",
    }
}

table! {
    /// A risk that a person judges otherwise than the plan does.
    Risk {
        /// What is at risk, as a key path: `services.NAME`, `tenants.NAME`, `clusters.NAME`, `stages.NAME`, `seldon`.
        required on: String = "\"services.minio\"";
        /// How much it weighs.
        required level: RiskLevel = "\"low\"";
        /// Why.
        required reason: String = "\"the buckets are replicated to another site\"";
    }
}
