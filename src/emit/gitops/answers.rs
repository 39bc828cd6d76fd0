//! What Argo CD and Flux always get.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(
        Impossible,
        ["GO001", "GO002"],
        "MetalLB is the chart, then its objects, then the Services: three units, each waiting for the one before"
    ),
    answer!(
        Impossible,
        ["GO003", "CAL077"],
        "a unit whose kinds come from elsewhere has `SkipDryRunOnMissingResource`"
    ),
    answer!(
        Impossible,
        ["GO004", "CAL076"],
        "the health checks that waves need are written out to be added to `argocd-cm`"
    ),
    answer!(
        Impossible,
        ["GO005", "GO008"],
        "no ApplicationSet is made, so nothing is templated and nothing rolls"
    ),
    answer!(
        Impossible,
        ["GO007"],
        "the AppProject permits the repositories, destinations and kinds of its Applications and no others"
    ),
    answer!(Impossible, ["GO010"], "every Application tries again"),
    answer!(Impossible, ["GO014"], "no Kustomization of Flux has `postBuild`, so `${` is a text"),
    answer!(Impossible, ["GO018"], "sources and what uses them are in one namespace"),
    answer!(Impossible, ["GO019"], "no Kustomization has a `kubeConfig`: each cluster has a Flux of its own"),
    answer!(Impossible, ["GO023"], "names are shortened to 63 characters with a hash, and stay apart"),
    answer!(
        Impossible,
        ["GO029"],
        "the certificates that MetalLB writes into its own objects are not compared"
    ),
    answer!(
        Impossible,
        ["SV024"],
        "objects are applied on the side of the server, where TCP and UDP on one number are two ports"
    ),
    answer!(
        Impossible,
        ["CAL078"],
        "the Installation, the kinds and the namespaces are never pruned or deleted"
    ),
    answer!(
        Impossible,
        ["CAL079"],
        "the chart of the operator is never pruned, so its hook for deletion never runs"
    ),
];
