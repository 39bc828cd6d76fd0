//! Whole numbers of which upstream takes fewer than fit into their type.
//!
//! Reading them accepts the whole type, so that a number out of range is told by the rule that knows why. Editors and the
//! reference say the range itself.

use super::tables::Table;
use crate::decode::Shape;

/// The first and last number of each range that some rule lets through.
type Ranges = &'static [(i64, i64)];

/// The table, the key, and its ranges.
const RANGES: &[(&str, &str, Ranges)] = &[
    ("Plan", "schema", &[(1, 1)]),
    ("Lan", "mtu", &[(576, 65535)]),
    ("Calico", "block_size", &[(20, 32)]),
    ("Calico", "block_size_v6", &[(116, 128)]),
    ("Calico", "mtu", &[(576, 65535)]),
    ("Calico", "control_plane_replicas", &[(1, 255)]),
    ("IpPool", "block_size", &[(20, 32), (116, 128)]),
    ("MetallbBgpPeer", "asn", &[(1, 4_294_967_295)]),
    ("MetallbBgpPeer", "my_asn", &[(1, 4_294_967_295)]),
    ("MetallbBgpPeer", "port", &[(1, 16384)]),
    ("BfdProfile", "receive_interval", &[(10, 60000)]),
    ("BfdProfile", "transmit_interval", &[(10, 60000)]),
    ("BfdProfile", "detect_multiplier", &[(2, 255)]),
    ("BfdProfile", "echo_interval", &[(10, 60000)]),
    ("BfdProfile", "minimum_ttl", &[(1, 254)]),
    ("Pool", "aggregation_length", &[(1, 32)]),
    ("Pool", "aggregation_length_v6", &[(1, 128)]),
];

/// Says the ranges in the shapes of their keys.
pub fn narrow(tables: &mut [Table]) {
    for (id, name, ranges) in RANGES {
        let table = tables.iter_mut().find(|table| table.id == *id);
        let key = table.and_then(|table| table.keys.iter_mut().find(|key| key.name == *name));
        let key = key.expect("broken promise: a test finds every range");
        let mut shapes: Vec<Shape> =
            ranges.iter().map(|(min, max)| Shape::Integer { min: *min, max: *max }).collect();
        key.shape = if shapes.len() == 1 { shapes.remove(0) } else { Shape::Either(shapes) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    /// A plan in which every key of the list can be written, each at the place that has its name.
    const PLAN: &str = r#"schema = <Plan.schema>
name = "ranges"
[lan]
cidr = ["192.168.1.0/24", "fd00::/64"]
<Lan>
[hosts]
node-1 = { ip = ["192.168.1.11", "fd00::11"] }
node-2 = { ip = ["192.168.1.12", "fd00::12"] }
[clusters.main]
distribution = "kubeadm"
version = "v1.33.1"
servers = ["node-1"]
agents = ["node-2"]
pods = ["10.42.0.0/16", "fd42::/56"]
services = ["10.43.0.0/16", "fd43::/112"]
[clusters.main.calico]
version = "v3.30.7"
<Calico>
[clusters.main.calico.pools.other]
cidr = "fd42::/56"
[clusters.main.calico.pools.ours]
cidr = "10.42.0.0/16"
<IpPool>
[clusters.main.metallb]
version = "v0.15.3"
[clusters.main.metallb.peers.tor]
address = "192.168.1.1"
<MetallbBgpPeer>
[clusters.main.metallb.bfd_profiles.fast]
<BfdProfile>
[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.201", "fd00::200-fd00::201"]
advertise = "bgp"
<Pool>
"#;

    /// Whether the plan has an error when the key has this value.
    fn is_refused(id: &str, key: &str, value: i64) -> bool {
        let mut text = PLAN.to_owned();
        let schema = if key == "schema" { value } else { 1 };
        text = text.replace("<Plan.schema>", &schema.to_string());
        for table in ["Lan", "Calico", "IpPool", "MetallbBgpPeer", "BfdProfile", "Pool"] {
            let mut lines = match table == id {
                true => format!("{key} = {value}\n"),
                false => String::new(),
            };
            for (needed, number) in [("asn", 65000), ("my_asn", 64512)] {
                if table == "MetallbBgpPeer" && key != needed {
                    lines.push_str(&format!("{needed} = {number}\n"));
                }
            }
            text = text.replace(&format!("<{table}>"), &lines);
        }
        let compilation = crate::compile(&crate::Inputs::new(Source::new("migration.toml", text)));
        crate::diagnostics::has_errors(&compilation.diagnostics)
    }

    #[test]
    fn what_is_outside_a_range_is_refused() {
        for (id, key, ranges) in RANGES {
            for (min, max) in *ranges {
                for outside in [min - 1, max + 1] {
                    assert!(is_refused(id, key, outside), "{id}.{key} = {outside}");
                }
            }
        }
    }

    #[test]
    fn what_is_inside_a_range_can_be_written() {
        for (id, key, value) in [
            ("Plan", "schema", 1),
            ("Calico", "block_size", 20),
            ("Calico", "block_size", 28),
            ("Calico", "block_size_v6", 116),
            ("Calico", "control_plane_replicas", 1),
            ("MetallbBgpPeer", "port", 16384),
            ("BfdProfile", "receive_interval", 10),
            ("BfdProfile", "minimum_ttl", 254),
            ("Pool", "aggregation_length", 32),
        ] {
            assert!(!is_refused(id, key, value), "{id}.{key} = {value}");
        }
    }
}
