//! Seldon: its control plane stays closed, its charts get only keys that they read, and tenants stay apart.

/// An example on a Kubernetes release that Seldon's documentation names.
macro_rules! tested {
    ($text:literal) => {
        concat!(
            "[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.31.9+k3s1\"\nservers = [\"node-1\"]\n",
            "agents = [\"node-2\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\n\n",
            $text
        )
    };
}

use super::Check;

mod broker_unknown;
mod brokers_differ;
mod closed_port_opened;
mod collector_unknown;
mod kubernetes_untested_with_seldon;
mod pipelines_without_kafka;
mod runtime_asks_for_addresses;
mod seldon_key_unread;
mod seldon_key_without_effect;
mod seldon_map_breaks_yaml;
mod seldon_on_ipv6_only;
mod seldon_release_unknown;
mod seldon_scheduler_exposed;
mod seldon_value_refused;
mod seldon_watches_everything;
mod server_config_unknown;
mod server_replicas_refused;
mod servers_as_deployments;
mod telemetry_to_nobody;
mod tenant_in_platform_namespace;
mod tenants_share_a_namespace;
mod unscraped_runtime;
mod unused_seldon_key;
mod values;

pub const CHECKS: &[Check] = &[
    seldon_scheduler_exposed::CHECK,
    seldon_release_unknown::CHECK,
    seldon_key_unread::CHECK,
    seldon_key_without_effect::CHECK,
    seldon_value_refused::CHECK,
    seldon_map_breaks_yaml::CHECK,
    server_config_unknown::CHECK,
    seldon_watches_everything::CHECK,
    kubernetes_untested_with_seldon::CHECK,
    seldon_on_ipv6_only::CHECK,
    tenant_in_platform_namespace::CHECK,
    tenants_share_a_namespace::CHECK,
    unused_seldon_key::CHECK,
    telemetry_to_nobody::CHECK,
    unscraped_runtime::CHECK,
    closed_port_opened::CHECK,
    collector_unknown::CHECK,
    server_replicas_refused::CHECK,
    servers_as_deployments::CHECK,
    broker_unknown::CHECK,
    brokers_differ::CHECK,
    pipelines_without_kafka::CHECK,
    runtime_asks_for_addresses::CHECK,
];
