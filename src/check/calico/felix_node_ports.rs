//! Felix knows the node ports that the API server hands out.

use super::with_calico;
use crate::check::Check;
use crate::check::services::node_port_range;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use serde_json::Value;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3142",
    name: "felix-node-ports-differ",
    level: Level::Warning,
    summary: "`kubeNodePortRanges` of Felix is the range of node ports of the cluster, in at most 7 entries",
    explanation: "Felix treats traffic to node ports apart, with kube-proxy in IPVS mode above all: outside its ranges the policies of \
                  host endpoints see a port that is none of theirs, and connections to node ports are dropped or let through by the \
                  wrong rule (docs.tigera.io, \"Use IPVS kube-proxy\"). `plan` writes the ranges from `node_port_range`. With more than \
                  7 entries Felix does not take the setting at all, because one rule of iptables holds 15 ports.",
    fails: "[clusters.main.calico]\nversion = \"v3.30.7\"\nfelix_configuration = { kubeNodePortRanges = [\"31000:31999\"] }\n",
    passes: "[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = \"10.42.0.0/16\"\nservices = \"10.43.0.0/16\"\nnode_port_range = \"31000-31999\"\n",
    covers: &["CAL068"],
};

/// How many entries Felix takes (projectcalico/calico `felix/config`, `PortRangeListParam`).
const MOST: usize = 7;

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(raw) = &settings.written.felix_configuration else { continue };
        let Some(span) = raw.value.key_place("", "kubeNodePortRanges") else { continue };
        let value = raw.value.to_json();
        let entries = value.pointer("/kubeNodePortRanges").and_then(Value::as_array);
        let (Some(entries), Some(range)) = (entries, node_port_range(cluster)) else { continue };
        let (first, last) = (*range.start(), *range.end());
        let mut ranges: Vec<(u32, u32)> = entries.iter().filter_map(bounds).collect();
        ranges.sort_unstable();
        // What one entry ends with, the next may go on from.
        let missing = ranges
            .iter()
            .fold(u32::from(first), |next, (from, to)| if *from <= next { next.max(to + 1) } else { next });
        let is_covered = missing > u32::from(last);
        let here = if entries.len() > MOST {
            format!("{} entries, Felix takes {MOST}", entries.len())
        } else if ranges.len() == entries.len() && !is_covered {
            format!("{missing} is not in it, and the node ports are {first}-{last}")
        } else {
            continue;
        };
        let message = format!("Felix does not know all node ports of `{}`", cluster.name);
        let mut finding = Diagnostic::new(&RULE, span, message)
            .here(here)
            .help("remove it: `plan` writes the range of `node_port_range`")
            .on(format!("clusters.{}.calico.felix_configuration", cluster.name));
        if let Some(range) = &cluster.written.node_port_range {
            finding = finding.label(range.span, "the node ports of the cluster");
        }
        found.push(finding);
    }
}

/// `30000:32767`, `30000` or a number.
fn bounds(entry: &Value) -> Option<(u32, u32)> {
    let number = |text: &str| text.parse::<u16>().ok().map(u32::from);
    match entry {
        Value::Number(port) => {
            let port = u32::from(u16::try_from(port.as_u64()?).ok()?);
            Some((port, port))
        }
        Value::String(text) => match text.split_once(':') {
            Some((first, last)) => Some((number(first)?, number(last)?)),
            None => number(text).map(|port| (port, port)),
        },
        _ => None,
    }
}
