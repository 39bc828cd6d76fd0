//! A selector is one that Calico can read.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::source::Located;
use crate::upstream::selector::Selector;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3140",
    name: "unreadable-selector",
    level: Level::Error,
    summary: "`node_selector` and `peer_selector` are expressions of Calico's selector language",
    explanation: "The API server of Calico refuses an object with another selector (libcalico-go/lib/selector), and for a pool \
                  the operator reports `Degraded` and the cluster has no network. Values stand in quotes: `rack == 'r-1'`, \
                  `has(edge)`, `zone in {'a', 'b'}`, joined by `&&`, `||` and `!`.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
pools = { main = { cidr = "10.42.0.0/16", node_selector = "kubernetes.io/os == linux" } }
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
pools = { main = { cidr = "10.42.0.0/16", node_selector = "kubernetes.io/os == 'linux'" } }
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let mut judge = |written: &Option<Located<String>>, key: String| {
            let Some(text) = written else { return };
            let Err(problem) = Selector::parse(&text.value) else { return };
            let on = format!("{}.{key}", path(cluster));
            let finding =
                Diagnostic::new(&RULE, text.span, format!("the selector `{}` {problem}", text.value))
                    .here("Calico refuses it")
                    .help("write an expression such as \"rack == 'r-1'\"")
                    .on(on);
            found.push(finding);
        };
        for pool in settings.written.pools.iter().flat_map(|pools| pools.value.iter()) {
            judge(&pool.value.node_selector, format!("pools.{}.node_selector", pool.name.value));
        }
        for peer in settings.written.peers.iter().flat_map(|peers| peers.value.iter()) {
            judge(&peer.value.node_selector, format!("peers.{}.node_selector", peer.name.value));
            judge(&peer.value.peer_selector, format!("peers.{}.peer_selector", peer.name.value));
        }
    }
}
