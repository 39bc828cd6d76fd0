//! A BGP community is a number, or a name that the plan gives to one.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest, quoted};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4024",
    name: "community-unknown",
    level: Level::Error,
    summary: "communities are `65000:100`, `large:65000:1:2`, or names of `metallb.communities`",
    explanation: "MetalLB takes a word without a colon for the name of a Community that may still appear: it keeps the old \
                  configuration, for ever, and only its log says why (internal/config getCommunityValue). A number out of \
                  range is refused by the webhook.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\ncommunities = { no-advertise = \"65535:65282\" }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\ncommunities = [\"no-adverise\"]\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\ncommunities = { no-advertise = \"65535:65282\" }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\ncommunities = [\"no-advertise\", \"65000:100\", \"large:65000:1:2\"]\n",
    covers: &["AD009"],
};

/// Whether MetalLB reads a text as a community (internal/bgp/community New).
fn is_value(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        ["large", numbers @ ..] => {
            numbers.len() == 3 && numbers.iter().all(|part| part.parse::<u32>().is_ok())
        }
        [high, low] => high.parse::<u16>().is_ok() && low.parse::<u16>().is_ok(),
        _ => false,
    }
}

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        for alias in metallb.communities.iter().flat_map(|all| all.value.iter()) {
            if is_value(&alias.value) {
                continue;
            }
            let path = format!("clusters.{}.metallb.communities.{}", cluster.name, alias.name.value);
            let finding = Diagnostic::new(&RULE, alias.span, format!("`{path}` is \"{}\"", alias.value))
                .here("is no community")
                .help("write two numbers up to 65535, \"65000:100\", or \"large:65000:1:2\"")
                .on(path);
            found.push(finding);
        }
    }
    for (cluster, metallb, pool) in super::pools(facts) {
        let names: Vec<&str> = metallb.communities.iter().flat_map(|all| all.value.names()).collect();
        for community in pool.written.communities.iter().flat_map(|list| list.value.iter()) {
            let text = community.value.as_str();
            if is_value(text) || names.contains(&text) {
                continue;
            }
            let message = format!("`{text}` is neither a community nor the name of one");
            let finding = Diagnostic::new(&RULE, community.span, message)
                .here("MetalLB would wait for it and announce nothing new")
                .on(format!("{}.communities", super::pool_path(pool)));
            found.push(match nearest(text, names.iter().copied()) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")).spell(community.span, text, names.iter().copied(), Names::Chosen, quoted),
                None => finding.help(format!(
                    "write it as \"65000:100\", or add to [clusters.{}.metallb]: communities = {{ {} = \"65000:100\" }}",
                    cluster.name,
                    if text.contains(':') { "name" } else { text }
                )),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_value;

    #[test]
    fn communities_are_read_as_metallb_reads_them() {
        for text in ["65535:65282", "0:0", "large:4294967295:1:2"] {
            assert!(is_value(text), "{text}");
        }
        for text in ["65536:1", "1", "1:2:3", "large:1:2", "no-export", "a:1", ""] {
            assert!(!is_value(text), "{text}");
        }
    }
}
