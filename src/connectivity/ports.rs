//! Sets of ports, as ranges, one set for each protocol.

use std::fmt;

use super::policy::Protocol;
use super::ranges::Ranges;

/// Ports of one protocol. Port 0 is carried along so that the algebra needs no special case; nobody listens on it.
pub type PortSet = Ranges<u16>;

/// Ports of every protocol that NetworkPolicy speaks about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortSets {
    pub tcp: PortSet,
    pub udp: PortSet,
    pub sctp: PortSet,
}

impl PortSets {
    /// Every port of every protocol.
    pub fn all() -> PortSets {
        let every = || PortSet::range(0, u16::MAX);
        PortSets { tcp: every(), udp: every(), sctp: every() }
    }

    pub fn get(&self, protocol: Protocol) -> &PortSet {
        match protocol {
            Protocol::Tcp => &self.tcp,
            Protocol::Udp => &self.udp,
            Protocol::Sctp => &self.sctp,
        }
    }

    pub fn get_mut(&mut self, protocol: Protocol) -> &mut PortSet {
        match protocol {
            Protocol::Tcp => &mut self.tcp,
            Protocol::Udp => &mut self.udp,
            Protocol::Sctp => &mut self.sctp,
        }
    }

    pub fn is_empty(&self) -> bool {
        Protocol::ALL.iter().all(|protocol| self.get(*protocol).is_empty())
    }

    pub fn is_all(&self) -> bool {
        *self == PortSets::all()
    }

    pub fn union(&self, other: &PortSets) -> PortSets {
        self.zip(other, PortSet::union)
    }

    pub fn intersection(&self, other: &PortSets) -> PortSets {
        self.zip(other, PortSet::intersection)
    }

    /// What is here and not in `other`.
    pub fn difference(&self, other: &PortSets) -> PortSets {
        self.zip(other, PortSet::difference)
    }

    /// The lowest port of the first protocol that has one.
    pub fn first(&self) -> Option<(Protocol, u16)> {
        Protocol::ALL.iter().find_map(|protocol| {
            let &(first, last) = self.get(*protocol).as_slice().first()?;
            Some((*protocol, first.max(1).min(last)))
        })
    }

    fn zip(&self, other: &PortSets, combine: fn(&PortSet, &PortSet) -> PortSet) -> PortSets {
        PortSets {
            tcp: combine(&self.tcp, &other.tcp),
            udp: combine(&self.udp, &other.udp),
            sctp: combine(&self.sctp, &other.sctp),
        }
    }
}

/// `all`, `none`, or `TCP 80, 443, 8000-8080; UDP 53`.
impl fmt::Display for PortSets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return f.write_str("all");
        }
        if self.is_empty() {
            return f.write_str("none");
        }
        let mut separator = "";
        for protocol in Protocol::ALL {
            let ports = self.get(protocol).as_slice();
            if ports.is_empty() {
                continue;
            }
            write!(f, "{separator}{}", protocol.name())?;
            separator = "; ";
            let mut comma = "";
            for &(first, last) in ports {
                match (first.max(1), last) {
                    (1, u16::MAX) => write!(f, "{comma} all")?,
                    (first, last) if first >= last => write!(f, "{comma} {last}")?,
                    (first, last) => write!(f, "{comma} {first}-{last}")?,
                }
                comma = ",";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// Every port as one bit.
    struct Bitmap(Vec<u64>);

    impl Bitmap {
        fn of(ranges: &[(u16, u16)]) -> Bitmap {
            let mut words = vec![0; 1024];
            for &(first, last) in ranges {
                for port in first..=last {
                    words[usize::from(port) / 64] |= 1 << (port % 64);
                }
            }
            Bitmap(words)
        }

        fn zip(&self, other: &Bitmap, combine: fn(u64, u64) -> u64) -> Vec<u64> {
            self.0.iter().zip(&other.0).map(|(a, b)| combine(*a, *b)).collect()
        }
    }

    /// Ends that crowd together, so that ranges touch, nest and reach both ends of the domain.
    fn ranges() -> impl Strategy<Value = Vec<(u16, u16)>> {
        let end = prop_oneof![0..12_u16, 65524..=65535_u16, any::<u16>()];
        vec((end.clone(), end), 0..8)
    }

    fn is_canonical(set: &PortSet) -> bool {
        set.as_slice().iter().all(|(first, last)| first <= last)
            && set.as_slice().windows(2).all(|pair| u32::from(pair[0].1) + 1 < u32::from(pair[1].0))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn the_algebra_is_that_of_a_bitmap(left in ranges(), right in ranges()) {
            let (a, b) = (PortSet::collect(left.clone()), PortSet::collect(right.clone()));
            let (x, y) = (Bitmap::of(&left), Bitmap::of(&right));
            prop_assert_eq!(&Bitmap::of(a.as_slice()).0, &x.0);
            for (set, words) in [
                (a.union(&b), x.zip(&y, |p, q| p | q)),
                (a.intersection(&b), x.zip(&y, |p, q| p & q)),
                (a.difference(&b), x.zip(&y, |p, q| p & !q)),
            ] {
                prop_assert!(is_canonical(&set), "{:?}", set);
                prop_assert_eq!(Bitmap::of(set.as_slice()).0, words);
            }
            let shared = x.zip(&y, |p, q| p & q);
            prop_assert_eq!(a.touches(&b), shared.iter().any(|word| *word != 0));
            prop_assert_eq!(a.covers(&b), shared == y.0);
            for port in left.iter().flat_map(|range| [range.0, range.1, range.1.wrapping_add(1)]) {
                let bit = x.0[usize::from(port) / 64] >> (port % 64) & 1 == 1;
                prop_assert_eq!(a.contains(port), bit);
            }
        }
    }

    /// The input on which another analyzer prints `80-65535` in some of its runs.
    #[test]
    fn two_policies_with_a_shared_port_do_not_open_what_lies_between() {
        let union = PortSet::collect([(80, 80), (65535, 65535), (80, 1080)]);
        assert_eq!(union.as_slice(), [(80, 1080), (65535, 65535)]);
        let sets = PortSets { tcp: union, ..PortSets::default() };
        assert_eq!(sets.to_string(), "TCP 80-1080, 65535");
    }

    #[test]
    fn a_full_protocol_is_not_everything() {
        let sets =
            PortSets { tcp: PortSet::range(0, u16::MAX), udp: PortSet::range(53, 53), ..PortSets::default() };
        assert_eq!(sets.to_string(), "TCP all; UDP 53");
        assert_eq!(PortSets::all().to_string(), "all");
        assert_eq!(PortSets::default().to_string(), "none");
    }
}
