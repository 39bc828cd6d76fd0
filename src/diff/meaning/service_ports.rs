//! A port of a Service is part of what its clients have written down.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    name: "service-ports",
    about: "a Service answers on other ports, or leads to other ports of its pods",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) = change.both().filter(|_| change.is("", "Service")) else { return Vec::new() };
    let (was, is) = (ports(&old.value), ports(&new.value));
    let mut effects = Vec::new();
    for (key, port) in &was {
        match is.get(key) {
            None => effects.push(gone(key, port, &was, &is, context)),
            Some(now) if now.target != port.target => effects.push(Effect::new(
                Danger::Disruptive,
                format!("port {key} leads to `{}` of its pods and no longer to `{}`", now.target, port.target),
            )
            .advice("the pods have to listen there first; connections are refused until they do")),
            Some(now) if now.name != port.name => effects.push(Effect::new(
                Danger::Note,
                format!("port {key} is called `{}` and no longer `{}`; an Ingress or a ServiceMonitor may ask for it by name", now.name, port.name),
            )),
            Some(_) => {}
        }
    }
    for (key, port) in is.iter().filter(|(key, _)| !was.contains_key(*key)) {
        if !was.values().any(|other| other.name == port.name && !is.contains_key(&other.key)) {
            effects.push(Effect::new(Danger::Note, format!("it answers on port {key} as well")));
        }
    }
    effects
}

struct Port {
    key: String,
    name: String,
    target: String,
}

fn gone(
    key: &str,
    port: &Port,
    was: &BTreeMap<String, Port>,
    is: &BTreeMap<String, Port>,
    _: &Context<'_>,
) -> Effect {
    let renumbered = is.values().find(|now| now.name == port.name && !was.contains_key(&now.key));
    match renumbered {
        // kubernetes/kubernetes#131147: the list is keyed by port and protocol, so that an element that another field
        // manager owns stays beside the new one under the same name.
        Some(now) => Effect::new(
            Danger::Disruptive,
            format!("port `{}` is {} and no longer {key}: clients that have the number written down are refused", port.name, now.key),
        )
        .advice("if somebody else ever applied this Service, remove the old port first: server-side apply keeps what another field manager owns and then refuses the second port of that name"),
        None => Effect::new(Danger::Disruptive, format!("port {key} is closed: its clients are refused")),
    }
}

/// By `5000/TCP`.
fn ports(service: &Value) -> BTreeMap<String, Port> {
    let ports = service.pointer("/spec/ports").and_then(Value::as_array).into_iter().flatten();
    let port = |port: &Value| {
        let number = port.get("port")?.as_u64()?;
        let key = format!("{number}/{}", port.get("protocol").and_then(Value::as_str).unwrap_or("TCP"));
        let name = port.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let target = match port.get("targetPort") {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => number.to_string(),
        };
        Some((key.clone(), Port { key, name, target }))
    };
    ports.filter_map(port).collect()
}
