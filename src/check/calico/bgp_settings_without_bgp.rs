//! Settings for BGP do nothing while it is off.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3132",
    name: "bgp-settings-without-bgp",
    level: Level::Error,
    summary: "a cluster with settings for BGP has BGP",
    explanation: "BIRD runs only with `bgp = true`. Peers and announcements of a cluster without it are \
                  objects that the API server takes and nobody reads, so the router waits for a session that \
                  never comes.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
bgp = false

[clusters.main.calico.peers.tor]
address = "192.168.1.1"
asn = 65000
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
bgp = true

[clusters.main.calico.peers.tor]
address = "192.168.1.1"
asn = 65000
"#,
    covers: &["CAL098"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts).filter(|(_, settings)| !settings.bgp) {
        let written = settings.written;
        let keys = [
            ("peers", written.peers.as_ref().filter(|peers| !peers.value.is_empty()).map(|peers| peers.span)),
            ("announce_pools", written.announce_pools.as_ref().filter(|on| on.value).map(|on| on.span)),
            ("asn", written.asn.as_ref().map(|asn| asn.span)),
            ("node_mesh", written.node_mesh.as_ref().map(|mesh| mesh.span)),
            ("bgp_configuration", written.bgp_configuration.as_ref().map(|raw| raw.span)),
        ];
        for (key, span) in keys.into_iter().filter_map(|(key, span)| Some((key, span?))) {
            let message = format!("`{}` has `{key}`, and its nodes speak no BGP", cluster.name);
            let mut finding = Diagnostic::new(&RULE, span, message)
                .here("nothing reads this")
                .help(format!("write: bgp = true, or remove `{key}`"))
                .on(path(cluster));
            if let Some(bgp) = &written.bgp {
                finding = finding.label(bgp.span, "BGP is off");
            }
            found.push(finding);
        }
    }
}
