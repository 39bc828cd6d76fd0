//! The endpoints as tables for people: before, after, and by which name.

use super::collect::{Endpoint, EndpointPort, host_of, socket, url};
use crate::facts::Facts;
use std::fmt::Write;

pub fn markdown(facts: &Facts<'_>, endpoints: &[Endpoint]) -> String {
    let mut text = format!("# Endpoints of {}\n", facts.resolved.name);
    for cluster in facts.resolved.targets() {
        let own = || endpoints.iter().filter(|endpoint| endpoint.cluster == cluster.name);
        let _ = write!(text, "\n## {}\n", cluster.name);
        if let Some(old) = cluster.replaces.map(|old| facts.resolved.cluster(old).name) {
            let _ = write!(
                text,
                "\n\"Before\" is the node port on a server of `{old}`; it is gone once the migration is done.\n"
            );
        }
        let outside = own().filter(|endpoint| !endpoint.addresses.is_empty());
        rows(
            &mut text,
            "On the LAN",
            ["Service", "Port", "Before", "After", "By name"],
            outside,
            |endpoint, port| {
                let after = endpoint.addresses.iter().map(|address| match port.scheme {
                    Some(scheme) => url(scheme, &host_of(*address), port.port),
                    None => format!("`{}`", socket(*address, port.port)),
                });
                let named = endpoint.hosts.iter().map(|host| match port.scheme {
                    Some(scheme) => url(scheme, host, port.port),
                    None => format!("`{host}:{}`", port.port),
                });
                vec![lines(after), lines(named)]
            },
        );
        let inside = own().filter(|endpoint| endpoint.addresses.is_empty());
        rows(
            &mut text,
            "Inside the cluster only",
            ["Service", "Port", "Before", "After", "Type"],
            inside,
            |endpoint, port| vec![format!("`{}:{}`", endpoint.inside, port.port), endpoint.kind.to_owned()],
        );
    }
    text
}

/// One row for each port; nothing where there is none.
fn rows<'a>(
    text: &mut String,
    title: &str,
    head: [&str; 5],
    endpoints: impl Iterator<Item = &'a Endpoint>,
    after: impl Fn(&Endpoint, &EndpointPort) -> Vec<String>,
) {
    let mut endpoints = endpoints.peekable();
    if endpoints.peek().is_none() {
        return;
    }
    let _ = write!(text, "\n### {title}\n\n| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for endpoint in endpoints {
        for port in &endpoint.ports {
            let before = match (&port.before, port.scheme) {
                (Some(before), Some(scheme)) => format!("{scheme}://{before}"),
                (Some(before), None) => format!("`{before}`"),
                (None, _) => String::new(),
            };
            let mut cells = vec![format!("`{}/{}`", endpoint.namespace, endpoint.name), label(port), before];
            cells.extend(after(endpoint, port));
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
    }
}

fn label(port: &EndpointPort) -> String {
    format!("{} {}/{}", port.name, port.port, port.protocol)
}

/// Several values of one cell.
fn lines(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join("<br>")
}
