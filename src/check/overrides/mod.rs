//! Raw overrides: what is said in upstream's words is read by upstream's schema, before any API server sees it.

use super::Check;
use crate::decode::Raw;
use crate::facts::Facts;
use crate::source::Located;

mod field_too_new;
mod installation_override_refused;
mod list;
mod operator_owned_field;
mod override_hides_key;
mod policy_without_namespace;
mod refused_value;
mod schema;
mod secret_in_plan;
mod unknown_field;
mod unpinned_image;

pub(super) use override_hides_key::forget_repeated;

pub const CHECKS: &[Check] = &[
    unknown_field::CHECK,
    refused_value::CHECK,
    field_too_new::CHECK,
    operator_owned_field::CHECK,
    policy_without_namespace::CHECK,
    secret_in_plan::CHECK,
    installation_override_refused::CHECK,
    override_hides_key::CHECK,
    unpinned_image::CHECK,
];

/// Whether a schema refuses the override at this key path.
pub(super) fn is_refused(facts: &Facts<'_>, path: &str) -> bool {
    list::overrides(facts).iter().any(|part| part.path == path && !schema::refusals(part).is_empty())
}

/// Everything that is said in upstream's words, schema or not: overrides, values of charts, variables, annotations.
fn raw_tables<'a>(facts: &'a Facts<'_>) -> Vec<(&'a Raw, String)> {
    let resolved = &facts.resolved;
    let mut all: Vec<(&Raw, String)> = Vec::new();
    all.extend(list::overrides(facts).into_iter().map(|over| (over.raw, over.path)));
    let mut add = |raw: &'a Option<Located<Raw>>, path: String| {
        all.extend(raw.iter().map(|raw| (&raw.value, path.clone())));
    };
    if let Some(ansible) = resolved.delivery.ansible {
        add(&ansible.vars, "ansible.vars".to_owned());
    }
    for cluster in resolved.targets() {
        if let Some(metallb) = cluster.metallb() {
            add(&metallb.values, format!("clusters.{}.metallb.values", cluster.name));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for service in resolved.services.iter().filter(|service| seen.insert(service.key)) {
        if let Some(release) = &service.written.release {
            add(&release.value.raw, format!("{}.release.raw", service.path()));
        }
        add(&service.written.annotations, format!("{}.annotations", service.path()));
    }
    let mut of_all_clusters = std::collections::BTreeSet::new();
    for install in &resolved.installs {
        let Some(values) = &install.settings.values else { continue };
        // One `[seldon]` is for every cluster.
        if !of_all_clusters.insert(values.span) {
            continue;
        }
        for (chart, raw) in [
            ("setup", &values.value.setup),
            ("runtime", &values.value.runtime),
            ("servers", &values.value.servers),
        ] {
            add(raw, format!("seldon.values.{chart}"));
        }
    }
    all
}
