//! What nobody keeps is applied by a person: which commands, in which order.

use crate::emit::gitops::chart::Chart;
use crate::emit::gitops::index::Index;
use crate::emit::gitops::order;
use crate::emit::gitops::unit::{Content, Unit};
use crate::facts::Facts;
use crate::resolve::Cluster;

pub fn write(facts: &Facts<'_>, cluster: &Cluster<'_>, index: &Index<'_>, text: &mut String) {
    let units = order::by_hand(facts, cluster, index);
    if units.is_empty() {
        return;
    }
    text.push_str("By hand, from the root of this tree, in this order:\n\n```sh\n");
    units.iter().for_each(|unit| text.push_str(&command(unit)));
    text.push_str("```\n\n");
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
