//! What nobody keeps is applied by a person: which commands, in which order.

use crate::emit::gitops::chart::Chart;
use crate::emit::gitops::index::Index;
use crate::emit::gitops::order;
use crate::emit::gitops::unit::{Content, Unit};
use crate::facts::Facts;
use crate::resolve::{self, Cluster, Writer};
use std::fmt::Write;

pub fn write(facts: &Facts<'_>, cluster: &Cluster<'_>, index: &Index<'_>, text: &mut String) {
    let units = order::by_hand(facts, cluster, index);
    if units.is_empty() {
        return;
    }
    let who = match is_shared(facts) {
        true => "By hand, or by a task of your playbook for each",
        false => "By hand",
    };
    let _ = write!(text, "{who}, from the root of this tree, in this order:\n\n```sh\n");
    units.iter().for_each(|unit| text.push_str(&command(unit)));
    text.push_str("```\n\n");
}

/// Whether a playbook may do some of it.
pub fn is_shared(facts: &Facts<'_>) -> bool {
    let mut writers = resolve::IN_CLUSTER.iter().map(|layer| facts.resolved.delivery.writer(*layer));
    writers.any(|writer| writer == Some(Writer::Ansible))
}

/// The command that applies a unit, with the end of its line.
pub fn command(unit: &Unit<'_>) -> String {
    match &unit.content {
        Content::Folder(folder) => format!("kubectl apply --server-side -k {}\n", folder.path),
        Content::Chart(chart) => helm(chart),
    }
}

/// `--wait`, because the webhooks of a chart must answer before the objects that they judge are applied.
fn helm(chart: &Chart<'_>) -> String {
    format!(
        "helm upgrade --install {} {} --repo {} --version {} \\\n  --namespace {}{} --wait\n",
        chart.release,
        chart.name,
        chart.repository,
        chart.version,
        chart.namespace,
        chart.values.map_or(String::new(), |values| format!(" --values {}", values.path)),
    )
}
