//! What the charts of Seldon always get.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(
        Impossible,
        ["P-08"],
        "a cluster has one controller, which watches the namespaces of the plan; `override-hides-key` speaks of an override"
    ),
    answer!(Impossible, ["P-12"], "a runtime comes from the chart, which brings the Secret of rclone"),
    answer!(
        Impossible,
        ["P-13"],
        "the Services of a runtime are `ClusterIP`; an address is a Service of the plan, counted in its pool; `override-hides-key` speaks of an override"
    ),
    answer!(
        Impossible,
        ["P-14"],
        "without a collector, tracing is off in the controller and in each runtime; `override-hides-key` speaks of an override"
    ),
    answer!(Impossible, ["P-15"], "the broker of the controller is written into each runtime as well"),
    answer!(
        Impossible,
        ["P-16"],
        "without a Kafka, the gateways and the dataflow engine are off; `override-hides-key` speaks of an override"
    ),
    answer!(Impossible, ["SEL-09"], "every object of Seldon is of `mlops.seldon.io`, from its own charts"),
    answer!(Impossible, ["SEL-10"], "kinds, controller, runtimes and servers are waves in this order"),
];
