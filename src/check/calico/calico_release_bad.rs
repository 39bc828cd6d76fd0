//! Some releases nobody should install.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::calico;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3102",
    name: "calico-release-bad",
    level: Level::Error,
    summary: "the Calico release has no known defect that breaks GitOps",
    explanation: "A release is in this list when upstream fixed it with the next patch and the defect hits \
                  exactly what `plan` emits. In v3.32.0 server-side apply of a policy answers NotFound and a \
                  BGPConfiguration with lists is refused (projectcalico/calico#12841, #12705, #12906), so Argo \
                  CD and Flux never finish a sync.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.34.2+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.32.0"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.34.2+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.32.1"
"#,
    covers: &["CAL075"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some((why, issues, mended)) = calico::known_bad(settings.version) else { continue };
        let message = format!("Calico {} must not be installed: {why} ({issues})", settings.version);
        let finding = Diagnostic::new(&RULE, settings.written.version.span, message)
            .here("a release with a known defect")
            .help(format!("write: version = \"v{}\"", mended.numbers()))
            .on(path(cluster));
        found.push(finding);
    }
}
