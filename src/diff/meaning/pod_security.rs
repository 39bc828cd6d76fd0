//! A namespace that enforces a stricter standard refuses pods that ran before.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;

pub static RULE: Rule =
    Rule { name: "pod-security", about: "a namespace enforces another Pod Security Standard", find };

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
/// Kubernetes docs, Pod Security Standards: the least strict first.
const STANDARDS: [&str; 3] = ["privileged", "baseline", "restricted"];

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    if !change.is("", "Namespace") || change.both().is_none() {
        return Vec::new();
    }
    let Some((old, new)) = change.differs(&["metadata", "labels", ENFORCE]) else { return Vec::new() };
    let standard = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("privileged").to_owned();
    let (was, is) = (standard(old), standard(new));
    let rank = |word: &str| STANDARDS.iter().position(|standard| *standard == word).unwrap_or(0);
    vec![if rank(&is) > rank(&was) {
        Effect::new(Danger::Disruptive, format!("it enforces `{is}` in place of `{was}`: pods that run go on, and those that break it are refused when they start again"))
            .advice("set the `warn` label first, and look at what `kubectl label --dry-run=server` says")
    } else {
        Effect::new(
            Danger::Note,
            format!("it enforces `{is}` in place of `{was}`: pods may do more than before"),
        )
    }]
}
