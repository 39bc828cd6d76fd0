//! A namespace has the labels that policies and admission read, and is not going away.

use super::{Comparison, Kind, nothing_foreign};

pub const NAMESPACE: Kind = Kind {
    group: "",
    kind: "Namespace",
    resource: "namespaces",
    everywhere: true,
    compare,
    foreign: nothing_foreign,
};

fn compare(comparison: &mut Comparison<'_>) {
    let phase = comparison.live_text("/status/phase");
    if phase.is_some_and(|phase| phase != "Active") {
        comparison.differs("status.phase", Some("Active".to_owned()), phase.map(str::to_owned));
    }
}
