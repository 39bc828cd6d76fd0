//! The runbook: what the people on duty do, in order, with every command, what must come of it, and the way back.
//!
//! A plan without stages has none. Nobody applies these files.

mod apply;
mod data;
mod index;
mod page;
mod removal;
mod risk;
mod rollback;

use super::files::{Files, Made};
use super::gitops::index::Index;
use super::{PlanEmitter, gitops};
use crate::facts::{Facts, Layer as Folder};
use crate::model::RiskLevel;
use crate::resolve::ClusterId;
use crate::runbook::{self, Script};
use rayon::prelude::*;

pub const EMITTER: PlanEmitter = PlanEmitter { name: "runbook", emit };

/// What every page needs to know.
struct Context<'a, 'p> {
    facts: &'a Facts<'p>,
    made: &'a [Made],
    index: Index<'a>,
    /// The units of the GitOps controller, by name.
    called: Vec<gitops::Called>,
    /// The scripts of each stage.
    scripts: Vec<Vec<Script>>,
}

fn emit(facts: &Facts<'_>, made: &[Made], files: &mut Files) {
    let count = facts.resolved.stages.len();
    if count == 0 {
        return;
    }
    let scripts: Vec<Vec<Script>> =
        (0..count).into_par_iter().map(|at| runbook::scripts(facts, at).0).collect();
    let (index, called) = (Index::new(made), gitops::called(facts, made));
    let context = Context { facts, made, index, called, scripts };
    files.text("runbook/README.md", index::page(&context));
    files.text("runbook/risk.md", risk::page(&context));
    if context.scripts.iter().any(|scripts| !scripts.is_empty()) {
        files.text(format!("runbook/{}", runbook::FUNCTIONS), runbook::functions(facts));
    }
    for at in 0..count {
        let folder = context.folder(at);
        files.text(format!("{folder}/README.md"), page::page(&context, at));
        for script in &context.scripts[at] {
            files.text(format!("{folder}/{}", script.file), script.text.clone());
        }
    }
}

impl Context<'_, '_> {
    /// Where the files of a stage lie, from the root of the tree.
    fn folder(&self, at: usize) -> String {
        format!("runbook/{}", runbook::folder(self.facts, at))
    }

    /// Whether a folder of a cluster has anything in it.
    fn has_folder(&self, cluster: ClusterId, folder: Folder) -> bool {
        let facts = self.facts;
        let name = facts.resolved.cluster(cluster).name;
        let path = format!("clusters/{name}/{}/", facts.order.name(cluster, folder));
        self.made.iter().any(|file| file.path.starts_with(&path))
    }

    /// How long, as people say it: `1h30m`.
    fn long(&self, seconds: u64) -> String {
        crate::model::values::Duration { seconds }.to_string()
    }

    /// Who does a stage.
    fn who(&self, at: usize) -> String {
        let said = self.facts.resolved.stages[at].written.who.as_ref();
        let whole = self.facts.resolved.runbook().and_then(|runbook| runbook.who.as_ref());
        let names =
            said.or(whole).map(|who| who.value.iter().map(|name| inline(&name.value)).collect::<Vec<_>>());
        names.map_or_else(|| "whoever is on duty".to_owned(), |names| names.join(", "))
    }

    /// The cluster that a stage works on, for a sentence.
    fn on(&self, at: usize) -> String {
        let clusters = runbook::clusters_of(self.facts, at);
        let names: Vec<String> =
            clusters.iter().map(|id| format!("`{}`", self.facts.resolved.cluster(*id).name)).collect();
        names.join(", ")
    }
}

fn level(level: RiskLevel) -> &'static str {
    match level {
        RiskLevel::Low => "low",
        RiskLevel::Medium => "**medium**",
        RiskLevel::High => "**HIGH**",
    }
}

/// A text of the plan within a line or a cell of Markdown.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '|' | '<' | '>' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' => out.extend(['\\', letter]),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}
