//! A BFD profile is not deleted as long as a peer uses it, and Argo CD deletes before it changes.

use super::{Edit, Obstacle, Rule, Step, Way};
use crate::diff::change::{Change, What};
use crate::diff::context::{Context, Controller};
use crate::diff::departure::applier;
use crate::diff::document::Document;
use serde_json::Value;
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "bfd-profile-removed",
    about: "a BFD profile goes together with its last use",
    find,
    way: Way::Staged(way_around),
};

/// The profiles that go while a peer that stays used them, with those peers.
fn stuck<'c>(context: &Context<'_>, changes: &'c [Change]) -> Vec<(&'c Arc<Document>, Vec<String>)> {
    if context.controller() != Controller::ArgoCd {
        return Vec::new();
    }
    let gone = changes
        .iter()
        .filter(|change| change.is("metallb.io", "BFDProfile") && change.what() != What::Changed);
    let stuck = |profile: &'c Arc<Document>| {
        let peers = context.old.of_kind("BGPPeer");
        let uses = |peer: &&Arc<Document>| {
            peer.id.cluster == profile.id.cluster
                && peer.text_at(&["spec", "bfdProfile"]) == Some(&profile.id.name)
        };
        let stays = |peer: &&Arc<Document>| context.new.find(&peer.id).is_some();
        let users: Vec<String> =
            peers.iter().filter(uses).filter(stays).map(|peer| format!("`{}`", peer.id.name)).collect();
        (!users.is_empty() && !prunes_last(context, profile)).then_some((profile, users))
    };
    gone.filter_map(|change| change.old.as_ref()).filter_map(stuck).collect()
}

fn prunes_last(context: &Context<'_>, document: &Document) -> bool {
    let application = applier(context.new, document);
    let options = application.as_ref().and_then(|app| app.at(&["spec", "syncPolicy", "syncOptions"]));
    let mut options = options.and_then(Value::as_array).into_iter().flatten();
    options.any(|option| option.as_str() == Some("PruneLast=true"))
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let obstacle = |(profile, peers): (&Arc<Document>, Vec<String>)| Obstacle {
        name: RULE.name,
        controller: Controller::ArgoCd,
        // argo-cd gitops-engine `sync_context.go` runTasks: a prune that fails stops the rest of its wave.
        sentence: format!(
            "profile `{}` goes while the cluster still has {} use it: Argo CD deletes first, MetalLB's webhook refuses the \
             deletion, and the change of the peer, which would make it possible, never runs",
            profile.id.name,
            peers.join(", ")
        ),
        advice: "two commits: the peers let go of the profile first".to_owned(),
        forever: true,
        objects: vec![profile.id.clone()],
    };
    stuck(context, changes).into_iter().map(obstacle).collect()
}

fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let hold = |(profile, _): (&Arc<Document>, Vec<String>)| {
        let cluster = profile.id.cluster.as_deref()?;
        Some(Edit::hold(&["clusters", cluster, "metallb", "bfd_profiles", &profile.id.name]))
    };
    let edits: Vec<Edit> = stuck(context, changes).into_iter().filter_map(hold).collect();
    Step::new("no peer uses the profile, and it is still there", edits).into_iter().collect()
}
