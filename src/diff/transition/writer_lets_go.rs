//! An object that goes from one Application or Kustomization to another has two for a while, or none.

use super::{Edit, Obstacle, Rule, Step, Way};
use crate::diff::change::{Change, What};
use crate::diff::context::{Context, Controller};
use crate::diff::departure::{Departure, applier};
use crate::diff::document::{Document, Id};
use crate::diff::user::few;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

pub static RULE: Rule = Rule {
    name: "writer-lets-go",
    about: "an object goes from one Application or Kustomization to another one",
    find,
    way: Way::Staged(way_around),
};

struct Handed {
    old: Arc<Document>,
    new: Arc<Document>,
    from: Arc<Document>,
    to: Arc<Document>,
}

fn handed(context: &Context<'_>, changes: &[Change]) -> Vec<Handed> {
    let moved = changes.iter().filter(|change| {
        change.what() == What::Moved
            && !change.id().is_file()
            && change.id().group != "kustomize.config.k8s.io"
    });
    let handed = |change: &Change| {
        let (old, new) = (change.old.clone()?, change.new.clone()?);
        let (from, to) = (applier(context.old, &old)?, applier(context.new, &new)?);
        (from.id != to.id && is_one_place(&from, &to)).then_some(Handed { old, new, from, to })
    };
    moved.filter_map(handed).collect()
}

/// Whether both apply to one cluster. What another cluster has is another object.
fn is_one_place(from: &Document, to: &Document) -> bool {
    let same = |path: &[&str]| from.at(path) == to.at(path);
    same(&["spec", "destination", "server"])
        && same(&["spec", "destination", "name"])
        && same(&["spec", "kubeConfig"])
}

fn find(context: &Context<'_>, changes: &[Change]) -> Vec<Obstacle> {
    let controller = context.controller();
    // What goes the same way in the same manner is one thing.
    let mut ways: BTreeMap<(Id, Id, Departure), Vec<Handed>> = BTreeMap::new();
    for one in handed(context, changes) {
        let departure = Departure::of(controller, &one.old);
        ways.entry((one.from.id.clone(), one.to.id.clone(), departure)).or_default().push(one);
    }
    let obstacle = |((_, _, departure), all): ((Id, Id, Departure), Vec<Handed>)| {
        let Handed { old, from, to, .. } = all.first()?;
        let is_gone = context.new.find(&from.id).is_none();
        let (one, other) = (&from.id.name, &to.id.name);
        let names: Vec<String> = all.iter().map(|handed| format!("`{}`", handed.new.id)).collect();
        let (goes, it, too) = match all.len() {
            1 => ("goes", "it", ""),
            _ => ("go", "them", ", and the same for the others"),
        };
        let what = format!("{} {goes} from `{one}` to `{other}`", few(&names));
        let (sentence, advice, forever) = match (controller, departure) {
            // What the old one applied stays when it goes itself: `deletionPolicy: Orphan`.
            (Controller::Flux, _) if context.new.find(&from.id).is_none() => return None,
            // kustomize-controller: garbage collection leaves what says `prune: disabled`, and the new one adopts it.
            (Controller::Flux, Departure::Kept) => return None,
            (Controller::Flux, _) => (
                format!(
                    "{what}: if `{one}` is first, it deletes {it} before `{other}` has made {it} its own"
                ),
                "three commits: guard the object against pruning, move it, and take the guard away"
                    .to_owned(),
                false,
            ),
            // argo-cd `controller/sync.go`: an object that carries another tracking id is shared.
            (Controller::ArgoCd, departure) if refuses_shared(to) => {
                let departure = if is_gone { Departure::Kept } else { departure };
                let blocked = match departure {
                    Departure::Pruned => "deletes that; in between it is gone",
                    Departure::Asked => {
                        "may delete that, which a person has to confirm; in between it is gone"
                    }
                    Departure::Kept if is_gone => "has let go, and that goes without doing so",
                    Departure::Kept => "has let go, which it never does",
                };
                (
                    format!(
                        "{what}: `{other}` refuses what belongs to another Application until `{one}` {blocked}"
                    ),
                    format!(
                        "right after the merge, `{}`{too}: then `{one}` no longer knows {it} and `{other}` adopts {it} \
                         without a change",
                        forget(old)
                    ),
                    departure == Departure::Kept,
                )
            }
            (Controller::ArgoCd, Departure::Pruned) => (
                format!("{what}: if `{one}` syncs first, it deletes {it} before `{other}` has {it}"),
                "guard the object with `Prune=false` in a commit before".to_owned(),
                false,
            ),
            _ => return None,
        };
        Some(Obstacle {
            name: RULE.name,
            controller,
            sentence,
            advice,
            forever,
            objects: all.iter().map(|handed| handed.new.id.clone()).collect(),
        })
    };
    ways.into_iter().filter_map(obstacle).collect()
}

fn refuses_shared(application: &Document) -> bool {
    let options = application.at(&["spec", "syncPolicy", "syncOptions"]).and_then(Value::as_array);
    options.into_iter().flatten().any(|option| option.as_str() == Some("FailOnSharedResource=true"))
}

/// How a person makes Argo CD forget whose an object is.
fn forget(document: &Document) -> String {
    let id = &document.id;
    let place = id.namespace.as_ref().map(|namespace| format!("-n {namespace} ")).unwrap_or_default();
    let kind = id.kind.to_lowercase();
    format!("kubectl {place}annotate {kind} {} {}-", id.name, crate::upstream::argocd::TRACKING)
}

fn way_around(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    if context.controller() != Controller::Flux {
        return Vec::new();
    }
    let guard = |handed: &Handed| {
        let name = handed.new.from.first()?.strip_prefix("services.")?;
        let exposed = Departure::of(Controller::Flux, &handed.old) == Departure::Kept;
        (!exposed).then(|| {
            Edit::set(&["services", name, "annotations", crate::upstream::flux::PRUNE], "\"disabled\"")
        })
    };
    let stays = |handed: &Handed| context.new.find(&handed.from.id).is_some();
    let handed = handed(context, changes);
    let edits: Vec<Edit> = handed.iter().filter(|handed| stays(handed)).filter_map(guard).collect();
    let steps = [
        Step::new("what is going to move is guarded where it is", edits.clone()).map(Step::of_old),
        Step::new("it moves, and is still guarded", edits),
    ];
    steps.into_iter().flatten().collect()
}
