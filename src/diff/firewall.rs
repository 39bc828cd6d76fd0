//! What the machines let in, as Ansible is told.

use super::change::Change;
use super::document::{Document, at};
use serde_json::Value;
use std::collections::BTreeSet;

/// A port that is opened or closed on machines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FirewallChange {
    pub cluster: Option<String>,
    pub opens: bool,
    /// `machines` or `servers`.
    pub on: &'static str,
    /// `tcp 5000`, or a rule in the tool's own words.
    pub what: String,
    /// Where it comes from; `any` is anywhere.
    pub sources: Vec<String>,
}

/// Where it is let in, what, and from where.
type Rule = (&'static str, String, String);

/// Every change of the rules, by cluster. Looks at files that Ansible reads and that differ.
pub fn firewall(changes: &[Change]) -> Vec<FirewallChange> {
    let mut found = BTreeSet::new();
    // Where nobody writes rules on one side, those of the other neither close nor open what is there.
    let is_compared = |change: &&Change| {
        change.both().is_none_or(|(old, new)| is_written(old) == is_written(new)) && change.id().is_file()
    };
    for change in changes.iter().filter(is_compared) {
        let before = change.old.as_deref().map(rules).unwrap_or_default();
        let after = change.new.as_deref().map(rules).unwrap_or_default();
        let cluster = &change.id().cluster;
        for (opens, gone) in [(false, before.difference(&after)), (true, after.difference(&before))] {
            let mut last: Option<FirewallChange> = None;
            for (on, what, source) in gone {
                match &mut last {
                    Some(last) if last.on == *on && last.what == *what => last.sources.push(source.clone()),
                    _ => {
                        let sources = vec![source.clone()];
                        let (cluster, what) = (cluster.clone(), what.clone());
                        found.extend(last.replace(FirewallChange { cluster, opens, on, what, sources }));
                    }
                }
            }
            found.extend(last);
        }
    }
    found.into_iter().collect()
}

/// Whether a file of variables has rules for a firewall.
pub fn is_written(document: &Document) -> bool {
    ["firewall_rules", "firewall_server_rules", "firewall_trusted_sources", "firewall_before_rules"]
        .iter()
        .any(|key| document.at(&[key]).is_some())
}

/// The rules of a file of variables: `firewall_rules` and its likes, as the templates name them.
fn rules(document: &Document) -> BTreeSet<Rule> {
    let lists = [("firewall_rules", "machines"), ("firewall_server_rules", "servers")];
    let mut found = BTreeSet::new();
    for (key, on) in lists {
        for rule in items(document, key) {
            let text = |key: &str| at(rule, &[key]).and_then(Value::as_str);
            let what = match (text("proto"), text("to_port")) {
                (Some(protocol), Some(port)) => format!("{protocol} {port}"),
                (Some(protocol), None) => protocol.to_owned(),
                (None, Some(port)) => format!("port {port}"),
                (None, None) => "everything".to_owned(),
            };
            let sources = rule.get("from_ips").and_then(Value::as_array).into_iter().flatten();
            found.extend(
                sources.filter_map(Value::as_str).map(|source| (on, what.clone(), source.to_owned())),
            );
            let rich = rule.get("rich_rules").and_then(Value::as_array).into_iter().flatten();
            found.extend(rich.filter_map(Value::as_str).filter_map(|rule| rich_rule(on, rule)));
        }
    }
    let trusted = items(document, "firewall_trusted_sources").filter_map(Value::as_str);
    found.extend(trusted.map(|source| ("machines", "everything".to_owned(), source.to_owned())));
    let lines = items(document, "firewall_before_rules").filter_map(Value::as_str);
    found.extend(lines.map(|line| ("machines", line.to_owned(), "any".to_owned())));
    found
}

fn items<'d>(document: &'d Document, key: &str) -> impl Iterator<Item = &'d Value> {
    document.at(&[key]).and_then(Value::as_array).into_iter().flatten()
}

/// `rule family="ipv4" source address="A" port port="P" protocol="tcp" accept`, as `firewalld.richlanguage(5)` has it.
fn rich_rule(on: &'static str, rule: &str) -> Option<Rule> {
    let value = |key: &str| {
        let (_, rest) = rule.split_once(&format!("{key}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let what = match (value(" port port"), value(" protocol"), value("protocol value")) {
        (Some(port), Some(protocol), _) => format!("{protocol} {}", port.replace('-', ":")),
        (_, _, Some(protocol)) => protocol,
        _ => rule.to_owned(),
    };
    Some((on, what, value("source address").unwrap_or_else(|| "any".to_owned())))
}
