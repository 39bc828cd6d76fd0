//! A definition takes every object of its kind along.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::Departure;

pub static RULE: Rule = Rule {
    name: "definition-removed",
    about: "a custom resource definition goes, with every object of its kind, or stops serving a version",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let Some(old) = change.old.as_ref() else { return Vec::new() };
    if !change.is("apiextensions.k8s.io", "CustomResourceDefinition") {
        return Vec::new();
    }
    let kind = old.text_at(&["spec", "names", "kind"]).unwrap_or(&old.id.name).to_owned();
    if change.what() == What::Removed {
        let controller = context.controller();
        let departure = context.departure(old);
        let many = context.old.of_kind(&kind).len();
        let known = if many > 0 { format!(", {many} of them in the tree") } else { String::new() };
        let sentence = format!(
            "`{}` goes: {}; with it go all objects of the kind `{kind}` in every namespace{known}",
            old.id.name,
            match departure {
                Some(departure) => departure.words(controller),
                None => "whoever applies this may delete it".to_owned(),
            }
        );
        let danger = if departure == Some(Departure::Kept) { Danger::Note } else { Danger::Irreversible };
        return vec![
            Effect::new(danger, sentence).advice("save the objects first: `kubectl get -A -o yaml`"),
        ];
    }
    let Some(new) = &change.new else { return Vec::new() };
    let served = |document: &crate::diff::Document| -> Vec<String> {
        let versions =
            document.at(&["spec", "versions"]).and_then(|list| list.as_array()).cloned().unwrap_or_default();
        let is_served = |version: &serde_json::Value| {
            version.get("served").and_then(|served| served.as_bool()) != Some(false)
        };
        versions
            .iter()
            .filter(|version| is_served(version))
            .filter_map(|version| Some(version.get("name")?.as_str()?.to_owned()))
            .collect()
    };
    let now = served(new);
    let gone: Vec<String> = served(old).into_iter().filter(|version| !now.contains(version)).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    vec![Effect::new(
        Danger::Disruptive,
        format!(
            "`{kind}` is no longer served as `{}`: manifests and controllers that ask for it are refused",
            gone.join("`, `")
        ),
    )]
}
