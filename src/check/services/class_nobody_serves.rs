//! A Service of a class is served by a MetalLB of that class.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4512",
    name: "class-nobody-serves",
    level: Level::Error,
    summary: "the class of a service is the one that its cluster's MetalLB serves",
    explanation: "MetalLB without a class serves Services that have none; with one (`--lb-class`) it serves that one alone. \
                  Any other Service stays `<pending>` without an event, and its class can never be changed afterwards: the \
                  field is immutable.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclass = \"metallb.io/metallb\"\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nload_balancer_class = \"metallb.io/metallb\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclass = \"metallb.io/metallb\"\n",
    covers: &["SV013"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in facts.resolved.services.iter().filter(|service| service.pool.is_some()) {
        let Some(class) = &service.shared.class else { continue };
        let cluster = facts.resolved.cluster(service.cluster);
        let Some(metallb) = cluster.metallb() else { continue };
        let served = metallb.load_balancer_class.as_ref();
        if served.is_some_and(|served| served.value == class.value) {
            continue;
        }
        let table = format!("[clusters.{}.metallb]", cluster.name);
        let path = format!("{}.class", service.path());
        let message = match served {
            Some(served) => {
                format!("`{path}` is \"{}\", and MetalLB serves \"{}\"", class.value, served.value)
            }
            None => format!("`{path}` is \"{}\", and MetalLB serves Services without a class", class.value),
        };
        let place = served.map_or(metallb.version.span, |served| served.span);
        let finding = Diagnostic::new(&RULE, class.span, message)
            .here("MetalLB would not look at this Service")
            .label(place, format!("MetalLB of `{}`", cluster.name))
            .help(format!("remove `class`, or add to {table}: load_balancer_class = \"{}\"", class.value))
            .on(path);
        found.push(finding);
    }
}
