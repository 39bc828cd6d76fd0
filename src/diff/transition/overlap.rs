//! MetalLB's webhook judges a pool against the pools that are there, not against those that are to come.
//!
//! metallb `internal/k8s/webhooks/webhookv1beta1/ipaddresspool_webhook.go`: each pool is validated alone with all others
//! as they are in the cluster. So a range can only move once it has left the pool where it was.

use crate::addresses::AddressSet;
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::document::Document;
use crate::diff::holder::pool;
use std::sync::Arc;

/// Addresses that one pool gets while another one still has them.
pub struct Overlap {
    /// Who had them, as it was.
    pub from: Arc<Document>,
    /// The same pool as it will be; nothing when it goes.
    pub from_after: Option<Arc<Document>>,
    /// Who gets them.
    pub to: Arc<Document>,
    pub addresses: AddressSet,
}

/// Every overlap, in the order of the pools that get something.
pub fn overlaps(context: &Context<'_>, changes: &[Change]) -> Vec<Overlap> {
    let mut found = Vec::new();
    let changed = changes.iter().filter(|change| change.is("metallb.io", "IPAddressPool"));
    for to in changed.filter_map(|change| change.new.clone()) {
        // A renamed pool is a change with both sides; for the webhook the new name has no old addresses.
        let before = context.old.find(&to.id).map(|old| pool(&old)).unwrap_or_default();
        let gained = pool(&to).difference(&before);
        for from in context.old.of_kind("IPAddressPool").iter() {
            if from.id == to.id || from.id.cluster != to.id.cluster {
                continue;
            }
            let addresses = pool(from).intersection(&gained);
            if !addresses.is_empty() {
                let from_after = context.new.find(&from.id);
                found.push(Overlap { from: from.clone(), from_after, to: to.clone(), addresses });
            }
        }
    }
    found.sort_by(|one, other| (&one.to.id, &one.from.id).cmp(&(&other.to.id, &other.from.id)));
    found
}

/// Whether two pools get something of each other, so that neither can be first.
pub fn is_swap(overlap: &Overlap, all: &[Overlap]) -> bool {
    all.iter().any(|other| other.to.id == overlap.from.id && other.from.id == overlap.to.id)
}
