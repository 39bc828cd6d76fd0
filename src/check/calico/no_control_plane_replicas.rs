//! Calico's control plane has at least one replica.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3136",
    name: "no-control-plane-replicas",
    level: Level::Error,
    summary: "`control_plane_replicas` is at least 1",
    explanation: "The operator refuses 0 (installation/validation.go) and stops to reconcile the Installation, \
                  so no other change of it arrives either.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
control_plane_replicas = 0
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
control_plane_replicas = 1
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(replicas) =
            settings.written.control_plane_replicas.as_ref().filter(|count| count.value == 0)
        else {
            continue;
        };
        let message = format!("`{}` has no replica of Calico's control plane", cluster.name);
        let finding = Diagnostic::new(&RULE, replicas.span, message)
            .here("the operator refuses 0")
            .help("write: control_plane_replicas = 2")
            .on(path(cluster));
        found.push(finding);
    }
}
