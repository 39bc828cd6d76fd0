//! What Services, policies, namespaces and the other files always say.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(Impossible, ["CAL090"], "a policy finds a namespace by `kubernetes.io/metadata.name`"),
    answer!(
        Impossible,
        ["CAL095", "CAL096"],
        "a policy comes from a typed object: every port has a protocol and `policyTypes` is always written"
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
    answer!(Impossible, ["GO028"], "a Namespace is never deleted by a controller on its own"),
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
    answer!(
        Impossible,
        ["ANS-06", "ANS-07", "ANS-08"],
        "a template of the profile writes every variable that has no usable default, whole and with its type"
    ),
];
