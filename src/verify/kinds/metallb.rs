//! MetalLB announces exactly the planned addresses, by the planned means.

use super::{Comparison, Kind, nothing_foreign};
use crate::verify::asked::Asked;
use crate::verify::identity::Identity;
use serde_json::{Value, json};

const fn kind(kind: &'static str, resource: &'static str) -> Kind {
    Kind { group: "metallb.io", kind, resource, everywhere: false, compare, foreign }
}

pub const POOL: Kind = kind("IPAddressPool", "ipaddresspools.metallb.io");
pub const L2: Kind = kind("L2Advertisement", "l2advertisements.metallb.io");
pub const BGP: Kind = kind("BGPAdvertisement", "bgpadvertisements.metallb.io");
pub const PEER: Kind = kind("BGPPeer", "bgppeers.metallb.io");
pub const BFD: Kind = Kind { foreign: nothing_foreign, ..kind("BFDProfile", "bfdprofiles.metallb.io") };
pub const COMMUNITY: Kind = Kind { foreign: nothing_foreign, ..kind("Community", "communities.metallb.io") };

/// What the API server fills in (`config/crd/bases`, v0.16.1): kind, path, value.
const DEFAULTS: &[(&str, &str, &str)] = &[
    ("BGPAdvertisement", "spec.aggregationLength", "32"),
    ("BGPAdvertisement", "spec.aggregationLengthV6", "128"),
    ("BGPPeer", "spec.disableMP", "false"),
    ("BGPPeer", "spec.ebgpMultiHop", "false"),
    ("BGPPeer", "spec.enableGracefulRestart", "false"),
    ("BGPPeer", "spec.dualStackAddressFamily", "false"),
    ("BGPPeer", "spec.passwordSecret", "{}"),
    ("BGPPeer", "spec.peerPort", "179"),
    ("IPAddressPool", "spec.autoAssign", "true"),
    ("IPAddressPool", "spec.avoidBuggyIPs", "false"),
];

fn compare(comparison: &mut Comparison<'_>) {
    let kind = comparison.planned.identity.kind.clone();
    let mut planned = comparison.planned.value.get("spec").cloned().unwrap_or_default();
    let mut live = comparison.live.get("spec").cloned().unwrap_or_default();
    // A value that is planned as its default need not be stored.
    for (_, path, value) in DEFAULTS.iter().filter(|(of, ..)| *of == kind) {
        let name = path.trim_start_matches("spec.");
        let value: Value = serde_json::from_str(value).unwrap_or_default();
        for spec in [&mut planned, &mut live] {
            if spec.get(name).is_none_or(Value::is_null) {
                if spec.is_null() {
                    *spec = json!({});
                }
                spec[name] = value.clone();
            }
        }
    }
    comparison.values("spec", &planned, &live, &|_, _| true);
}

fn foreign(_: &Asked, identity: &Identity, _: &Value) -> Option<String> {
    let about = match identity.kind.as_str() {
        "IPAddressPool" => "MetalLB gives out addresses that the plan does not rule",
        "BGPPeer" => "MetalLB speaks to a router that the plan does not know",
        _ => "announces addresses in a way that the plan does not know",
    };
    Some(about.to_owned())
}
