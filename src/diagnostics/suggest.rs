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

/// Whose names the candidates are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Keys and words of the language: nobody means one that does not exist.
    Fixed,
    /// What people call their things: `team-c` may be a team that is not declared yet.
    Chosen,
}

/// The candidate that was certainly meant: only one slip lies between (another case or separator, or one letter dropped,
/// added, replaced or swapped with its neighbour), and no other candidate is as near. Digits are never a slip: `node-4`
/// is not `node-1`. In a chosen name the slip has to be in a word that is long enough not to be another one.
pub fn certain<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    names: Names,
) -> Option<&'a str> {
    let mut meant: Option<(usize, &str)> = None;
    let mut alone = true;
    for candidate in candidates {
        let distance = strsim::damerau_levenshtein(&plain(written), &plain(candidate));
        match meant {
            Some((_, same)) if same == candidate => continue,
            Some((least, _)) if least < distance => continue,
            Some((least, _)) if least == distance => alone = false,
            _ => (meant, alone) = (Some((distance, candidate)), true),
        }
    }
    meant.map(|(_, candidate)| candidate).filter(|candidate| alone && is_slip(written, candidate, names))
}

/// A name without what nobody remembers: its case and its separators.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn is_slip(written: &str, meant: &str, names: Names) -> bool {
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let (one, other) = (plain(written), plain(meant));
    if one.is_empty() || digits(written) != digits(meant) {
        return false;
    }
    if one == other {
        return true;
    }
    if strsim::damerau_levenshtein(&one, &other) > 1 {
        return false;
    }
    if names == Names::Fixed {
        return one.len().max(other.len()) >= 4;
    }
    // One slip lies within one word; a short word with another letter is another word: `team-a`, `team-b`.
    let words = |name: &str| -> Vec<String> { name.split(['-', '_', '.', '/']).map(plain).collect() };
    let (one, other) = (words(written), words(meant));
    let mut differ = one.iter().zip(&other).filter(|(one, other)| one != other);
    let (Some((one, other)), None, true) = (differ.next(), differ.next(), one.len() == other.len()) else {
        return false;
    };
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let replaced = one.len() == other.len() && letters(one) != letters(other);
    one.len().min(other.len()) >= if replaced { 6 } else { 4 }
}

#[cfg(test)]
mod tests {
    use super::{Names, certain, nearest};

    #[test]
    fn one_slip_is_certain_and_another_name_is_not() {
        let key = |written, known: &[&'static str]| certain(written, known.iter().copied(), Names::Fixed);
        let name = |written, known: &[&'static str]| certain(written, known.iter().copied(), Names::Chosen);
        assert_eq!(key("podz", &["pods", "services"]), Some("pods"));
        assert_eq!(key("adresses", &["addresses", "advertise"]), Some("addresses"));
        assert_eq!(key("nodePorts", &["node_ports", "ports"]), Some("node_ports"));
        assert_eq!(key("vxlan", &["VXLAN", "VXLANCrossSubnet"]), Some("VXLAN"));
        assert_eq!(key("host-outside-lam", &["host-outside-lan"]), Some("host-outside-lan"));
        assert_eq!(key("hots", &["host", "hosts"]), None, "two are as near");
        assert_eq!(name("ingres-nginx", &["ingress-nginx", "web"]), Some("ingress-nginx"));
        assert_eq!(name("ingress_nginx", &["ingress-nginx"]), Some("ingress-nginx"));
        assert_eq!(name("mlflov", &["mlflow"]), Some("mlflow"));
        for (written, known) in [
            ("node-4", "node-1"),
            ("team-c", "team-a"),
            ("web1", "web"),
            ("rest", "test"),
            ("external", "internal"),
            ("prod-b", "prod"),
            ("-", "a"),
        ] {
            assert_eq!(name(written, &[known]), None, "{written}");
        }
    }

    #[test]
    fn a_slip_is_mended_and_another_word_is_not() {
        assert_eq!(nearest("adresses", ["addresses", "advertise"]), Some("addresses"));
        assert_eq!(nearest("clutser", ["cluster", "clusters"]), Some("cluster"));
        assert_eq!(nearest("node-ports", ["node_ports"]), Some("node_ports"));
        assert_eq!(nearest("color", ["cluster", "pool"]), None);
        assert_eq!(nearest("ip", ["on", "to"]), None);
    }
}
