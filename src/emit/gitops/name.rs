//! No two objects of a controller share a name, and none is longer than a label value.

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Argo CD writes the name of an Application into labels, which hold 63 characters.
const LONGEST: usize = 63;

/// Names that were given out.
#[derive(Debug, Default)]
pub struct Names {
    given: BTreeSet<String>,
}

impl Names {
    /// The parts joined by dashes; when that is too long or taken, cut, with the start of a hash of the parts.
    ///
    /// Parts are joined with a slash for the hash, so that `a-b` + `c` is not `a` + `b-c`.
    pub fn give(&mut self, parts: &[&str]) -> String {
        let plain = parts.join("-").replace('.', "-");
        let mut name = plain.clone();
        let mut round = 0;
        while name.len() > LONGEST || !self.given.insert(name.clone()) {
            let digest = Sha256::digest(format!("{}#{round}", parts.join("/")));
            let hash: String = digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
            let kept = plain.len().min(LONGEST - hash.len() - 1);
            name = format!("{}-{hash}", plain[..kept].trim_end_matches('-'));
            round += 1;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_parts() {
        let mut names = Names::default();
        assert_eq!(names.give(&["after", "metallb"]), "after-metallb");
        assert_eq!(names.give(&["after", "metallb-config"]), "after-metallb-config");
    }

    #[test]
    fn a_long_name_is_cut_and_stays_distinct() {
        let mut names = Names::default();
        let stem = "x".repeat(60);
        let (one, two) = (names.give(&["after", &stem, "one"]), names.give(&["after", &stem, "two"]));
        assert_ne!(one, two);
        assert!(one.len() <= LONGEST && two.len() <= LONGEST && one.starts_with("after-xxx"), "{one} {two}");
    }

    #[test]
    fn a_taken_name_gets_another() {
        let mut names = Names::default();
        let (one, two) = (names.give(&["a-b", "c"]), names.give(&["a", "b-c"]));
        assert_eq!(one, "a-b-c");
        assert!(two.starts_with("a-b-c-") && two.len() == "a-b-c-".len() + 6, "{two}");
        assert_ne!(names.give(&["a", "b-c"]), two);
    }
}
