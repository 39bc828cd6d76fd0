//! What can be wrong with the text itself, before any of its names mean something.

use crate::diagnostics::{Level, Rule};

/// Every rule of this stage.
pub const RULES: &[&Rule] = &[
    &SYNTAX,
    &UNKNOWN_KEY,
    &MISSING_KEY,
    &WRONG_TYPE,
    &OUT_OF_RANGE,
    &UNKNOWN_WORD,
    &UNREADABLE_VALUE,
    &UNREADABLE_ADDRESS,
    &HOST_BITS,
];

pub static SYNTAX: Rule = Rule {
    code: "P0001",
    name: "toml-syntax",
    level: Level::Error,
    summary: "the plan is a TOML document",
    explanation: "Nothing can be said about a file that is not TOML. Only the first mistake is told, because one unclosed \
                  bracket makes the rest of the file unreadable.",
    fails: "[lan\ncidr = \"192.168.1.0/24\"\n",
    passes: "[lan]\ncidr = \"192.168.1.0/24\"\n",
    covers: &[],
};

pub static UNKNOWN_KEY: Rule = Rule {
    code: "P0002",
    name: "unknown-key",
    level: Level::Error,
    summary: "every key is one that `plan` reads",
    explanation: "A key that nothing reads has no effect, and nobody notices until the cluster does not do what the file \
                  says. This is how `calicoVersion` in an Installation and `controllerManager.env` in Helm values stayed \
                  in production for months.",
    fails: "[pools.lan]\ncluster = \"main\"\nadresses = [\"192.168.1.200-192.168.1.250\"]\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\n",
    covers: &["CAL041", "CAL-01"],
};

pub static MISSING_KEY: Rule = Rule {
    code: "P0003",
    name: "missing-key",
    level: Level::Error,
    summary: "every key without a good default is written",
    explanation: "Where no default is right for most platforms, `plan` asks instead of guessing.",
    fails: "[pools.lan]\ncluster = \"main\"\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\n",
    covers: &[],
};

pub static WRONG_TYPE: Rule = Rule {
    code: "P0004",
    name: "wrong-type",
    level: Level::Error,
    summary: "every value has the type of its key",
    explanation: "Addresses, versions and durations are strings, switches are `true` and `false` without quotes: Helm \
                  reads the string \"false\" as true.",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nauto_assign = \"false\"\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nauto_assign = false\n",
    covers: &["P-07"],
};

pub static OUT_OF_RANGE: Rule = Rule {
    code: "P0005",
    name: "number-out-of-range",
    level: Level::Error,
    summary: "every number is one that upstream accepts",
    explanation: "A port is a 16-bit number, a block size an 8-bit one; the API server refuses what does not fit.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\ninternet = [80443]\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\ninternet = [443]\n",
    covers: &[],
};

pub static UNKNOWN_WORD: Rule = Rule {
    code: "P0006",
    name: "unknown-word",
    level: Level::Error,
    summary: "a value from a closed set is spelt as upstream spells it",
    explanation: "Kubernetes and the tigera operator compare these words letter by letter: `vxlan` is refused where \
                  `VXLAN` is meant.",
    fails: "[clusters.main.calico]\nversion = \"v3.30.7\"\nencapsulation = \"vxlan\"\n",
    passes: "[clusters.main.calico]\nversion = \"v3.30.7\"\nencapsulation = \"VXLAN\"\n",
    covers: &["CAL-02", "CAL016"],
};

pub static UNREADABLE_VALUE: Rule = Rule {
    code: "P0007",
    name: "unreadable-value",
    level: Level::Error,
    summary: "names, versions, ports and durations have the form that their readers accept",
    explanation: "A Service name is an RFC 1035 label, a host name becomes the node name and so is a lowercase RFC 1123 \
                  label, a port is `port[:targetPort][/protocol]`, a duration is `90s`, `30m` or `6h`.",
    fails: "[services.web]\nnamespace = \"Web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n",
    covers: &["K3S-06", "SV027", "SV019", "PL022"],
};

pub static UNREADABLE_ADDRESS: Rule = Rule {
    code: "P0008",
    name: "unreadable-address",
    level: Level::Error,
    summary: "addresses, networks and ranges parse as MetalLB and Calico parse them",
    explanation: "MetalLB reads a pool entry as a CIDR or as `first-last` with both addresses written out; \
                  `192.168.1.200-210`, a comma list or a bare address make it refuse the whole configuration, and every \
                  Service loses its address (metallb internal/config ParseCIDR).",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-210\"]\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.210\"]\n",
    covers: &["PL002", "PL004", "PL005", "LB-10", "CAL001"],
};

pub static HOST_BITS: Rule = Rule {
    code: "P0009",
    name: "host-bits-set",
    level: Level::Error,
    summary: "a network is written with its first address",
    explanation: "MetalLB masks `192.168.1.200/24` silently and takes the whole /24; Calico's API server refuses it \
                  (\"not strictly masked\") while the operator accepts it at bootstrap.",
    fails: "[lan]\ncidr = \"192.168.1.7/24\"\ngateway = \"192.168.1.1\"\n",
    passes: "[lan]\ncidr = \"192.168.1.0/24\"\ngateway = \"192.168.1.1\"\n",
    covers: &["PL003", "CAL001"],
};
