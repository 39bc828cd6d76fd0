//! An address is free only when the Service that had it is gone, and nobody deletes that one.

use super::{Edit, Obstacle, Rule, Step, Way, way};
use crate::diff::change::{Change, What};
use crate::diff::context::{Context, Controller};
use crate::diff::departure::{Departure, delete};
use crate::diff::document::Document;
use crate::diff::holder::{addresses, called, listed};
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "held-by-what-stays",
    about: "a Service leaves the tree and is kept in the cluster, and another one shall have its address",
    find,
    way: Way::Staged(way_around),
};

/// The Service that stays, and the one that wants its address.
fn held(context: &Context<'_>, changes: &[Change]) -> Vec<(Arc<Document>, Arc<Document>)> {
    let controller = context.controller();
    let mut found = Vec::new();
    let gone = changes
        .iter()
        .filter(|change| change.is("", "Service") && matches!(change.what(), What::Removed | What::Renamed))
        .filter_map(|change| change.old.as_ref())
        .filter(|old| Departure::of(controller, old) == Departure::Kept);
    for old in gone {
        for address in addresses(old) {
            let wanting = context.new.holders().get(&(old.id.cluster.clone(), address)).into_iter().flatten();
            let shares = |new: &&Arc<Document>| {
                let key = |document: &Document| {
                    document.annotation(&crate::diff::holder::SHARES).map(str::to_owned)
                };
                key(old).is_some() && key(old) == key(new)
            };
            found.extend(wanting.filter(|new| !shares(new)).map(|new| (old.clone(), new.clone())));
        }
    }
    found.dedup_by(|one, other| one.0.id == other.0.id && one.1.id == other.1.id);
    found
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let controller = context.controller();
    let obstacle = |(old, new): (Arc<Document>, Arc<Document>)| {
        let both = addresses(&old).intersection(&addresses(&new)).copied().collect::<Vec<_>>();
        let keeper = match controller {
            Controller::None => "kubectl deletes nothing by itself".to_owned(),
            controller => format!("{} keeps what is guarded", controller.word()),
        };
        Obstacle {
            name: RULE.name,
            controller,
            sentence: format!(
                "{} shall answer at {}, which {} has: {keeper}, so that the address is never free and the new Service gets \
                 none",
                called(&new),
                listed(both),
                called(&old)
            ),
            advice: format!("right after the merge, `{}`", delete(&old)),
            forever: true,
            objects: vec![old.id.clone(), new.id.clone()],
        }
    };
    held(context, changes).into_iter().map(obstacle).collect()
}

fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let all = held(context, changes);
    let edits: Vec<Edit> = all.iter().flat_map(|(_, new)| way::off_the_lan(context, new)).collect();
    let commands = all.iter().map(|(old, _)| format!("`{}`", delete(old)));
    let step = Step::new("the new Service is there without the address, and the old one is given up", edits);
    step.map(|step| commands.fold(step, |step, command| step.by_hand(command))).into_iter().collect()
}
