//! The operator's chart may make the same objects as we do, so all of that is switched off.
//!
//! Keys of projectcalico/calico `charts/tigera-operator/values.yaml`, v3.29 to v3.32.

use super::{Values, pull_secrets, registry};
use crate::resolve::CalicoSettings;
use crate::upstream::calico::{Feature, has};
use serde_json::json;

/// Values for the chart `tigera-operator` of the cluster's release.
pub fn operator_chart(calico: &CalicoSettings<'_>) -> Values {
    // A custom resource in the chart's own release cannot wait for the operator that serves it.
    let off = json!({ "enabled": false });
    let mut values = Values::from([("installation", off.clone()), ("apiServer", off.clone())]);
    if has(calico.version, Feature::Goldmane) {
        values.insert("goldmane", off.clone());
        values.insert("whisker", off);
        // The CRDs have one writer, the chart; the operator creates and updates them too unless told not to (from 3.30,
        // projectcalico/calico#9937).
        values.insert("manageCRDs", json!(false));
    }
    let secrets = pull_secrets(calico);
    if !secrets.is_empty() {
        // Read for the operator's own pods too (`templates/_helpers.tpl`), even while no Installation is made.
        let named: Vec<_> = secrets.iter().map(|name| json!({ "name": name })).collect();
        values.insert("installation", json!({ "enabled": false, "imagePullSecrets": named }));
    }
    if let Some(registry) = registry(calico) {
        values.insert("tigeraOperator", json!({ "registry": registry.trim_end_matches('/') }));
    }
    values
}
