//! A runtime and its servers are as the charts were told, and none of their parts says that it is not.

use super::{Comparison, Kind, conditions, spec_only};
use crate::verify::asked::Asked;
use crate::verify::identity::Identity;
use serde_json::Value;

pub const RUNTIME: Kind = Kind {
    group: "mlops.seldon.io",
    kind: "SeldonRuntime",
    resource: "seldonruntimes.mlops.seldon.io",
    everywhere: false,
    compare,
    foreign,
};
pub const SERVER: Kind = Kind { kind: "Server", resource: "servers.mlops.seldon.io", ..RUNTIME };

/// `Ready` itself stays unknown while a component is switched off, so it is not waited for; a part that is not ready says
/// `False` (`seldonruntime_types.go`).
fn compare(comparison: &mut Comparison<'_>) {
    spec_only(comparison);
    for condition in conditions(comparison.live).filter(|condition| condition["status"] == "False") {
        if let Some(name) = condition["type"].as_str() {
            comparison.condition(name, "True");
        }
    }
}

/// Teams add servers of their own; one with a name of the charts in a namespace without a runtime is left over.
fn foreign(asked: &Asked, identity: &Identity, _: &Value) -> Option<String> {
    let ours = identity.namespace.as_ref().is_some_and(|namespace| asked.namespaces.contains(namespace));
    (ours && identity.kind == "SeldonRuntime")
        .then(|| "a runtime in a namespace that shall have none by this name".to_owned())
}
