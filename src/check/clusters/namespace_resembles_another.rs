//! A namespace that the plan names is one that something is in.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, certain, key};
use crate::facts::Facts;
use crate::resolve::{Cluster, Namespace};
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3019",
    name: "namespace-resembles-another",
    level: Level::Warning,
    summary: "`[namespaces.NAME]` is not one slip away from a namespace that is in use",
    explanation: "A table `[namespaces.NAME]` declares a namespace, also one in which nothing of the plan is yet. A misspelt name \
                  therefore makes a second, empty namespace, and its policy, labels and Pod Security Standard protect nobody, \
                  while the namespace that was meant keeps the defaults. Only a name is reported that is one slip away from a \
                  namespace of a service, a tenant or Seldon that has no table of its own.",
    fails: "[services.web]\nnamespace = \"webshop\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n\n[namespaces.webshpo]\npolicy = \"isolated\"\n",
    passes: "[services.web]\nnamespace = \"webshop\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n\n[namespaces.webshop]\npolicy = \"isolated\"\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        let namespaces = facts.resolved.namespaces_of(cluster.id);
        let unwritten: Vec<&Namespace<'_>> =
            namespaces.iter().filter(|namespace| namespace.written.is_none()).collect();
        let named = named_elsewhere(facts, cluster);
        for namespace in namespaces {
            let name = namespace.name.as_str();
            let alone = namespace.from.iter().all(|table| table.starts_with("namespaces."));
            if !alone || named.contains(name) {
                continue;
            }
            let known = unwritten.iter().map(|other| other.name.as_str());
            let Some(meant) = certain(name, known, Names::Chosen) else { continue };
            let used = unwritten.iter().find(|other| other.name == meant);
            let message =
                format!("nothing of the plan is in the namespace `{name}`, and `{meant}` has no table");
            let mut finding = Diagnostic::new(&RULE, namespace.span, message)
                .here("makes a namespace of its own")
                .help(format!("did you mean `{meant}`? If both are meant, add:\n[namespaces.{meant}]"))
                .fix(namespace.span, key(meant))
                .on(format!("namespaces.{name}"));
            if let Some(used) = used {
                finding = finding.label(used.span, format!("`{}` is in `{meant}`", used.from.join("`, `")));
            }
            found.push(finding);
        }
    }
}

/// The namespaces that a pool is kept for, an `[[allow]]` names or a policy of the plan's own is in: somebody meant them.
fn named_elsewhere<'f>(facts: &'f Facts<'_>, cluster: &Cluster<'_>) -> BTreeSet<&'f str> {
    let pools = facts.resolved.plan.pools.iter().flat_map(|pools| pools.value.iter());
    let of_pools = pools.flat_map(|pool| pool.value.namespaces.iter().flat_map(|list| list.value.iter()));
    let allowed = facts.resolved.plan.allow.iter().flat_map(|allow| allow.value.iter());
    let ends = allowed.flat_map(|allow| [&allow.value.from, &allow.value.to]);
    let policies = facts.raw_policies.iter().filter(|raw| raw.cluster == cluster.id);
    of_pools
        .map(|name| name.value.as_str())
        .chain(ends.filter_map(|end| end.value.strip_prefix("namespaces.")))
        .chain(policies.map(|raw| raw.policy.namespace.as_str()))
        .collect()
}
