//! What the language cannot say, and so nobody can say wrongly.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(
        Impossible,
        ["CAL022"],
        "an IP pool is a table: its key is its name, once in a cluster and a DNS subdomain"
    ),
    answer!(Impossible, ["CAL035"], "a plan has one MTU, `lan.mtu`, from which that of the pods follows"),
    answer!(
        Impossible,
        ["CAL050", "CAL051"],
        "a cluster is rebuilt or runs in parallel; no strategy migrates nodes one by one"
    ),
    answer!(
        Impossible,
        ["CAL082", "CAL083", "CAL087", "CAL088", "CAL097"],
        "no key makes a policy of the whole cluster, of a tier or of a host endpoint: `policies` takes a NetworkPolicy of one namespace"
    ),
    answer!(
        Impossible,
        ["REF-02"],
        "there is no key for a Gateway; the selector of a service is written once and policies use the same"
    ),
];
