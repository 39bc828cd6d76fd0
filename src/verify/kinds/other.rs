//! A kind without rules of its own is compared by the fields that are planned.

use super::{Comparison, Kind, nothing_foreign};
use serde_json::Value;

/// Settings of somebody else's program that a patch of the plan goes into. Every namespace has one of this kind, so a dump
/// without any did not ask.
pub const CONFIG_MAP: Kind = Kind {
    group: "",
    kind: "ConfigMap",
    resource: "configmaps",
    everywhere: true,
    compare,
    foreign: nothing_foreign,
};

/// Every planned field but those that name the object; `metadata` was compared before.
pub fn compare(comparison: &mut Comparison<'_>) {
    let planned = comparison.planned;
    let fields = planned.value.as_object().into_iter().flat_map(|fields| fields.keys());
    for key in fields.filter(|key| !["apiVersion", "kind", "metadata", "status"].contains(&key.as_str())) {
        let live = comparison.live.get(key).unwrap_or(&Value::Null);
        comparison.values(key, &planned.value[key], live, &|_, _| false);
    }
}
