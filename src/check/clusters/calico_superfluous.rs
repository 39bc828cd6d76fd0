//! Only a cluster with Calico has settings for it.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Cni;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3011",
    name: "calico-superfluous",
    level: Level::Error,
    summary: "a cluster without Calico has no `calico` table",
    explanation: "Two network plugins on one node write to the same /etc/cni/net.d and the kubelet takes \
        the first file by \
                  name. A `calico` table beside `cni = \"flannel\"` is either a forgotten line or a \
                      misunderstanding; \
                  nothing reads it.",
    fails: r#"[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"
calico = { version = "v3.30.7" }
"#,
    passes: r#"[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "calico"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"
calico = { version = "v3.30.7" }
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.clusters.iter().filter(|cluster| cluster.cni != Cni::Calico) {
        let (Some(calico), Some(cni)) = (&cluster.written.calico, &cluster.written.cni) else { continue };
        let message = format!(
            "the CNI of `{}` is {}, and it has settings for Calico",
            cluster.name,
            cluster.cni.word()
        );
        let finding = Diagnostic::new(&RULE, calico.span, message)
            .here("nothing reads this")
            .label(cni.span, "the CNI")
            .help("write: cni = \"calico\", or remove the table")
            .on(format!("clusters.{}", cluster.name));
        found.push(finding);
    }
}
