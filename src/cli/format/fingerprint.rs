//! What tells one finding from another, however the lines around it move.

use super::location::relative;
use crate::cli::run::PlanRun;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A fingerprint for each finding of a plan, in their order: 32 hexadecimal digits of its rule, file, key path and
/// sentence. Findings that have all of these in common are told apart by their order.
pub fn fingerprints(run: &PlanRun) -> Vec<String> {
    let mut seen: BTreeMap<[&str; 4], u32> = BTreeMap::new();
    let fingerprint = |finding: &'_ crate::diagnostics::Diagnostic, times: u32| {
        let file = relative(&run.sources[usize::from(finding.span().source)].name);
        digest(&[finding.rule.code, &file, &finding.on, &finding.message, &times.to_string()])
    };
    run.diagnostics
        .iter()
        .map(|finding| {
            let source = run.sources[usize::from(finding.span().source)].name.as_str();
            let times = seen.entry([finding.rule.code, source, &finding.on, &finding.message]).or_default();
            *times += 1;
            fingerprint(finding, *times)
        })
        .collect()
}

/// The digest of several texts; where one ends matters.
pub fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn where_a_part_ends_matters() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&["ab"]).len(), 32);
    }
}
