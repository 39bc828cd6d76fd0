//! A platform of any size, the same one for the same numbers.
//!
//! `clusters` clusters share one LAN (172.16.0.0/12). Each has three hosts, Calico with VXLAN, MetalLB with one pool of
//! 1,022 addresses or more, `services` services and `tenants` tenants. A third of the services are called from the LAN and so get
//! an address, half of those are pinned; every service needs up to three others of its cluster; a quarter of the tenants
//! have a Seldon runtime; all of them are isolated. What varies is drawn from a linear congruential generator that starts
//! at `SEED`, so a run can be repeated to the byte.

use std::fmt::Write;

pub const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Knuth's MMIX generator; the upper bits are good enough to draw from.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

/// The text of a `migration.toml`.
pub fn plan(clusters: usize, services: usize, tenants: usize) -> String {
    assert!(clusters <= 250, "broken promise: a cluster has a second octet of its own");
    // A pool has room for as many rows of 250 addresses as there are services: a /22, unless they are more than 1,000.
    let rows = (services / 250 + 1).next_power_of_two().max(4);
    assert!(clusters * rows <= 15 * 256, "broken promise: the pools fit into the LAN");
    let mut dice = Dice(SEED);
    let mut text = String::from(
        "schema = 1\nname = \"benchmark\"\ndomain = \"test\"\n\n[lan]\ncidr = \"172.16.0.0/12\"\ngateway = \"172.16.0.1\"\n",
    );
    text.push_str("\n[gitops]\ntool = \"argocd\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/benchmark\"\n");
    text.push_str("\n[seldon]\nversion = \"2.9.1\"\nruntime = false\n");
    text.push_str("\n[hosts]\n");
    for cluster in 0..clusters {
        for (host, last) in [("server", 11), ("agent-1", 12), ("agent-2", 13)] {
            let _ = writeln!(text, "c{cluster}-{host} = {{ ip = \"172.16.{cluster}.{last}\" }}");
        }
    }
    for cluster in 0..clusters {
        // 172.16.0.0/16 is for hosts; from 172.17.0.0 on, each cluster has a pool.
        let (high, low) = (17 + cluster * rows / 256, cluster * rows % 256);
        let _ = write!(
            text,
            "\n[clusters.c{cluster}]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"c{cluster}-server\"]\n\
             agents = [\"c{cluster}-agent-1\", \"c{cluster}-agent-2\"]\npods = \"10.{cluster}.0.0/17\"\nservices = \"10.{cluster}.128.0/17\"\n\
             \n[clusters.c{cluster}.calico]\nversion = \"v3.30.7\"\n\n[clusters.c{cluster}.metallb]\nversion = \"v0.15.3\"\n\
             \n[pools.c{cluster}]\ncluster = \"c{cluster}\"\naddresses = [\"172.{high}.{low}.1-172.{high}.{}.254\"]\n",
            low + rows - 1
        );
        for service in 0..services {
            let name = |service: usize| format!("c{cluster}-s{service}");
            let port = 1024 + dice.below(60_000);
            let _ = write!(
                text,
                "\n[services.{}]\ncluster = \"c{cluster}\"\nnamespace = \"ns-{}\"\nselector = {{ app = \"s{service}\" }}\n\
                 ports = {{ http = \"80:{port}\", metrics = \"9090\" }}\n",
                name(service),
                service / 4
            );
            let needs: Vec<String> =
                (0..dice.below(4)).map(|_| format!("\"{}\"", name(dice.below(services)))).collect();
            let _ = writeln!(text, "needs = [{}]", needs.join(", "));
            match service % 3 {
                0 if service % 2 == 0 => {
                    let _ =
                        writeln!(text, "ip = \"172.{high}.{}.{}\"", low + service / 250, service % 250 + 1);
                }
                0 => {}
                _ => text.push_str("clients = []\n"),
            }
        }
        for tenant in 0..tenants {
            let needs: Vec<String> =
                (0..2).map(|_| format!("\"c{cluster}-s{}\"", dice.below(services))).collect();
            let _ = write!(
                text,
                "\n[tenants.c{cluster}-t{tenant}]\ncluster = \"c{cluster}\"\nseldon = {}\nneeds = [{}]\ninternet = [443]\nclients = [\"lan\"]\n",
                tenant % 4 == 0,
                needs.join(", ")
            );
            if tenant % 4 == 0 {
                text.push_str("mesh = true\n");
            }
        }
    }
    text
}
