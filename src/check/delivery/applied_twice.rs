//! Nothing is applied in two stages.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::Unit;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8011",
    name: "applied-twice",
    level: Level::Error,
    summary: "every service and layer is applied by one stage of its cluster",
    explanation: "An object lies in one folder of the tree, which one GitOps object applies in one stage: that of the first \
                  mention. A second stage that names it applies nothing, and its checks look at what was there before.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[[stages]]\nname = \"data\"\napply = [\"web\"]\ncheck = [\"ips-match\"]\nrollback = \"main\"\n\n[[stages]]\nname = \"workloads\"\napply = [\"web\"]\ncheck = [\"ips-match\"]\nrollback = \"main\"\n",
    passes: "[services.web]\nhost = \"web.test\"\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[[stages]]\nname = \"data\"\napply = [\"web\"]\ncheck = [\"ips-match\"]\nrollback = \"main\"\n\n[[stages]]\nname = \"workloads\"\napply = [\"dns\"]\ncheck = [\"names-resolve\"]\nrollback = \"main\"\n",
    covers: &["STG-10"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut applied = BTreeMap::new();
    for stage in &facts.resolved.stages {
        for unit in &stage.apply {
            // Services and tenants know their cluster; a layer is one of the stage's cluster.
            let cluster = match unit.value {
                Unit::Service(_) | Unit::Tenant(_) => None,
                _ => stage.on,
            };
            let Some((first, span)) = applied.insert((unit.value, cluster), (stage.name, unit.span)) else {
                continue;
            };
            // A group names many things at one place, and a service of several clusters is there once for each.
            if span == unit.span {
                continue;
            }
            let thing = unit.value.name(&facts.resolved);
            let message = if first == stage.name {
                format!("the stage `{first}` applies {thing} twice")
            } else {
                format!("the stages `{first}` and `{}` both apply {thing}", stage.name)
            };
            let finding = Diagnostic::new(&RULE, unit.span, message)
                .here("nothing is left to apply")
                .label(span, "applied here already")
                .help("keep it in the stage that needs it first, and take it out of the other")
                .on(format!("stages.{}", stage.name));
            found.push(finding);
        }
    }
}
