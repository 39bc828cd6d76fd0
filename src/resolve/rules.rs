//! What can be wrong with a name: it means nothing, or there is a question that only the writer can answer.

use crate::diagnostics::{Level, Rule};

/// Every rule of this stage.
pub const RULES: &[&Rule] =
    &[&UNKNOWN_NAME, &AMBIGUOUS_CLUSTER, &NO_TARGET, &EXTERNAL_WITHOUT_ADDRESS, &LOCK_UNREADABLE];

pub static UNKNOWN_NAME: Rule = Rule {
    code: "P1001",
    name: "unknown-name",
    level: Level::Error,
    summary: "every name refers to something that the plan declares",
    explanation: "MetalLB skips the unknown pool of an advertisement, Kubernetes an unknown label, Flux waits for an \
                  unknown dependency for ever: none of them says a word. In a plan every name is looked up, so a slip is \
                  found where it was made.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\nneeds = [\"databse\"]\n\n[services.database]\nnamespace = \"db\"\nselector = { app = \"db\" }\nports = { sql = \"5432\" }\nclients = []\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\nneeds = [\"database\"]\n\n[services.database]\nnamespace = \"db\"\nselector = { app = \"db\" }\nports = { sql = \"5432\" }\nclients = []\n",
    covers: &["AD001", "AD008", "AD009", "PE006", "GO012", "REF-01", "SEL-06"],
};

pub static AMBIGUOUS_CLUSTER: Rule = Rule {
    code: "P1002",
    name: "ambiguous-cluster",
    level: Level::Error,
    summary: "it is clear which cluster something is in",
    explanation: "With one cluster to generate, everything is in it. With several, a service or a tenant says `cluster`, \
                  or names a pool, which is in one.",
    fails: "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n",
    passes: "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[services.web]\ncluster = \"main\"\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n",
    covers: &[],
};

pub static NO_TARGET: Rule = Rule {
    code: "P1003",
    name: "no-target-cluster",
    level: Level::Error,
    summary: "at least one cluster is not replaced by another",
    explanation: "A cluster that another one `replaces` is described, so that the runbook and the checks know what there is \
                  today; nothing is generated for it. If every cluster is replaced, nothing is generated at all.",
    fails: "[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\nreplaces = \"main\"\nstrategy = \"rebuild\"\n",
    passes: "[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\n",
    covers: &[],
};

pub static EXTERNAL_WITHOUT_ADDRESS: Rule = Rule {
    code: "P1004",
    name: "external-without-address",
    level: Level::Error,
    summary: "something outside the cluster has exactly one of `host` and `ip`",
    explanation: "A NetworkPolicy reaches what is outside by address: `ipBlock` takes no names.",
    fails: "[external.database]\nport = 5432\n",
    passes: "[external.database]\nip = \"192.168.1.40\"\nport = 5432\n",
    covers: &[],
};

pub static LOCK_UNREADABLE: Rule = Rule {
    code: "P1005",
    name: "unreadable-lock",
    level: Level::Error,
    summary: "`plan.lock` is what `plan build` wrote",
    explanation: "The lock remembers which service has which address. If it cannot be read, addresses would move. Restore \
                  it from Git; deleting it gives every unpinned service the lowest free address again.",
    fails: "# plan.lock\nversion = 1\n\n[held]\n\"main/services.web\" = [\"192.168.1\"]\n",
    passes: "# plan.lock\nversion = 1\n\n[held]\n\"main/services.web\" = [\"192.168.1.200\"]\n",
    covers: &[],
};
