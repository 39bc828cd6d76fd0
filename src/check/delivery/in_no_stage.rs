//! Everything is applied in a stage, where stages apply things.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::{ClusterId, Unit};
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8010",
    name: "in-no-stage",
    level: Level::Error,
    summary: "services, tenants and Seldon are applied in a stage, where stages apply any",
    explanation: "What no stage applies comes after the last one, when the cutover is over and nobody checks any more: a \
                  service that another one needs would be missing all the way. Disabled services are not meant.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[services.api]\nnamespace = \"api\"\nselector = { app = \"api\" }\nports = { http = \"80\" }\n\n[[stages]]\nname = \"workloads\"\napply = [\"web\"]\ncheck = [\"ips-match\"]\nrollback = \"main\"\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[services.api]\nnamespace = \"api\"\nselector = { app = \"api\" }\nports = { http = \"80\" }\n\n[[stages]]\nname = \"workloads\"\napply = [\"web\", \"api\"]\ncheck = [\"ips-match\"]\nrollback = \"main\"\n",
    covers: &["STG-10"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let applied = resolved.stages.iter().flat_map(|stage| stage.apply.iter());
    let staged: BTreeSet<ClusterId> = applied
        .filter_map(|unit| match unit.value {
            Unit::Service(id) => Some(resolved.service(id).cluster),
            Unit::Tenant(id) => Some(resolved.tenant(id).cluster),
            _ => None,
        })
        .collect();
    let mut judge = |unit: Unit, cluster: ClusterId, name: &str, span, path: String| {
        if !staged.contains(&cluster) || facts.order.stage_of(unit).is_some() {
            return;
        }
        let finding = Diagnostic::new(&RULE, span, format!("no stage applies `{path}`"))
            .here("comes after the last stage")
            .help(format!("add \"{name}\" to `apply` of the stage in which it shall come"))
            .on(path);
        found.push(finding);
    };
    for service in &resolved.services {
        // In a stage, `dns` and its like are layers before they are services.
        let key = match crate::resolve::LAYERS.contains(&service.key) {
            true => service.path(),
            false => service.key.to_owned(),
        };
        judge(Unit::Service(service.id), service.cluster, &key, service.span, service.path());
    }
    for tenant in &resolved.tenants {
        let name = format!("tenants.{}", tenant.key);
        judge(Unit::Tenant(tenant.id), tenant.cluster, &name, tenant.span, tenant.path());
    }
    for install in &resolved.installs {
        judge(Unit::Seldon, install.cluster, "seldon", install.span, "seldon".to_owned());
    }
}
