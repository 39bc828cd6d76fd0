//! An odd number of servers agrees best.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3005",
    name: "even-servers",
    level: Level::Warning,
    summary: "a cluster has an odd number of servers",
    explanation: "etcd needs more than half of its members. Two servers stop when either one fails, \
        which is worse than one \
                  server alone; four survive the loss of one, as three do. With `--datastore-endpoint` K3s runs no etcd, and \
                  then two servers are a good number: accept the finding.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1", "node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1", "node-2", "node-3"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        let count = cluster.servers.len();
        let arguments = cluster.written.server_args.iter().flat_map(|arguments| arguments.value.iter());
        let external = arguments.into_iter().any(|argument| argument.value.contains("datastore-endpoint"));
        if count == 0 || count % 2 == 1 || external {
            continue;
        }
        let message = format!(
            "`{}` has {count} servers, and etcd survives the loss of {}, as with {}",
            cluster.name,
            count / 2 - 1,
            count - 1
        );
        let finding = Diagnostic::new(&RULE, cluster.written.servers.span, message)
            .here("an even number")
            .help(format!("make it {} or {} servers, and the rest agents", count - 1, count + 1))
            .on(format!("clusters.{}", cluster.name));
        found.push(finding);
    }
}
