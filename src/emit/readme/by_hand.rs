//! What nobody keeps is applied by a person: which commands, in which order.

use crate::emit::gitops::chart::Chart;
use crate::emit::gitops::index::Index;
use crate::emit::gitops::order;
use crate::emit::gitops::unit::Content;
use crate::facts::Facts;
use crate::resolve::{self, Cluster, Writer};
use std::fmt::Write;

pub fn write(facts: &Facts<'_>, cluster: &Cluster<'_>, index: &Index<'_>, text: &mut String) {
    let units = order::by_hand(facts, cluster, index);
    if units.is_empty() {
        return;
    }
    let mut writers = resolve::IN_CLUSTER.iter().map(|layer| facts.resolved.delivery.writer(*layer));
    let who = match writers.any(|writer| writer == Some(Writer::Ansible)) {
        true => "By hand, or by a task of your playbook for each",
        false => "By hand",
    };
    let _ = write!(text, "{who}, from the root of this tree, in this order:\n\n```sh\n");
    for unit in &units {
        match &unit.content {
            Content::Folder(folder) => {
                let _ = writeln!(text, "kubectl apply --server-side -k {}", folder.path);
            }
            Content::Chart(chart) => helm(chart, text),
        }
    }
    text.push_str("```\n\n");
}

/// `--wait`, because the webhooks of a chart must answer before the objects that they judge are applied.
fn helm(chart: &Chart<'_>, text: &mut String) {
    let _ = writeln!(
        text,
        "helm upgrade --install {} {} --repo {} --version {} \\\n  --namespace {}{} --wait",
        chart.release,
        chart.name,
        chart.repository,
        chart.version,
        chart.namespace,
        chart.values.map_or(String::new(), |values| format!(" --values {}", values.path)),
    );
}
