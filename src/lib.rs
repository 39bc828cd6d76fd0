//! `plan` compiles one `migration.toml` into one deterministic GitOps tree.
//!
//! ```text
//! migration.toml + plan.lock
//!   │ decode    TOML -> typed tables, every value with its place; all mistakes at once
//!   ▼
//! Plan          what was written                                            model
//!   │ resolve   names -> ids, defaults, addresses (pin, then lock, then lowest free)
//!   ▼
//! Resolved      every question answered
//!   │ derive    flows, policies, order
//!   ▼
//! Facts
//!   │ check     one rule = one file = one line in a list
//!   ▼
//! Facts         now known to be good
//!   │ emit      one output kind = one file = one line in a list; cannot fail
//!   ▼
//! Tree          path -> bytes, and the new lock
//!   ├─ the command line: write it, or only say what was found               cli
//!   └─ two trees side by side: what going from one to the other does        diff
//! ```
//!
//! Within a stage everything is reported; an error stops the next stage. [`compile`] is one pure function: no files, no
//! clock, no environment, no randomness, no hash order. Only `tree` (and the command line, for what a person names on
//! it) touches the disk, and only `cli` prints. A module uses only those above it in this list.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod source;

pub mod diagnostics;

pub mod addresses;
pub mod connectivity;
pub mod manifests;
pub mod time;
pub mod upstream;
pub mod yaml;

pub mod template;

pub mod decode;
pub mod model;
pub mod objects;

pub mod resolve;

pub mod facts;

pub mod runbook;

pub mod check;

pub mod reach;
pub mod timeline;

pub mod emit;

pub mod catalogue;

pub mod tree;

pub mod diff;

pub mod verify;

pub mod report;

pub mod cli;

use diagnostics::{Diagnostic, has_errors};
use facts::Facts;
use resolve::LockFile;
use source::Source;
use tree::{Tree, TreePath};

/// Everything that a compilation depends on.
#[derive(Clone, Debug)]
pub struct Inputs {
    pub plan: Source,
    pub lock: Option<Source>,
    /// The plan's own templates for Ansible: path below `[ansible] templates`, with `/`, and text. [`template_folder`]
    /// says where they lie.
    pub templates: Vec<(String, Source)>,
    /// The plan's own templates for the runbook, in the same way. [`runbook_folder`] says where they lie.
    pub runbook: Vec<(String, Source)>,
}

impl Inputs {
    /// A plan alone: no lock yet, no templates of its own.
    pub fn new(plan: Source) -> Inputs {
        Inputs { plan, lock: None, templates: Vec::new(), runbook: Vec::new() }
    }
}

/// What came of a compilation.
#[derive(Debug)]
pub struct Compilation {
    /// Every finding, in the order in which it is shown.
    pub diagnostics: Vec<Diagnostic>,
    /// The tree and the lock; nothing when there are errors.
    pub output: Option<Output>,
}

/// A compiled plan.
#[derive(Debug)]
pub struct Output {
    pub tree: Tree,
    /// The text of the new `plan.lock`.
    pub lock: String,
}

/// The number of the plan and of the lock among the texts of a compilation, for spans.
pub const PLAN: u16 = 0;
pub const LOCK: u16 = 1;
/// The number of the first of [`Inputs::templates`]; the others follow in their order, then those of [`Inputs::runbook`].
pub const TEMPLATES: u16 = 2;

/// Compiles a plan.
pub fn compile(inputs: &Inputs) -> Compilation {
    let mut output = None;
    let diagnostics = judge(inputs, |facts, diagnostics| {
        output = render(facts, diagnostics);
    });
    Compilation { diagnostics, output }
}

/// Compiles a plan up to its facts and hands them over together with what was found; `with` is not called when the plan
/// cannot be read or a name in it means nothing.
pub fn judge(inputs: &Inputs, with: impl FnOnce(&Facts<'_>, &[Diagnostic])) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let plan = decode::read::<model::Plan>(&inputs.plan, PLAN, &mut found);
    let lock = match &inputs.lock {
        Some(lock) => LockFile::read(lock, LOCK, &mut found),
        None => Some(LockFile::default()),
    };
    if let (Some(plan), Some(lock)) = (plan, lock)
        && let Some(resolved) = resolve::resolve(&plan, &lock, &mut found)
    {
        let facts = facts::derive(resolved, &inputs.templates, &inputs.runbook);
        check::check(&facts, &mut found);
        diagnostics::sort(&mut found);
        with(&facts, &found);
    }
    diagnostics::doubt_repeated(&mut found, &resolve::rules::UNKNOWN_NAME);
    diagnostics::sort(&mut found);
    found
}

/// The folder of the plan's own templates for Ansible, relative to the plan, if it has one and can be read.
pub fn template_folder(plan: &Source) -> Option<String> {
    // Most plans have none, and need not be read twice to know. TOML can spell the key with escapes.
    if !plan.text.contains("templates") && !plan.text.contains('\\') {
        return None;
    }
    let plan = decode::read::<model::Plan>(plan, PLAN, &mut Vec::new())?;
    plan.ansible?.value.templates.map(|folder| folder.value)
}

/// The folder of the plan's own templates for the runbook, relative to the plan, if it has one and can be read.
pub fn runbook_folder(plan: &Source) -> Option<String> {
    if !plan.text.contains("templates") && !plan.text.contains('\\') {
        return None;
    }
    let plan = decode::read::<model::Plan>(plan, PLAN, &mut Vec::new())?;
    plan.runbook?.value.templates.map(|folder| folder.value)
}

/// Emits and collects the files; `None` when there are errors. Past the checks nothing can go wrong.
pub fn render(facts: &Facts<'_>, diagnostics: &[Diagnostic]) -> Option<Output> {
    if has_errors(diagnostics) {
        return None;
    }
    let mut tree = Tree::new();
    for (path, bytes) in emit::emit(facts).into_parts() {
        let path = TreePath::new(path).expect("broken promise: emitters make paths of checked names");
        tree.insert("emit", path, bytes).expect("broken promise: two emitters never make the same file");
    }
    Some(Output { tree, lock: facts.resolved.lock.text() })
}
