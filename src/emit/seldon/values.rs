//! The values of Seldon's charts: every key here is read by a template of the release that gets it.
//!
//! Which keys those are is in `upstream::seldon::keys`; Helm itself takes any key and says nothing.

use crate::model::SeldonValues;
use crate::objects::merge;
use crate::resolve::{Install, Resolved, Runtime};
use crate::upstream::seldon::{CONFIG, Feature, SERVER_CONFIGS, has};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// `seldon-core-v2-crds`: it has nothing to choose.
pub fn crds(install: &Install<'_>) -> Value {
    overridden(json!({}), install, |values| values.crds.as_ref().map(|raw| raw.value.to_json()))
}

/// `seldon-core-v2-setup`: the controller, and what all runtimes have in common.
pub fn setup(resolved: &Resolved<'_>, install: &Install<'_>, runtimes: &[&Runtime<'_>]) -> Value {
    let raw = install.settings.values.as_ref().and_then(|values| values.value.setup.as_ref());
    let raw = raw.map_or(Value::Null, |raw| raw.value.to_json());
    let mut values = Map::new();
    values.insert("controller".to_owned(), controller(resolved, install, runtimes));
    if let Some(bootstrap) = resolved.broker_of(install) {
        values.insert("kafka".to_owned(), json!({ "bootstrap": bootstrap }));
    }
    // The default endpoint exists on no platform: without a collector every pod would dial it for ever.
    let tracing = match &install.settings.telemetry {
        Some(endpoint) => json!({ "disable": false, "endpoint": endpoint.value }),
        None => json!({ "disable": true }),
    };
    values.insert("opentelemetry".to_owned(), tracing);
    // What a SeldonRuntime without a type of its own gets. The chart's LoadBalancer would publish a scheduler, which
    // asks nobody who he is.
    values.insert("services".to_owned(), json!({ "defaultServiceType": "ClusterIP" }));
    let secrets = pull_secrets(resolved, runtimes);
    if !secrets.is_empty() {
        let secrets: Value = secrets.iter().map(|name| json!({ "name": name })).collect();
        values.insert("imagePullSecrets".to_owned(), secrets);
    }
    let mut values = Value::Object(values);
    if raw.is_object() {
        merge(&mut values, &raw);
    }
    values
}

fn controller(resolved: &Resolved<'_>, install: &Install<'_>, runtimes: &[&Runtime<'_>]) -> Value {
    let elsewhere: BTreeSet<&str> = (runtimes.iter())
        .filter(|runtime| runtime.namespace != install.namespace)
        .map(|runtime| resolved.namespace(runtime.namespace).name.as_str())
        .collect();
    // A list is ignored unless `clusterwide` is on, and its own namespace is always watched (`operator/main.go`).
    let mut controller = json!({ "clusterwide": !elsewhere.is_empty() });
    if !elsewhere.is_empty() && has(&install.version, Feature::WatchNamespaces) {
        controller["watchNamespaces"] = elsewhere.into_iter().collect();
    }
    let resources = install.settings.resources.as_ref().map(|resources| &resources.value);
    let asked = [
        ("cpu", resources.and_then(|resources| resources.cpu.as_ref())),
        ("memory", resources.and_then(|resources| resources.memory.as_ref())),
    ];
    for (name, quantity) in asked {
        if let Some(quantity) = quantity {
            controller["resources"][name] = Value::from(quantity.value.as_str());
        }
    }
    controller
}

/// The pull secrets that every tenant with a runtime has. The chart has one list for all of them.
fn pull_secrets(resolved: &Resolved<'_>, runtimes: &[&Runtime<'_>]) -> BTreeSet<String> {
    let of_tenants = runtimes.iter().filter_map(|runtime| runtime.tenant).map(|tenant| {
        let written = resolved.tenant(tenant).shared.pull_secrets.iter();
        written.flat_map(|list| list.value.iter()).map(|name| name.value.to_string()).collect()
    });
    of_tenants
        .reduce(|all: BTreeSet<String>, own| all.intersection(&own).cloned().collect())
        .unwrap_or_default()
}

/// `seldon-core-v2-runtime`: the SeldonRuntime of one namespace.
///
/// `setup` is the values of the controller's chart: Kafka and tracing are settings of both, and the dataflow engine
/// takes the broker from one and the gateways from the other, so they must never differ.
pub fn runtime(install: &Install<'_>, setup: &Value) -> Value {
    let pipelines = match install.kafka {
        Some(_) => json!({ "replicas": 1 }),
        // Without a broker they would crash in a loop.
        None => json!({ "disable": true }),
    };
    let mut values = json!({
        "seldonConfig": CONFIG,
        // Two LoadBalancers for each namespace otherwise, one of them the scheduler.
        "scheduler": { "serviceType": "ClusterIP" },
        "envoy": { "replicas": 1, "serviceType": "ClusterIP" },
        "dataflow": pipelines,
        "modelgateway": pipelines,
        "pipelinegateway": pipelines,
        // It reports usage to the internet.
        "hodometer": { "disable": true },
    });
    if let (Some(_), Some(bootstrap)) = (install.kafka, setup.pointer("/kafka/bootstrap")) {
        values["config"]["kafkaConfig"]["bootstrap"] = bootstrap.clone();
    }
    // `disable` of the setup chart is not copied into a runtime (`TracingConfig.addDefaults`).
    if setup.pointer("/opentelemetry/disable") == Some(&Value::Bool(true)) {
        values["config"]["tracingConfig"]["disable"] = Value::Bool(true);
    }
    overridden(values, install, |values| values.runtime.as_ref().map(|raw| raw.value.to_json()))
}

/// `seldon-core-v2-servers`: the chart always makes both Servers, so one that the plan does not use gets no replicas.
///
/// A count of 0 is refused unless the lower bound is 0 as well, and an upper bound of 0 means none at all
/// (`operator/internal/utils.go`). Before 2.9.0 there are no bounds.
pub fn servers(install: &Install<'_>) -> Value {
    let mut values = Map::new();
    for config in SERVER_CONFIGS {
        let used = install.server_configs.iter().any(|name| name == config);
        let replicas = u8::from(used);
        let server = match has(&install.version, Feature::ReplicaBounds) {
            true => json!({ "replicas": replicas, "minReplicas": replicas, "maxReplicas": 1 }),
            false => json!({ "replicas": replicas }),
        };
        values.insert((*config).to_owned(), server);
    }
    let values = Value::Object(values);
    overridden(values, install, |values| values.servers.as_ref().map(|raw| raw.value.to_json()))
}

fn overridden(
    mut values: Value,
    install: &Install<'_>,
    raw: impl FnOnce(&SeldonValues) -> Option<Value>,
) -> Value {
    if let Some(over) = install.settings.values.as_ref().and_then(|values| raw(&values.value)) {
        merge(&mut values, &over);
    }
    values
}
