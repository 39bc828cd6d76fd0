//! In which order the tree is applied, by whom, with what.

use super::{by_hand, table};
use crate::emit::files::Made;
use crate::emit::gitops::index::Index;
use crate::facts::{Facts, Layer};
use crate::model::{self, Tool};
use crate::resolve::{Cluster, Writer};
use std::collections::BTreeMap;
use std::fmt::Write;

pub fn write(facts: &Facts<'_>, made: &[Made], text: &mut String) {
    let resolved = &facts.resolved;
    text.push_str("## In which order\n\n");
    let index = Index::new(made);
    let has = |prefix: &str| index.below(prefix).next().is_some();
    let mut step = 0;
    let mut say = |text: &mut String, sentence: String| {
        step += 1;
        let _ = writeln!(text, "{step}. {sentence}");
    };
    if has("ansible/") {
        let playbook = resolved.delivery.ansible.map(|ansible| match &ansible.playbook {
            Some(playbook) => format!("`{}`", playbook.value),
            None => "your playbook".to_owned(),
        });
        let sentence = match playbook {
            Some(playbook) => {
                format!("**Machines**, by Ansible: {playbook} with the inventory under `ansible/`.")
            }
            None => {
                "**Machines**: `ansible/` has what an installer must be told, as an inventory with variables."
                    .to_owned()
            }
        };
        say(text, sentence);
    }
    for cluster in resolved.targets().filter(|cluster| has(&format!("bootstrap/{}/", cluster.name))) {
        let why = match resolved.delivery.gitops {
            Some(_) => "A GitOps controller cannot start without it: its own pods need an address.",
            None => "No pod runs before it.",
        };
        let name = cluster.name;
        say(
            text,
            format!(
                "**The network of `{name}`**, by kubectl, once: `sh bootstrap/{name}/bootstrap.sh`. {why}"
            ),
        );
    }
    if let Some(gitops) = &resolved.delivery.gitops {
        let sentence = match gitops.tool {
            Tool::ArgoCd => {
                "**Everything else**, by Argo CD: see `gitops/README.md` for the two commands that start it."
            }
            Tool::Flux => {
                "**Everything else**, by Flux: see `gitops/README.md` for the command that starts it."
            }
        };
        say(text, sentence.to_owned());
    } else {
        say(text, "**Everything else**, by the commands below.".to_owned());
    }
    text.push('\n');
    let objects = count(made);
    for cluster in resolved.targets() {
        folders(facts, cluster, &objects, text);
        by_hand::write(facts, cluster, &index, text);
    }
}

/// How many objects each folder of a cluster holds, in one pass over the files.
fn count(made: &[Made]) -> BTreeMap<&str, usize> {
    let mut objects = BTreeMap::new();
    for file in made.iter().filter(|file| file.object.is_some()) {
        let end = file.path.match_indices('/').nth(2).map_or(file.path.len(), |(at, _)| at);
        *objects.entry(&file.path[..end]).or_default() += 1;
    }
    objects
}

fn folders(facts: &Facts<'_>, cluster: &Cluster<'_>, objects: &BTreeMap<&str, usize>, text: &mut String) {
    let mut rows = Vec::new();
    for folder in facts.order.folders(cluster.id) {
        let path = format!("clusters/{}/{}", cluster.name, folder.name);
        let Some(objects) = objects.get(path.as_str()) else { continue };
        let (what, layer) = match folder.layer {
            Layer::Namespaces => ("namespaces, with their labels".to_owned(), model::Layer::Namespaces),
            Layer::Calico => ("Calico's own API: Felix, BGP, pools, tiers".to_owned(), model::Layer::Calico),
            Layer::Metallb => {
                ("MetalLB's pools and how they are announced".to_owned(), model::Layer::Metallb)
            }
            Layer::Policies => ("NetworkPolicies, staged or enforced".to_owned(), model::Layer::Policies),
            Layer::Workloads(Some(stage)) => (
                format!("Services of the stage `{}`", facts.resolved.stages[stage].name),
                model::Layer::Services,
            ),
            Layer::Workloads(None) => ("Services".to_owned(), model::Layer::Services),
        };
        rows.push(vec![format!("`{path}`"), what, objects.to_string(), owner(facts, layer)]);
    }
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "### `{}`\n", cluster.name);
    table(text, &["folder, in order", "what", "objects", "applied by"], &rows);
}

/// Who keeps a layer, in words.
pub fn owner(facts: &Facts<'_>, layer: model::Layer) -> String {
    let delivery = &facts.resolved.delivery;
    let tool = delivery.gitops.as_ref().map(|gitops| match gitops.tool {
        Tool::ArgoCd => "Argo CD",
        Tool::Flux => "Flux",
    });
    match (delivery.writer(layer), tool) {
        (Some(Writer::Gitops), Some(tool)) if delivery.bootstrapped.contains(&layer) => {
            format!("kubectl once, then {tool}")
        }
        (Some(Writer::Gitops), Some(tool)) => tool.to_owned(),
        (Some(Writer::Ansible), _) => "Ansible".to_owned(),
        (Some(Writer::Bootstrap), _) => "kubectl".to_owned(),
        _ => "you".to_owned(),
    }
}
