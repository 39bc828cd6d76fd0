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
        ["CAL073"],
        "every object of Calico is of `operator.tigera.io` or `projectcalico.org/v3`"
    ),
];
