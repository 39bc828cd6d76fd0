//! A controller watches the namespaces of its tenants and no others.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::Version;
use crate::upstream::seldon::{Feature, has, since};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6008",
    name: "seldon-watches-everything",
    level: Level::Warning,
    summary: "a plan with tenants has a Seldon that can be told their namespaces",
    explanation: "`controller.watchNamespaces` came with 2.9.1. Before, the chart ignores it: the controller watches its own \
                  namespace, in which no tenant is, or with `clusterwide` every namespace of the cluster, so that anybody \
                  who may create a SeldonRuntime gets one.",
    fails: tested!("[seldon]\nversion = \"2.9.0\"\n\n[tenants.fraud]\nseldon = true\n"),
    passes: tested!("[seldon]\nversion = \"2.9.1\"\n\n[tenants.fraud]\nseldon = true\n"),
    covers: &["P-05", "P-06", "SEL-02", "SEL-03"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for install in &facts.resolved.installs {
        if has(&install.version, Feature::WatchNamespaces) {
            continue;
        }
        let mut tenants =
            facts.resolved.tenants_of(install.cluster).filter(|tenant| tenant.runtime.is_some());
        let Some(tenant) = tenants.next() else { continue };
        let since = Version::from(since(Feature::WatchNamespaces)).numbers();
        let span = install.settings.version.as_ref().map_or(install.span, |version| version.span);
        let message = format!("Seldon {} cannot be told which namespaces to watch", install.version);
        let finding = Diagnostic::new(&RULE, span, message)
            .here("watches its own namespace, or all")
            .label(tenant.span, "a tenant with a runtime")
            .help(format!("write: version = \"{since}\""))
            .on("seldon.version");
        found.push(finding);
    }
}
