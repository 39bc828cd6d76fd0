//! Policies: what the plan declares is possible, what it does not declare between tenants is not, and what a policy of
//! one's own opens besides is told.
//!
//! Both are judged on the very policies that are emitted, not on the tables that they came from.

use super::Check;
use crate::diagnostics::Diagnostic;
use crate::source::Span;

mod address_of_a_service;
mod allowed_port_unknown;
mod egress_without_names;
mod everything_called;
mod flow_denied;
mod flow_undeclared;
mod policy_selects_nothing;
mod refused_policy;
mod scraper_without_nodes;
mod service_port_in_raw_policy;
mod tenants_not_isolated;

pub const CHECKS: &[Check] = &[
    flow_denied::CHECK,
    tenants_not_isolated::CHECK,
    flow_undeclared::CHECK,
    refused_policy::CHECK,
    policy_selects_nothing::CHECK,
    allowed_port_unknown::CHECK,
    egress_without_names::CHECK,
    scraper_without_nodes::CHECK,
    service_port_in_raw_policy::CHECK,
    address_of_a_service::CHECK,
    everything_called::CHECK,
];

/// Leaves out what a rule of a policy opens besides where no packet ever goes.
pub(super) fn forget_repeated(found: &mut Vec<Diagnostic>) {
    let of = |finding: &&Diagnostic| std::ptr::eq(finding.rule, address_of_a_service::CHECK.rule);
    let places: Vec<Span> = found.iter().filter(of).map(Diagnostic::span).collect();
    let holds = |rule: Span, peer: &Span| {
        rule.source == peer.source && rule.start <= peer.start && peer.end <= rule.end
    };
    found.retain(|finding| {
        !std::ptr::eq(finding.rule, flow_undeclared::CHECK.rule)
            || !places.iter().any(|peer| holds(finding.span(), peer))
    });
}
