//! Nothing is planned for a cluster that is replaced.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::ClusterId;
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8008",
    name: "in-replaced-cluster",
    level: Level::Error,
    summary: "services, tenants and Seldon are in clusters that are generated",
    explanation: "A cluster that another one replaces is described, so that the runbook and the checks know it; nothing is \
                  generated for it. A service that says it is there would get no manifest, no address and no policy.",
    fails: "[clusters.before]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\nreplaces = \"before\"\nstrategy = \"parallel\"\n\n[services.web]\ncluster = \"before\"\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n",
    passes: "[clusters.before]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\nreplaces = \"before\"\nstrategy = \"parallel\"\n\n[services.web]\ncluster = \"main\"\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut judge = |cluster: ClusterId, said: Option<Span>, span: Span, path: String| {
        let cluster = resolved.cluster(cluster);
        let Some(new) = cluster.replaced_by.map(|id| resolved.cluster(id).name) else { return };
        let message = format!("`{path}` is in `{}`, which `{new}` replaces", cluster.name);
        let finding = Diagnostic::new(&RULE, said.unwrap_or(span), message)
            .here("nothing is generated there")
            .label(cluster.span, format!("replaced by `{new}`"))
            .help(format!("write: cluster = \"{new}\""))
            .on(path);
        found.push(finding);
    };
    for service in &resolved.services {
        let said = service.shared.cluster.as_ref().map(|cluster| cluster.span);
        let said = said.or(service.shared.pool.as_ref().map(|pool| pool.span));
        judge(service.cluster, said, service.span, service.path());
    }
    for tenant in &resolved.tenants {
        let said = tenant.shared.cluster.as_ref().map(|cluster| cluster.span);
        judge(tenant.cluster, said, tenant.span, tenant.path());
    }
    for install in &resolved.installs {
        let said = install.settings.cluster.as_ref().map(|cluster| cluster.span);
        // A tenant that is there was told already.
        if resolved.tenants_of(install.cluster).next().is_none() {
            judge(install.cluster, said, install.span, "seldon".to_owned());
        }
    }
}
