//! Raw overrides: what is said in upstream's words is read by upstream's schema, before any API server sees it.

use super::Check;

mod field_too_new;
mod installation_override_refused;
mod list;
mod operator_owned_field;
mod policy_without_namespace;
mod refused_value;
mod schema;
mod secret_in_plan;
mod unknown_field;

pub const CHECKS: &[Check] = &[
    unknown_field::CHECK,
    refused_value::CHECK,
    field_too_new::CHECK,
    operator_owned_field::CHECK,
    policy_without_namespace::CHECK,
    secret_in_plan::CHECK,
    installation_override_refused::CHECK,
];

/// Whether a schema refuses the override at this key path.
pub(super) fn is_refused(facts: &crate::facts::Facts<'_>, path: &str) -> bool {
    list::overrides(facts).iter().any(|part| part.path == path && !schema::refusals(part).is_empty())
}
