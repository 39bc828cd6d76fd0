//! Two tenants never share a namespace.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6012",
    name: "tenants-share-a-namespace",
    level: Level::Error,
    summary: "every tenant of a cluster has a namespace of its own",
    explanation: "Policies know namespaces, so two tenants in one reach each other in everything. Two Seldon runtimes in one \
                  namespace write the same Services and StatefulSets and overwrite each other without end.",
    fails: "[tenants.fraud]\npolicy = \"open\"\n\n[tenants.risk]\nnamespace = \"fraud\"\npolicy = \"open\"\n",
    passes: "[tenants.fraud]\npolicy = \"open\"\n\n[tenants.risk]\npolicy = \"open\"\n",
    covers: &["P-11"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut taken = BTreeMap::new();
    for tenant in &facts.resolved.tenants {
        let name = tenant.namespace_name();
        let Some((key, span)) = taken.insert((tenant.cluster, name), (tenant.key, tenant.span)) else {
            continue;
        };
        let path = tenant.path();
        let place = tenant.written.namespace.as_ref().map_or(tenant.span, |namespace| namespace.span);
        let finding =
            Diagnostic::new(&RULE, place, format!("`tenants.{key}` and `{path}` are both in `{name}`"))
                .here("the second tenant")
                .label(span, "the first tenant")
                .help(format!("write: namespace = \"{}\"", tenant.key))
                .on(format!("{path}.namespace"));
        found.push(finding);
    }
}
