//! What the charts of Seldon always get.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(Impossible, ["P-12"], "a runtime comes from the chart, which brings the Secret of rclone"),
    answer!(Impossible, ["SEL-09"], "every object of Seldon is of `mlops.seldon.io`, from its own charts"),
    answer!(Impossible, ["SEL-10"], "kinds, controller, runtimes and servers are waves in this order"),
];
