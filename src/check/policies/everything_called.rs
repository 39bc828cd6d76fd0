//! The internet is not everything.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::flow::{Kind, Side};
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5011",
    name: "everything-called",
    level: Level::Warning,
    summary: "who calls the internet says `internet`, and not 0.0.0.0/0",
    explanation: "0.0.0.0/0 is every address: under Calico the pods of all other namespaces too, the nodes, the machines of the LAN, \
                  and the metadata service of a cloud at 169.254.169.254. `internet` leaves out the private ranges, the pods, \
                  the Services and the nodes, and means the same under every network plugin.",
    fails: "[tenants.search]\nneeds = [\"0.0.0.0/0\"]\n",
    passes: "[tenants.search]\nneeds = [\"internet\"]\n",
    covers: &["POL-08", "N-13"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut told = BTreeSet::new();
    for cluster in facts.resolved.targets() {
        for flow in facts.flows_of(cluster.id).iter().filter(|flow| flow.kind == Kind::Call) {
            let (Side::Pods(from), Side::Blocks(blocks)) = (&flow.from, &flow.to) else { continue };
            let namespace = facts.resolved.find_namespace(cluster.id, &from.namespace);
            let everything = |block: &&crate::facts::flow::Block| {
                block.cidr.prefix_length() == 0 && block.except.is_empty()
            };
            let Some(block) = blocks.iter().find(everything) else { continue };
            if !namespace.is_some_and(|namespace| namespace.is_guarded()) || !told.insert(flow.span) {
                continue;
            }
            let finding = Diagnostic::new(
                &RULE,
                flow.span,
                format!("`{}` calls every address there is", flow.from_table),
            )
            .here(format!("{} has the pods, the nodes and the LAN in it", block.cidr))
            .help("write: \"internet\"")
            .on(flow.from_table.clone());
            found.push(finding);
        }
    }
}
