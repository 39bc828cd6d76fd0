//! An announced route never covers more than the pool.

use crate::addresses::{AddressRange, Cidr, Family};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, announced};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4021",
    name: "aggregation-too-wide",
    level: Level::Error,
    summary: "routes are aggregated no wider than the largest block of each entry of the pool",
    explanation: "MetalLB splits a range into the fewest networks: 192.168.1.200-192.168.1.250 becomes a /29, two /28, a \
                  /29, a /31 and a /32. It refuses an aggregation length shorter than the largest of them, here 28 \
                  (internal/config validateBGPAdvPerPool), because such a route would draw traffic for addresses that are \
                  not the pool's; and then the whole configuration stays unused.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\naggregation_length = 27\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\naggregation_length = 28\n",
    covers: &["AD004"],
};

/// The prefix length of the largest network in a range.
fn largest_block(range: &AddressRange) -> u8 {
    range.to_cidrs().iter().map(Cidr::prefix_length).min().unwrap_or(range.family().bits())
}

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, _, pool) in super::pools(facts) {
        if !announced::by_metallb_bgp(cluster, pool) {
            continue;
        }
        let keys = [
            ("aggregation_length", Family::V4, &pool.written.aggregation_length),
            ("aggregation_length_v6", Family::V6, &pool.written.aggregation_length_v6),
        ];
        for (key, family, length) in keys {
            let Some(length) = length else { continue };
            let path = format!("{}.{key}", super::pool_path(pool));
            if !(1..=family.bits()).contains(&length.value) {
                let finding = Diagnostic::new(&RULE, length.span, format!("`{path}` is {}", length.value))
                    .here(format!("a prefix length is 1 to {}", family.bits()))
                    .help(format!("write: {key} = {}", family.bits()))
                    .on(path);
                found.push(finding);
                continue;
            }
            let entries =
                pool.written.addresses.value.iter().filter(|entry| entry.value.0.family() == family);
            let tightest = entries.max_by_key(|entry| largest_block(&entry.value.0));
            let Some(entry) = tightest else { continue };
            let least = largest_block(&entry.value.0);
            if length.value >= least {
                continue;
            }
            let message = format!(
                "`{path}` is {}, and the largest block of {} is a /{least}",
                length.value, entry.value.0
            );
            let finding = Diagnostic::new(&RULE, length.span, message)
                .here("such a route covers addresses outside of the pool")
                .label(entry.span, format!("its largest block is a /{least}"))
                .help(format!("write: {key} = {least}"))
                .on(path);
            found.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen with MetalLB's own `summarizeRange`.
    #[test]
    fn ranges_are_split_as_metallb_splits_them() {
        for (range, largest) in [
            ("192.168.1.200-192.168.1.250", 28),
            ("192.168.1.240-192.168.1.250", 29),
            ("192.168.9.1-192.168.9.5", 31),
            ("192.168.1.5-192.168.1.37", 28),
            ("10.0.0.255-10.0.1.0", 32),
            ("10.0.0.0/24", 24),
            ("fc00::1-fc00::4", 127),
        ] {
            let range = AddressRange::parse_pool_entry(range).unwrap();
            assert_eq!(largest_block(&range), largest, "{range}");
        }
    }
}
