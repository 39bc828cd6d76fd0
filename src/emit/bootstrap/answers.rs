//! What the Installation and its operator always get.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(Impossible, ["CAL042"], "every object of the operator is called `default`"),
    answer!(
        Impossible,
        ["CAL071", "CAL-04"],
        "the manifests or the chart with the kinds come before the operator, by the table of the release"
    ),
    answer!(Impossible, ["CAL074"], "kubectl, Argo CD and Flux all apply on the side of the server"),
    answer!(
        Impossible,
        ["CAL080"],
        "the kinds come from the manifests or their chart, and the values of the operator say `manageCRDs: false` where it could make them too"
    ),
    answer!(Impossible, ["CAL102"], "standalone pools are in a folder after the API server"),
];
