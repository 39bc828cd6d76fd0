//! A raw override is laid over an object: tables merge, everything else is replaced.

use serde_json::Value;

/// Lays `over` upon `base`. A table meets a table key by key, at any depth; a list, like a scalar, is replaced whole,
/// for the entries of two lists have no names to meet by. Keys of `base` keep their places, new keys follow in the
/// order of `over`.
pub fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                match base.get_mut(key) {
                    Some(below) => merge(below, value),
                    None => {
                        base.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (base, over) => base.clone_from(over),
    }
}

#[cfg(test)]
mod tests {
    use super::merge;
    use serde_json::json;

    #[test]
    fn tables_merge_and_everything_else_is_replaced() {
        let mut base = json!({
            "variant": "Calico",
            "calicoNetwork": { "bgp": "Disabled", "ipPools": [{ "name": "a" }, { "name": "b" }], "mtu": 1450 },
            "cni": { "type": "Calico" },
        });
        merge(
            &mut base,
            &json!({
                "serviceCIDRs": ["10.43.0.0/16"],
                "calicoNetwork": { "sysctl": [], "ipPools": [{ "cidr": "10.42.0.0/16" }], "bgp": "Enabled" },
                "cni": "none",
            }),
        );
        // Compared as text: the order of the keys is part of the promise.
        assert_eq!(
            base.to_string(),
            concat!(
                r#"{"variant":"Calico","calicoNetwork":{"bgp":"Enabled","ipPools":[{"cidr":"10.42.0.0/16"}],"#,
                r#""mtu":1450,"sysctl":[]},"cni":"none","serviceCIDRs":["10.43.0.0/16"]}"#
            )
        );
    }
}
