//! A stage applies things to a cluster that is generated.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8009",
    name: "stage-on-replaced-cluster",
    level: Level::Error,
    summary: "a stage on a replaced cluster applies nothing",
    explanation: "On the old cluster a stage can back up, drain and check. There are no manifests for it, so `apply` would do \
                  nothing there, and what it names would never reach the new one.",
    fails: "[clusters.before]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\nreplaces = \"before\"\nstrategy = \"parallel\"\n\n[[stages]]\nname = \"foundation\"\non = \"before\"\napply = [\"metallb\"]\ncheck = [\"pool-synced\"]\n",
    passes: "[clusters.before]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\npods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\n[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\nreplaces = \"before\"\nstrategy = \"parallel\"\n\n[[stages]]\nname = \"foundation\"\non = \"main\"\napply = [\"metallb\"]\ncheck = [\"pool-synced\"]\nrollback = \"before\"\n",
    covers: &["STG-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for stage in &resolved.stages {
        let Some(apply) = stage.written.apply.as_ref().filter(|apply| !apply.value.is_empty()) else {
            continue;
        };
        let Some(cluster) = stage.on.map(|on| resolved.cluster(on)) else { continue };
        let Some(new) = cluster.replaced_by.map(|id| resolved.cluster(id).name) else { continue };
        let path = format!("stages.{}", stage.name);
        let place = stage.written.on.as_ref().map_or(stage.span, |on| on.span);
        let message = format!(
            "the stage `{}` applies things to `{}`, which `{new}` replaces",
            stage.name, cluster.name
        );
        let finding = Diagnostic::new(&RULE, apply.span, message)
            .here("nothing is generated for that cluster")
            .label(place, "the old cluster")
            .help(format!("write: on = \"{new}\""))
            .on(path);
        found.push(finding);
    }
}
