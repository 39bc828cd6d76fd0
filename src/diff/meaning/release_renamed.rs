//! For Helm a release with another name is another release.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "release-renamed",
    about: "a Helm release gets another name, so that it is installed a second time",
    find,
};

fn find(_: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some((old, new)) = change.both() else { return Vec::new() };
    if change.is("helm.toolkit.fluxcd.io", "HelmRelease") {
        let (was, is) = (release(&old.value), release(&new.value));
        if was == is {
            return Vec::new();
        }
        // helm-controller docs, spec.releaseName: the old release is uninstalled.
        let sentence = format!(
            "Flux uninstalls the release `{was}` and installs `{is}`: everything in it is deleted and made anew, with its Services and their addresses"
        );
        return vec![
            Effect::new(Danger::Irreversible, sentence).advice(
                "keep `spec.releaseName` as it was: the object may have another name than its release",
            ),
        ];
    }
    if change.is("argoproj.io", "Application") && change.what() != What::Added {
        let (was, is) = (names(&old.value), names(&new.value));
        if was.is_empty() || is.is_empty() || was == is {
            return Vec::new();
        }
        let sentence = format!(
            "the release goes from `{}` to `{}`: what carries the release in its name is made a second time, and the old objects are pruned or left",
            was.join("`, `"),
            is.join("`, `")
        );
        return vec![Effect::new(Danger::Irreversible, sentence).advice("keep `helm.releaseName` as it was")];
    }
    Vec::new()
}

fn release(value: &Value) -> String {
    let named = value.pointer("/spec/releaseName").or(value.pointer("/metadata/name"));
    named.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn names(value: &Value) -> Vec<String> {
    let Some(spec) = value.get("spec") else { return Vec::new() };
    let sources =
        spec.get("sources").and_then(Value::as_array).into_iter().flatten().chain(spec.get("source"));
    sources.filter_map(|source| Some(source.pointer("/helm/releaseName")?.as_str()?.to_owned())).collect()
}
