//! One rule covers another where it allows everything that the other allows, whatever pods there will be.
//!
//! Compared as written, not by the pods of today: a selector with fewer requirements selects more.

use crate::connectivity::{
    NamespaceScope, Peer, Peers, PortMatch, PortSpec, Ports, Requirement, Rule, Selector,
};

/// Whether `wide` allows all that `narrow` does, both of the same namespace and direction.
pub fn covers(wide: &Rule, narrow: &Rule) -> bool {
    let peers = match (&wide.peers, &narrow.peers) {
        (Peers::Any, _) => true,
        (_, Peers::Any) => false,
        (Peers::Listed(wide), Peers::Listed(narrow)) => {
            narrow.iter().all(|narrow| wide.iter().any(|wide| covers_peer(wide, narrow)))
        }
    };
    let ports = match (&wide.ports, &narrow.ports) {
        (Ports::All, _) => true,
        (_, Ports::All) => false,
        (Ports::Listed(wide), Ports::Listed(narrow)) => {
            narrow.iter().all(|narrow| wide.iter().any(|wide| covers_port(wide, narrow)))
        }
    };
    peers && ports
}

fn covers_peer(wide: &Peer, narrow: &Peer) -> bool {
    match (wide, narrow) {
        (Peer::Pods { namespaces: there, pods }, Peer::Pods { namespaces: here, pods: fewer }) => {
            let namespaces = match (there, here) {
                (NamespaceScope::Own, NamespaceScope::Own) => true,
                (NamespaceScope::Matching(wide), NamespaceScope::Matching(narrow)) => {
                    selects_all_of(wide, narrow)
                }
                (NamespaceScope::Matching(wide), NamespaceScope::Own) => wide.requirements.is_empty(),
                (NamespaceScope::Own, NamespaceScope::Matching(_)) => false,
            };
            namespaces && selects_all_of(pods, fewer)
        }
        (Peer::Block { cidr, except }, Peer::Block { cidr: part, except: holes }) => {
            let apart = |hole: &ipnet::IpNet| {
                !part.contains(hole) && !hole.contains(part) || holes.iter().any(|own| own.contains(hole))
            };
            cidr.contains(part) && except.iter().all(apart)
        }
        _ => false,
    }
}

fn covers_port(wide: &PortMatch, narrow: &PortMatch) -> bool {
    wide.protocol == narrow.protocol
        && match (&wide.port, &narrow.port) {
            (PortSpec::Any, _) => true,
            (PortSpec::Range(first, last), PortSpec::Range(lower, upper)) => first <= lower && upper <= last,
            (PortSpec::Named(one), PortSpec::Named(other)) => one == other,
            _ => false,
        }
}

/// Whether whatever `narrow` selects is selected by `wide` too.
pub fn selects_all_of(wide: &Selector, narrow: &Selector) -> bool {
    let follows = |wanted: &Requirement| narrow.requirements.iter().any(|given| implies(given, wanted));
    wide.requirements.iter().all(follows)
}

fn implies(given: &Requirement, wanted: &Requirement) -> bool {
    given.key() == wanted.key()
        && match (given, wanted) {
            (Requirement::In { values, .. }, Requirement::In { values: more, .. }) => values.is_subset(more),
            (Requirement::NotIn { values, .. }, Requirement::NotIn { values: fewer, .. }) => {
                fewer.is_subset(values)
            }
            (Requirement::In { values, .. }, Requirement::NotIn { values: others, .. }) => {
                values.is_disjoint(others)
            }
            (Requirement::In { .. } | Requirement::Exists { .. }, Requirement::Exists { .. }) => true,
            (
                Requirement::DoesNotExist { .. },
                Requirement::DoesNotExist { .. } | Requirement::NotIn { .. },
            ) => true,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_requirements_select_more() {
        let app = Selector::labels([("app", "a")]);
        let both = Selector::labels([("app", "a"), ("tier", "b")]);
        assert!(selects_all_of(&app, &both) && !selects_all_of(&both, &app));
        let exists = Selector { requirements: vec![Requirement::Exists { key: "app".to_owned() }] };
        assert!(selects_all_of(&exists, &app) && !selects_all_of(&app, &exists));
        assert!(selects_all_of(&Selector::everything(), &exists));
    }

    #[test]
    fn a_hole_that_the_part_does_not_touch_does_not_matter() {
        let block = |cidr: &str, except: &[&str]| {
            let except = except.iter().map(|hole| hole.parse().unwrap()).collect();
            Peer::Block { cidr: cidr.parse().unwrap(), except }
        };
        let wide = block("10.0.0.0/8", &["10.1.0.0/16"]);
        assert!(covers_peer(&wide, &block("10.2.0.0/16", &[])));
        assert!(!covers_peer(&wide, &block("10.1.2.0/24", &[])));
        assert!(!covers_peer(&wide, &block("10.0.0.0/8", &[])));
        assert!(covers_peer(&wide, &block("10.0.0.0/8", &["10.0.0.0/15"])));
    }
}
