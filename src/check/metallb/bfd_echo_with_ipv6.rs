//! BFD's echo mode and IPv6 do not meet in one session.

use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4016",
    name: "bfd-echo-with-ipv6",
    level: Level::Error,
    summary: "a peer with BFD echo mode hears of IPv4 pools only",
    explanation: "MetalLB refuses the whole configuration when a peer whose BFD profile has `echoMode` gets an address of \
                  IPv6 (internal/config validation.go). No webhook sees it, because it takes three objects to tell: the \
                  controller logs it and goes on with the old configuration.",
    fails: "[lan]\ncidr = [\"192.168.1.0/24\", \"fd00:1::/64\"]\ngateway = \"192.168.1.1\"\n\n[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = [\"10.42.0.0/16\", \"fd00:42::/56\"]\nservices = [\"10.43.0.0/16\", \"fd00:43::/112\"]\n\n[hosts]\nnode-1 = { ip = [\"192.168.1.11\", \"fd00:1::11\"] }\nnode-2 = { ip = [\"192.168.1.12\", \"fd00:1::12\"] }\n\n[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, bfd = \"fast\" } }\nbfd_profiles = { fast = { echo_mode = true } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\", \"fd00:1::200-fd00:1::250\"]\nadvertise = \"bgp\"\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, bfd = \"fast\" } }\nbfd_profiles = { fast = { echo_mode = true } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\n",
    covers: &["PE006"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        for peer in super::peers(metallb) {
            let Some(name) = &peer.value.bfd else { continue };
            let profile = metallb.bfd_profiles.as_ref().and_then(|all| all.value.get(name.value.as_str()));
            let echo = profile.and_then(|profile| profile.value.echo_mode.as_ref()).filter(|echo| echo.value);
            let pool = facts
                .resolved
                .pools_of(cluster.id)
                .find(|pool| super::hears(pool, peer) && pool.has_family(Family::V6));
            let (Some(echo), Some(pool)) = (echo, pool) else { continue };
            let message = format!(
                "`{}` uses BFD in echo mode and hears of the IPv6 addresses of `{}`",
                peer.name.value, pool.name
            );
            let finding = Diagnostic::new(&RULE, name.span, message)
                .here("this session's profile has echo mode")
                .label(echo.span, "works with IPv4 only")
                .label(pool.span, "has IPv6 addresses")
                .help("write: echo_mode = false, or name other `peers` in the pool")
                .on(format!("{}.bfd", super::peer_path(cluster, peer)));
            found.push(finding);
        }
    }
}
