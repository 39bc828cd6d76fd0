//! One edit of a reference plan is one finding, at the place of the edit; another good value is none.
//!
//! `tests/mutations/*.txt` are the edits, in blocks apart by an empty line: `plan: NAME`, `find: TEXT` that is in the plan
//! once, `replace: TEXT`, and `expect: RULE …`, or `expect: nothing`. `\n` is a line break. `first: TEXT` counts from the
//! first occurrence of a text on, for places that look alike. Every rule of `expect` must be found with a label that
//! touches the edited place, and no other rule may be broken that the plan did not break before.

use plan::diagnostics::Diagnostic;
use plan::source::Source;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

const PLANS: [(&str, &str); 2] = [
    ("ml-platform", include_str!("../plans/ml-platform/migration.toml")),
    ("article", include_str!("../plans/article/migration.toml")),
];

/// Beyond what is counted here, the suite has shrunk.
const LEAST_CAUGHT: usize = 300;
const LEAST_HARMLESS: usize = 100;

struct Mutation {
    place: String,
    plan: &'static str,
    find: String,
    replace: String,
    from: Option<String>,
    expect: BTreeSet<String>,
}

fn mutations() -> Vec<Mutation> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutations");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("mutations").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a text");
        let mut line = 1;
        for block in text.split("\n\n") {
            let place = format!("{}:{line}", file.file_name().expect("a name").to_string_lossy());
            line += block.lines().count() + 1;
            let fields: BTreeMap<&str, &str> = (block.lines())
                .filter(|line| !line.starts_with('#') && !line.is_empty())
                .map(|line| line.split_once(": ").unwrap_or((line.trim_end_matches(':'), "")))
                .collect();
            if fields.is_empty() {
                continue;
            }
            let field = |name: &str| *fields.get(name).unwrap_or_else(|| panic!("{place} has no `{name}`"));
            let text = |text: &str| text.replace("\\n", "\n");
            let plan = PLANS.iter().find(|(name, _)| *name == field("plan")).expect("a plan").1;
            let expect = field("expect").split_whitespace().filter(|name| *name != "nothing");
            all.push(Mutation {
                plan,
                find: text(field("find")),
                replace: text(field("replace")),
                from: fields.get("first").map(|first| text(first)),
                expect: expect.map(str::to_owned).collect(),
                place,
            });
        }
    }
    all
}

/// Compiles up to what the checks say; nothing is written from it.
fn compile(text: &str) -> Vec<Diagnostic> {
    plan::judge(&plan::Inputs::new(Source::new("migration.toml", text)), |_, _| {})
}

/// Findings that the plan has anyway, by rule and key path.
fn before(plan: &str) -> BTreeSet<(&'static str, String)> {
    compile(plan).into_iter().map(|finding| (finding.rule.name, finding.on)).collect()
}

/// What is wrong with a mutation, if anything.
fn complaint(mutation: &Mutation, before: &BTreeSet<(&'static str, String)>) -> Option<String> {
    let Mutation { plan, find, replace, expect, .. } = mutation;
    let start = match &mutation.from {
        Some(from) => plan.find(from).unwrap_or(plan.len()),
        None => 0,
    };
    let count = plan[start..].matches(find.as_str()).count();
    if count == 0 || (count > 1 && mutation.from.is_none()) {
        return Some(format!("`{find}` is {count} times in the plan"));
    }
    let at = start + plan[start..].find(find.as_str())?;
    let edited = format!("{}{replace}{}", &plan[..at], &plan[at + find.len()..]);
    // What is equal at both ends is no part of the edit.
    let same = |(a, b): &(u8, u8)| a == b;
    let head = find.bytes().zip(replace.bytes()).take_while(same).count();
    let tail = find.bytes().rev().zip(replace.bytes().rev()).take_while(same).count();
    let tail = tail.min(find.len().min(replace.len()) - head);
    let place: Range<usize> = at + head..at + replace.len() - tail;
    // What is taken away leaves no place but the table that lacks it.
    let place = match place.is_empty() {
        true => {
            edited[..place.start].rfind("\n[").unwrap_or(0)
                ..edited[place.end..].find("\n[").map_or(edited.len(), |end| place.end + end)
        }
        false => place,
    };
    let touches = |span: Range<usize>| span.start <= place.end && place.start <= span.end;
    let found: Vec<Diagnostic> = compile(&edited)
        .into_iter()
        .filter(|finding| {
            expect.contains(finding.rule.name) || !before.contains(&(finding.rule.name, finding.on.clone()))
        })
        .collect();
    let list = || -> String {
        let text = |range: Range<usize>| edited.get(range).unwrap_or("?").to_owned();
        let labels = |finding: &Diagnostic| -> Vec<String> {
            finding.labels.iter().map(|label| text(label.span.range())).collect()
        };
        found
            .iter()
            .map(|finding| {
                format!("\n      {}: {} {:?}", finding.rule.name, finding.message, labels(finding))
            })
            .collect()
    };
    for rule in expect {
        let own: Vec<&Diagnostic> = found.iter().filter(|finding| finding.rule.name == rule).collect();
        if own.is_empty() {
            return Some(format!("does not break {rule}:{}", list()));
        }
        let there = |finding: &&Diagnostic| finding.labels.iter().any(|label| touches(label.span.range()));
        if !own.iter().any(there) {
            return Some(format!("breaks {rule} elsewhere:{}", list()));
        }
    }
    let others = found.iter().any(|finding| !expect.contains(finding.rule.name));
    others.then(|| format!("breaks more:{}", list()))
}

#[test]
fn every_edit_is_judged_rightly() {
    let known: BTreeMap<&str, BTreeSet<(&'static str, String)>> =
        PLANS.iter().map(|(_, text)| (*text, before(text))).collect();
    let all = mutations();
    let complaints: Vec<String> = all
        .par_iter()
        .filter_map(|mutation| {
            let complaint = complaint(mutation, &known[mutation.plan])?;
            Some(format!("{}: {:?} -> {:?} {complaint}", mutation.place, mutation.find, mutation.replace))
        })
        .collect();
    assert!(complaints.is_empty(), "{} of {}:\n{}", complaints.len(), all.len(), complaints.join("\n"));
    let harmless = all.iter().filter(|mutation| mutation.expect.is_empty()).count();
    assert!(harmless >= LEAST_HARMLESS, "{harmless} harmless edits");
    assert!(all.len() - harmless >= LEAST_CAUGHT, "{} edits are caught", all.len() - harmless);
}

#[test]
fn every_rule_is_broken_by_an_edit() {
    let all = mutations();
    let broken: BTreeSet<&str> =
        all.iter().flat_map(|mutation| &mutation.expect).map(String::as_str).collect();
    let missing: Vec<&str> = (plan::check::rules().iter().map(|rule| rule.name))
        .filter(|name| !broken.contains(name) && !OUT_OF_REACH.contains(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Rules that need several edits, a lock, a day or a second cluster, and those that nobody has written an edit for: the
/// examples of `tests/rules.rs` show them. Whoever adds an edit takes the name out.
const OUT_OF_REACH: &[&str] = &[
    // About manifests, and a policy that the API server refuses.
    "refused-policy",
    "unreadable-manifest",
    "unquoted-scalar",
    "refused-manifest",
    "object-twice",
    "policy-kind-not-judged",
    "policy-type-missing",
    "empty-egress-ignored",
    "selector-matches-nothing",
    "unknown-namespace-label",
    "policy-without-effect",
    "shadowed-rule",
    "dns-blocked",
    "service-port-in-policy",
    "named-port-unknown",
    "one-sided-rule",
    "everybody-allowed",
    "block-over-pods",
    "block-with-host-bits",
    "ambiguous-cluster",
    "no-target-cluster",
    "unreadable-lock",
    "address-in-other-pool",
    "shared-pins-differ",
    "pool-lacks-family",
    "no-pool",
    "pool-of-other-cluster",
    "sharing-refused",
    "two-default-pools",
    "pool-nearly-full",
    "empty-pool",
    "replaced-twice",
    "ipip-over-ipv6",
    "too-many-ip-pools",
    "ebpf-dataplane",
    "staged-policies-unavailable",
    "metallb-unused",
    "bfd-echo-with-ipv6",
    "two-speakers-to-one-router",
    "local-pref-to-external-peers",
    "pool-peer-unknown",
    "community-unknown",
    "l2-without-failover",
    "pools-tie",
    "chart-without-service",
    "chart-key-unread",
    "chart-cannot-say",
    "chart-keeps-node-ports",
    "pin-field-takes-one",
    "node-port-left-behind",
    "named-target-port",
    "flow-denied",
    "tenants-not-isolated",
    "seldon-on-ipv6-only",
    "unreadable-template",
    "unreadable-check",
    "in-replaced-cluster",
    "policies-enforced-by-nobody",
    "accept-expired",
];
