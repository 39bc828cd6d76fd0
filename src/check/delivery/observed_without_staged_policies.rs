//! Policies are observed where Calico has staged ones.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::PolicyMode;
use crate::upstream::Version;
use crate::upstream::calico::{Feature, since};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8012",
    name: "observed-without-staged-policies",
    level: Level::Error,
    summary: "`policy = \"observe\"` is written where Calico has staged policies",
    explanation: "StagedKubernetesNetworkPolicy came with Calico v3.30. An older API server has no such kind and refuses the \
                  object; a cluster with flannel has no Calico at all.",
    fails: "[clusters.main.calico]\nversion = \"v3.29.7\"\n\n[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.31.9+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\n\n[namespaces.web]\npolicy = \"observe\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    passes: "[namespaces.web]\npolicy = \"observe\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    covers: &["GO025"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for namespace in resolved.namespaces.iter().filter(|namespace| namespace.policy == PolicyMode::Observe) {
        let cluster = resolved.cluster(namespace.cluster);
        if !cluster.is_target() || cluster.has_staged_policies() {
            continue;
        }
        let of_tenant = namespace.tenant().and_then(|id| resolved.tenant(id).shared.policy.as_ref());
        let written = of_tenant.or(namespace.shared.policy.as_ref());
        let span = written.map_or(namespace.span, |policy| policy.span);
        let (path, first) =
            (namespace.from.first().cloned().unwrap_or_default(), since(Feature::StagedPolicies));
        let since = Version::from(first);
        let message = match &cluster.calico {
            Some(calico) => format!(
                "`{}` shall be observed, and Calico {} has no staged policies",
                namespace.name, calico.version
            ),
            None => format!("`{}` shall be observed, and `{}` has no Calico", namespace.name, cluster.name),
        };
        let finding = Diagnostic::new(&RULE, span, message)
            .here(format!("needs Calico {since}"))
            .help("write: policy = \"isolated\" or policy = \"open\", or take a newer Calico")
            .on(path);
        found.push(finding);
    }
}
