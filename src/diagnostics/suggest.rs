//! The name that was probably meant.

/// The candidate nearest to `written`: at most a third of its letters (and at least two) are changed, dropped, added or
/// swapped. Ties go to the first in the order given.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (written.chars().count() / 3).max(2);
    let folded = written.to_ascii_lowercase().replace('-', "_");
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = candidate.to_ascii_lowercase().replace('-', "_");
        let distance = strsim::damerau_levenshtein(&folded, &other);
        // A two-letter change of a two-letter word is another word.
        if distance > allowed || distance >= other.chars().count().max(2) {
            continue;
        }
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_mended_and_another_word_is_not() {
        assert_eq!(nearest("adresses", ["addresses", "advertise"]), Some("addresses"));
        assert_eq!(nearest("clutser", ["cluster", "clusters"]), Some("cluster"));
        assert_eq!(nearest("node-ports", ["node_ports"]), Some("node_ports"));
        assert_eq!(nearest("color", ["cluster", "pool"]), None);
        assert_eq!(nearest("ip", ["on", "to"]), None);
    }
}
