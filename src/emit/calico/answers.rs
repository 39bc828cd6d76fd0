//! What the objects of Calico always say.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(
        Impossible,
        ["CAL025", "PE012"],
        "with a load balancer pool beside MetalLB, Calico is told to serve only who asks (`RequestedServicesOnly`)"
    ),
    answer!(
        Impossible,
        ["CAL068"],
        "the node ports of Felix are those of the cluster; `override-hides-key` speaks of an override"
    ),
    answer!(
        Impossible,
        ["CAL073"],
        "every object of Calico is of `operator.tigera.io` or `projectcalico.org/v3`"
    ),
    answer!(
        Impossible,
        ["CAL099"],
        "Calico announces the ranges of the pools, no more, as networks that cover them exactly; `override-hides-key` speaks of an override"
    ),
];
