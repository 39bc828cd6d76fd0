//! Rules that a compiler of one plan cannot judge, or that are no mistake of a plan.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(
        OutOfScope,
        ["CAL030", "NET-05", "SV014", "SV025", "GO026", "K3S-09"],
        "one plan does not show what the cluster had before; the difference of two trees does, in review"
    ),
    answer!(
        OutOfScope,
        ["CAL063", "CAL064", "CAL065"],
        "routes, kernels and network cards of the machines are not in a plan; a play finds them out"
    ),
    answer!(
        OutOfScope,
        ["AD007"],
        "only an override can select Services in an advertisement, and whether they share an address is then decided by labels of MetalLB's own"
    ),
    answer!(
        OutOfScope,
        ["SV023", "GO015"],
        "a fact about the controller, no mistake of a plan; the checks of a stage wait for addresses"
    ),
    answer!(
        OutOfScope,
        ["P-17"],
        "whether a runtime with a component switched off becomes Ready is not documented; no unit waits for it"
    ),
    answer!(OutOfScope, ["P-24", "P-26"], "certificates and their Secrets are not in a plan"),
    answer!(OutOfScope, ["P-27"], "the number of models and pipelines is not in a plan"),
    answer!(OutOfScope, ["P-30"], "the memory and the storage of the machines are not in a plan"),
    answer!(OutOfScope, ["N-15"], "the mesh of Istio is not in a plan"),
    answer!(OutOfScope, ["REF-04"], "what is inside a pull secret is not in a plan, and must not be"),
    answer!(
        OutOfScope,
        ["DOC-01"],
        "documents beside the plan are not read; ENDPOINTS.md and the hosts file are generated"
    ),
];
