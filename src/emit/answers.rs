//! What Services, policies, namespaces and the other files always say.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(
        Impossible,
        ["CAL095"],
        "policies are NetworkPolicies of Kubernetes, whose ports have a protocol, and never Calico's own"
    ),
    answer!(
        Impossible,
        ["GO020"],
        "a folder that a controller reads holds manifests and its `kustomization.yaml` alone; values and texts are elsewhere"
    ),
    answer!(
        Impossible,
        ["GO027"],
        "files of an earlier tree are removed by its manifest, and unknown ones are reported, not touched"
    ),
    answer!(
        Impossible,
        ["P-22"],
        "the labels of an object are its name, component and platform; nothing that changes from one compilation to the next"
    ),
    answer!(
        Impossible,
        ["ANS-02"],
        "variables are in `group_vars/all` or in the file of a group of the inventory"
    ),
];
