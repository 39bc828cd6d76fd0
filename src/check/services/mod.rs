//! Services: what the API server refuses, what MetalLB never reads, and what a chart cannot be told.

use super::Check;
use crate::facts::Facts;
use crate::resolve::Service;
use std::collections::BTreeSet;

mod annotation_key_refused;
mod chart_cannot_say;
mod chart_keeps_node_ports;
mod chart_key_unread;
mod chart_path_unknown;
mod chart_without_release;
mod chart_without_service;
mod class_nobody_serves;
mod duplicate_host_name;
mod duplicate_node_port;
mod duplicate_object;
mod duplicate_port;
mod empty_selector;
mod label_of_argocd;
mod lan_not_recognisable;
mod metallb_annotation_taken;
mod metallb_annotation_unread;
mod named_target_port;
mod node_port_left_behind;
mod node_port_out_of_range;
mod node_port_range_unreadable;
mod node_ports;
mod pin_field_takes_one;
mod pool_not_for_namespace;
mod selector_matches_other_pods;
mod service_override_hides_key;
mod service_override_refused;
mod session_timeout_refused;
mod source_range_of_other_family;
mod unused_service_key;
mod was_of_unknown_port;

pub(super) use node_ports::range as node_port_range;

pub const CHECKS: &[Check] = &[
    duplicate_port::CHECK,
    was_of_unknown_port::CHECK,
    node_port_range_unreadable::CHECK,
    node_port_out_of_range::CHECK,
    duplicate_node_port::CHECK,
    metallb_annotation_unread::CHECK,
    metallb_annotation_taken::CHECK,
    annotation_key_refused::CHECK,
    service_override_refused::CHECK,
    service_override_hides_key::CHECK,
    session_timeout_refused::CHECK,
    class_nobody_serves::CHECK,
    chart_without_release::CHECK,
    chart_without_service::CHECK,
    chart_path_unknown::CHECK,
    chart_key_unread::CHECK,
    chart_cannot_say::CHECK,
    chart_keeps_node_ports::CHECK,
    pin_field_takes_one::CHECK,
    pool_not_for_namespace::CHECK,
    node_port_left_behind::CHECK,
    duplicate_object::CHECK,
    unused_service_key::CHECK,
    source_range_of_other_family::CHECK,
    named_target_port::CHECK,
    duplicate_host_name::CHECK,
    lan_not_recognisable::CHECK,
    empty_selector::CHECK,
    selector_matches_other_pods::CHECK,
    label_of_argocd::CHECK,
];

/// Each service once, also where it runs in several clusters.
fn once<'a, 'p>(facts: &'a Facts<'p>) -> impl Iterator<Item = &'a Service<'p>> {
    let mut seen = BTreeSet::new();
    facts.resolved.services.iter().filter(move |service| seen.insert(service.key))
}
