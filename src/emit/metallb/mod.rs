//! Which addresses MetalLB gives out, and who says on the network that they are here.
//!
//! Every object lies in MetalLB's own namespace: its webhook refuses any other (metallb `internal/k8s/webhooks`).

mod answers;
mod peer;
mod pool;
mod values;

pub use answers::ANSWERS;

use super::files::{Files, labels, metadata};
use super::{ClusterEmitter, overlay};
use crate::decode::{Entries, Raw};
use crate::facts::{Facts, Layer, announced};
use crate::model::Metallb;
use crate::model::values::{LabelKey, LabelValue};
use crate::objects::{AnyObject, LabelSelector, Metadata, Object};
use crate::resolve::{Cluster, Resolved};
use crate::source::Located;
use crate::upstream::metallb::FIELDS;

pub(super) const EMITTER: ClusterEmitter = ClusterEmitter { name: "metallb", emit };

fn emit(facts: &Facts<'_>, cluster: &Cluster<'_>, files: &mut Files) {
    let Some(metallb) = cluster.metallb() else { return };
    let folder = format!("clusters/{}/{}", cluster.name, facts.order.name(cluster.id, Layer::Metallb));
    let here = Here { resolved: &facts.resolved, metallb, folder };
    for pool in facts.resolved.pools_of(cluster.id) {
        let from = [format!("pools.{}", pool.name)];
        here.place(files, &pool::addresses(&here, pool), pool.written.ip_address_pool.as_ref(), &from);
        if announced::by_l2(cluster, pool) {
            here.place(files, &pool::l2(&here, pool), pool.written.l2_advertisement.as_ref(), &from);
        }
        if announced::by_metallb_bgp(cluster, pool) {
            here.place(files, &pool::bgp(&here, pool), pool.written.bgp_advertisement.as_ref(), &from);
        }
    }
    peer::emit(&here, cluster, files);
    let path = format!("clusters.{}.metallb", cluster.name);
    let values = values::chart(facts, cluster, metallb);
    files.values(format!("values/{}/metallb.yaml", cluster.name), &values, &[path]);
}

/// MetalLB in one cluster, and where its objects go.
struct Here<'a, 'p> {
    resolved: &'a Resolved<'p>,
    metallb: &'p Metallb,
    folder: String,
}

impl Here<'_, '_> {
    fn namespace(&self) -> String {
        self.metallb.namespace().as_str().to_owned()
    }

    fn metadata(&self, name: &str) -> Metadata {
        metadata(name, Some(&self.namespace()), labels("metallb", "load-balancer", self.resolved.name))
    }

    /// Adds an object without the fields that this release does not know, and with what a person says about it in
    /// upstream's words.
    fn place<T: Object>(&self, files: &mut Files, object: &T, raw: Option<&Located<Raw>>, from: &[String]) {
        let known = self.known(AnyObject::new(object));
        files.object(&self.folder, overlay::with_spec(known, raw), from);
    }

    /// A strict decoder refuses an unknown field, and with it the whole object.
    fn known(&self, object: AnyObject) -> AnyObject {
        let version = &self.metallb.version.value;
        let mut value = object.to_value();
        let mut removed = false;
        for field in FIELDS.iter().filter(|field| field.kind == object.kind()) {
            let name = field.path.strip_prefix("spec.").unwrap_or(field.path);
            if !version.at_least(field.since)
                && let Some(spec) = value.get_mut("spec").and_then(|spec| spec.as_object_mut())
            {
                removed |= spec.shift_remove(name).is_some();
            }
        }
        if !removed {
            return object;
        }
        AnyObject::from_value(&value).expect("broken promise: an object without a field is an object")
    }
}

/// A selector for nodes with all of these labels; no selector is every node.
fn selectors(nodes: Option<&Located<Entries<LabelKey, LabelValue>>>) -> Vec<LabelSelector> {
    let selector = nodes.filter(|nodes| !nodes.value.is_empty()).map(|nodes| {
        let labels = nodes.value.iter();
        let labels =
            labels.map(|label| (label.name.value.as_str().to_owned(), label.value.as_str().to_owned()));
        LabelSelector { match_labels: Some(labels.collect()), match_expressions: None }
    });
    selector.into_iter().collect()
}

/// Upstream refuses a list that says the same twice (`internal/config/config.go`).
fn once(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}
