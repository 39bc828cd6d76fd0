//! A limit of blocks needs strict affinity.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3112",
    name: "block-limit-without-affinity",
    level: Level::Warning,
    summary: "`max_blocks_per_host` comes with `strict_affinity`",
    explanation: "Calico's own IPAM client refuses a limit without strict affinity (libcalico-go SetIPAMConfig), \
                  while the API server accepts it: calicoctl then cannot change the object any more. Without \
                  strict affinity a node at its limit would borrow from others, which is what the limit is to \
                  prevent.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
max_blocks_per_host = 4
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
max_blocks_per_host = 4
strict_affinity = true
"#,
    covers: &["CAL014"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(limit) = settings.written.max_blocks_per_host.as_ref().filter(|limit| limit.value > 0)
        else {
            continue;
        };
        let affinity = settings.written.strict_affinity.as_ref();
        if affinity.is_some_and(|affinity| affinity.value) {
            continue;
        }
        let message = format!("`{}` limits the blocks of a node without strict affinity", cluster.name);
        let mut finding = Diagnostic::new(&RULE, limit.span, message)
            .here("calicoctl refuses this")
            .help("add: strict_affinity = true")
            .on(path(cluster));
        if let Some(affinity) = affinity {
            finding = finding.label(affinity.span, "strict affinity is off");
        }
        found.push(finding);
    }
}
