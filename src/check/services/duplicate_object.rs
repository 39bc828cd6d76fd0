//! Every Service of a namespace has a name of its own.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::ClusterId;
use crate::source::Span;
use crate::upstream::seldon::SERVICES;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4522",
    name: "duplicate-object",
    level: Level::Error,
    summary: "no two things write one Service",
    explanation: "Two manifests of one name are one object that is written twice: Argo CD warns of a shared resource and \
                  applies the last, Flux refuses the folder. Seldon's operator writes `seldon-mesh` and \
                  `seldon-scheduler` in every namespace with a runtime and puts its own metadata back each time \
                  (service_reconciler.go), so a pin on a Service of that name is lost; `plan` gives addresses through \
                  `seldon-mesh-lb` and `seldon-scheduler-lb` beside them.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[services.web-public]\nnamespace = \"web\"\nname = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[services.web-public]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    covers: &["P-23", "GO022", "OWN-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut taken: BTreeMap<(ClusterId, &str, &str), (Span, String)> = BTreeMap::new();
    for runtime in &resolved.runtimes {
        let namespace = resolved.namespace(runtime.namespace).name.as_str();
        let path = runtime.path(resolved);
        let operators = SERVICES.iter().map(|service| (service.name, "Seldon's operator writes it for"));
        let ours = [("seldon-mesh-lb", &runtime.mesh_wish), ("seldon-scheduler-lb", &runtime.scheduler_wish)];
        let ours =
            ours.into_iter().filter(|(_, wish)| wish.as_ref().is_some_and(|wish| wish.value.is_wanted()));
        for (name, who) in operators.chain(ours.map(|(name, _)| (name, "`plan` writes it for"))) {
            taken.insert((runtime.cluster, namespace, name), (runtime.span, format!("{who} `{path}`")));
        }
    }
    for service in &resolved.services {
        let namespace = resolved.namespace(service.namespace).name.as_str();
        let key = (service.cluster, namespace, service.name);
        let Some((span, who)) = taken.get(&key) else {
            taken.insert(
                key,
                (
                    service.written.name.as_ref().map_or(service.span, |name| name.span),
                    format!("`{}` is it already", service.path()),
                ),
            );
            continue;
        };
        let place = service.written.name.as_ref().map_or(service.span, |name| name.span);
        let message = format!("the Service `{}` in `{namespace}` would be written twice", service.name);
        let finding = Diagnostic::new(&RULE, place, message)
            .here(format!("`{}` has this name", service.path()))
            .label(*span, who.clone())
            .help(format!("write: name = \"{}-2\", or another name", service.name))
            .on(service.path());
        found.push(finding);
    }
}
