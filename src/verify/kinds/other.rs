//! A kind without rules of its own is compared by the fields that are planned.

use super::Comparison;
use serde_json::Value;

/// Every planned field but those that name the object; `metadata` was compared before.
pub fn compare(comparison: &mut Comparison<'_>) {
    let planned = comparison.planned;
    let fields = planned.value.as_object().into_iter().flat_map(|fields| fields.keys());
    for key in fields.filter(|key| !["apiVersion", "kind", "metadata", "status"].contains(&key.as_str())) {
        let live = comparison.live.get(key).unwrap_or(&Value::Null);
        comparison.values(key, &planned.value[key], live, &|_, _| false);
    }
}
