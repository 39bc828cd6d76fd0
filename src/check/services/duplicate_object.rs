//! Every Service of a namespace has a name of its own.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Owner;
use crate::resolve::ClusterId;
use crate::source::Span;
use crate::upstream::seldon::SERVICES;
use std::collections::{BTreeMap, BTreeSet};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4522",
    name: "duplicate-object",
    level: Level::Error,
    summary: "no two things write one object",
    explanation: "Two manifests of one name are one object that is written twice: Argo CD warns of a shared resource and \
                  applies the last, Flux refuses the folder. Seldon's operator writes `seldon-mesh` and \
                  `seldon-scheduler` in every namespace with a runtime and puts its own metadata back each time \
                  (service_reconciler.go), so a pin on a Service of that name is lost; `plan` gives addresses through \
                  `seldon-mesh-lb` and `seldon-scheduler-lb` beside them. A policy of `[policies]` with the name of one that \
                  `plan` writes in that namespace would take its place, and so would the values of a chart that is called \
                  like `plan`'s own.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[services.web-public]\nnamespace = \"web\"\nname = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[services.web-public]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    covers: &["P-23", "GO022", "OWN-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    services(facts, found);
    policies(facts, found);
    values(facts, found);
}

/// Policies that a person wrote, with the name of another one. A staged one would replace it once it is enforced.
fn policies(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut taken: BTreeMap<(ClusterId, &str, &str), (Option<Span>, String)> = BTreeMap::new();
    for guard in &facts.guards {
        let policy = &guard.policy;
        let who = format!("`plan` writes it for {}", guard.from.join(", "));
        taken.insert((guard.cluster, &policy.namespace, &policy.name), (None, who));
    }
    let mut told = BTreeSet::new();
    for raw in &facts.raw_policies {
        let policy = &raw.policy;
        let key = (raw.cluster, policy.namespace.as_str(), policy.name.as_str());
        let Some((other, who)) = taken.get(&key) else {
            taken.insert(key, (Some(raw.places.name), format!("`{}` is it already", raw.path)));
            continue;
        };
        if !told.insert(raw.places.name) {
            continue;
        }
        let (name, namespace) = (&policy.name, &policy.namespace);
        let message = format!("the NetworkPolicy `{name}` in `{namespace}` would be written twice");
        let mut finding = Diagnostic::new(&RULE, raw.places.name, message).here(who.clone());
        if let Some(other) = other {
            finding = finding.label(*other, "this one");
        }
        found.push(finding.help(format!("write: name = \"{name}-2\", or another name")).on(raw.path.clone()));
    }
}

/// Values of a chart that a service belongs to, in the file of `plan`'s own values.
fn values(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for service in resolved.services.iter().filter(|service| service.owner == Owner::Chart) {
        let cluster = resolved.cluster(service.cluster);
        let has_seldon = resolved.install_of(service.cluster).is_some();
        let whose = match service.key {
            "metallb" if cluster.metallb().is_some() => "MetalLB",
            "tigera-operator" if cluster.calico.is_some() => "Calico's operator",
            "seldon-core-v2-crds" | "seldon-core-v2-setup" if has_seldon => "Seldon",
            _ => continue,
        };
        let message = format!("the values of `{}` would be written over those of {whose}", service.path());
        let finding = Diagnostic::new(&RULE, service.span, message)
            .here(format!("both are values/{}/{}.yaml", cluster.name, service.key))
            .help(format!(
                "call the table otherwise; the Service keeps its name:\n[services.{0}-service]\nname = \"{1}\"",
                service.key, service.name
            ))
            .on(service.path());
        found.push(finding);
    }
}

fn services(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
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
