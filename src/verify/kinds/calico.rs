//! Calico runs as the Installation says, and reports that it does.

use super::{Comparison, Kind, nothing_foreign, spec_only};
use crate::upstream::Version;
use crate::verify::asked::Asked;
use crate::verify::identity::Identity;
use serde_json::Value;

const fn operator(kind: &'static str, resource: &'static str) -> Kind {
    let group = "operator.tigera.io";
    Kind { group, kind, resource, everywhere: false, compare: spec_only, foreign: nothing_foreign }
}

const fn own(kind: &'static str, resource: &'static str) -> Kind {
    Kind { group: "projectcalico.org", ..operator(kind, resource) }
}

pub const INSTALLATION: Kind =
    Kind { compare: installation, ..operator("Installation", "installations.operator.tigera.io") };
pub const STATUS: Kind =
    Kind { compare: status, ..operator("TigeraStatus", "tigerastatuses.operator.tigera.io") };
pub const API_SERVER: Kind = operator("APIServer", "apiservers.operator.tigera.io");
pub const GOLDMANE: Kind = operator("Goldmane", "goldmanes.operator.tigera.io");
pub const WHISKER: Kind = operator("Whisker", "whiskers.operator.tigera.io");
pub const POOL: Kind =
    Kind { compare: pool, foreign: foreign_pool, ..own("IPPool", "ippools.projectcalico.org") };
pub const PEER: Kind = Kind { foreign: foreign_peer, ..own("BGPPeer", "bgppeers.projectcalico.org") };
pub const TIER: Kind = own("Tier", "tiers.projectcalico.org");
pub const BGP: Kind = own("BGPConfiguration", "bgpconfigurations.projectcalico.org");
pub const FELIX: Kind = own("FelixConfiguration", "felixconfigurations.projectcalico.org");
pub const IPAM: Kind = own("IPAMConfiguration", "ipamconfigurations.projectcalico.org");
pub const CONTROLLERS: Kind =
    own("KubeControllersConfiguration", "kubecontrollersconfigurations.projectcalico.org");

/// The operator writes what it decided into the very spec, so only planned fields are looked at.
fn installation(comparison: &mut Comparison<'_>) {
    spec_only(comparison);
    let running = comparison.live_text("/status/calicoVersion");
    let version = |text: &str| text.parse::<Version>().ok();
    if let (Some(planned), Some(running)) = (&comparison.asked.calico, running)
        && version(planned) != version(running)
    {
        comparison.differs("status.calicoVersion", Some(planned.clone()), Some(running.to_owned()));
    }
    comparison.condition_is_not("Degraded", "True");
}

fn status(comparison: &mut Comparison<'_>) {
    comparison.condition("Available", "True");
    comparison.condition_is_not("Degraded", "True");
    comparison.condition_is_not("Progressing", "True");
}

/// A field that is at its default is left out of the stored object (`api/pkg/apis/projectcalico/v3/ippool.go`).
fn pool(comparison: &mut Comparison<'_>) {
    let planned = comparison.planned.value["spec"].clone();
    let mut live = comparison.live.get("spec").cloned().unwrap_or_default();
    let defaults = [
        ("disabled", Value::Bool(false)),
        ("disableBGPExport", Value::Bool(false)),
        ("natOutgoing", Value::Bool(false)),
        ("ipipMode", Value::from("Never")),
        ("vxlanMode", Value::from("Never")),
        ("nodeSelector", Value::from("all()")),
        ("assignmentMode", Value::from("Automatic")),
    ];
    if let Value::Object(fields) = &mut live {
        for (name, value) in defaults {
            fields.entry(name).or_insert(value);
        }
    }
    comparison.values("spec", &planned, &live, &|_, _| false);
}

fn foreign_pool(_: &Asked, _: &Identity, pool: &Value) -> Option<String> {
    let cidr = pool.pointer("/spec/cidr").and_then(Value::as_str).unwrap_or("a network");
    Some(format!("pods get addresses of {cidr}, which the plan does not know"))
}

fn foreign_peer(_: &Asked, _: &Identity, _: &Value) -> Option<String> {
    Some("Calico speaks to a router that the plan does not know".to_owned())
}
