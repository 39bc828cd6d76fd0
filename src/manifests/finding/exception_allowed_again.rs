//! An exception of a network is not allowed by another item.

use super::{Judged, Lint, Place, word};
use crate::connectivity::Peer;
use crate::diagnostics::{Diagnostic, Level, Rule};
use ipnet::IpNet;
use std::collections::BTreeMap;

pub const LINT: Lint = Lint { rule: &RULE, find };

static RULE: Rule = Rule {
    code: "P5121",
    name: "exception-allowed-again",
    level: Level::Warning,
    summary: "what `except` leaves out is not allowed by another item of the policy",
    explanation: "`except` takes addresses out of its own item only, and denies nothing: where another `ipBlock` of the same policy \
                  has all of them on the same ports, they are allowed after all.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from:\n    - ipBlock: {cidr: 192.168.0.0/16, except: [192.168.7.0/24]}\n    - ipBlock: {cidr: 192.168.4.0/22}\n    ports: [{protocol: TCP, port: 80}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from:\n    - ipBlock: {cidr: 192.168.0.0/16, except: [192.168.7.0/24]}\n    - ipBlock: {cidr: 10.0.4.0/22}\n    ports: [{protocol: TCP, port: 80}]\n",
    covers: &[],
};

/// A block, without its exceptions, and where it stands.
struct Item<'m> {
    place: usize,
    peer: usize,
    cidr: IpNet,
    except: &'m [IpNet],
}

fn find(judged: &Judged<'_>, found: &mut Vec<Diagnostic>) {
    let places: Vec<Place<'_>> = judged.rules().collect();
    // Items of one policy, direction and list of ports.
    let mut together: BTreeMap<_, Vec<Item<'_>>> = BTreeMap::new();
    for (at, place) in places.iter().enumerate() {
        for (peer, item) in place.peers().iter().enumerate() {
            if let Peer::Block { cidr, except } = item {
                let key = (place.policy, place.direction, &place.rule.ports);
                together.entry(key).or_default().push(Item { place: at, peer, cidr: *cidr, except });
            }
        }
    }
    for items in together.into_values() {
        for (at, item) in items.iter().enumerate() {
            for hole in item.except {
                let allows = |(other, wide): &(usize, &Item<'_>)| {
                    let overlaps = |left: &IpNet| left.contains(hole) || hole.contains(left);
                    *other != at && wide.cidr.contains(hole) && !wide.except.iter().any(overlaps)
                };
                let Some((_, wide)) = items.iter().enumerate().find(allows) else { continue };
                let (place, other) = (&places[item.place], &places[wide.place]);
                let name = judged.name(place.policy);
                let message = format!(
                    "an {} rule of `{name}` leaves `{hole}` out, and `{}` beside it allows it",
                    word(place.direction),
                    wide.cidr
                );
                let finding = Diagnostic::new(&RULE, place.peer_span(item.peer), message)
                    .here("leaves it out of this item alone")
                    .label(other.peer_span(wide.peer), "allows it again")
                    .help(format!("write it here too: except: [{hole}]"))
                    .on(name);
                found.push(finding);
            }
        }
    }
}
