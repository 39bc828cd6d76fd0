//! A layer that gets another writer is left by the old one as it is, or taken down.

use super::{Effect, Rule};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::side::Side;
use crate::model::Layer;
use crate::resolve::Writer;

pub static RULE: Rule = Rule {
    name: "layer-moves",
    about: "`owns` gives a layer to another writer: Ansible, the bootstrap or GitOps",
    find,
};

/// Asked once for a plan: of its README, which says who applies what.
fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    if !change.id().is_file() || change.id().name != "README.md" {
        return Vec::new();
    }
    let moved = Layer::WORDS.iter().filter_map(|(word, _)| {
        let layer = Layer::from_word(word)?;
        let (was, is) = (writer(context.old, layer)?, writer(context.new, layer)?);
        (was != is).then_some((layer, was, is))
    });
    let effect = |(layer, was, is): (Layer, Writer, Writer)| {
        if (was, is) == (Writer::Bootstrap, Writer::Gitops) {
            let layer = layer.word();
            let sentence = format!(
                "the layer `{layer}` goes from the bootstrap to GitOps, which adopts what is there as it is"
            );
            return Effect::new(Danger::Note, sentence);
        }
        let sentence = format!(
            "the layer `{}` goes from {} to {}: both may write it until the old one has let go, and nobody does if the \
             new one is not told",
            layer.word(),
            word(was),
            word(is)
        );
        Effect::new(Danger::Disruptive, sentence).advice(match (was, is) {
            (_, Writer::Ansible) => "run the playbook right after the merge",
            (_, Writer::Bootstrap) => "run `bootstrap.sh` again right after the merge",
            (Writer::Ansible, _) => {
                "take the tasks out of the playbook first: at its next run it would write what it used to"
            }
            (Writer::Bootstrap | Writer::Gitops, _) => {
                "make sure that the new writer is there before the old one lets go"
            }
        })
    };
    moved.map(effect).collect()
}

fn writer(side: &Side<'_>, layer: Layer) -> Option<Writer> {
    side.facts()?.resolved.delivery.writer(layer)
}

fn word(writer: Writer) -> &'static str {
    match writer {
        Writer::Ansible => "Ansible",
        Writer::Bootstrap => "the bootstrap",
        Writer::Gitops => "GitOps",
    }
}
