//! The scripts of the runbook: what is saved, drained, put back and checked in each stage, with the plan's own names and
//! addresses.
//!
//! A word of `check` or `do` is one template; `templates/checks/README.md` is the page about what a template may name. A
//! script runs with any POSIX shell and kubectl, asks nothing and leaves nothing behind.

mod context;
mod meaning;
mod pods;
mod probes;
mod saved;
mod scope;
pub mod words;

pub use meaning::{ENDING, Meaning, Meaningless, of_check, of_do};
pub use scope::{cluster_of_do, clusters_of, homes, is_about_nothing};

use crate::facts::Facts;
use crate::facts::stages::{StepKind, Undo};
use crate::resolve::{ClusterId, Unit};
use crate::template::{Failure, Templates};
use serde_json::{Value, json};

/// What every script of a runbook reads, in the runbook's folder.
pub const FUNCTIONS: &str = "functions.sh";

const FUNCTIONS_TEMPLATE: &str = include_str!("../../templates/runbook/functions.sh.j2");
const HEAD: &str = include_str!("../../templates/runbook/head.sh.j2");
const HEAD_NAME: &str = " head";

/// A script of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The name of its file, such as `check.sh`.
    pub file: String,
    pub kind: Kind,
    /// The cluster that it talks to.
    pub cluster: ClusterId,
    /// The words that it runs, in order, with what each does.
    pub parts: Vec<Part>,
    pub text: String,
}

/// One word of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// As the plan writes it, or as it would.
    pub word: String,
    pub about: String,
    pub expects: String,
}

/// What a script is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Before anything is applied.
    Do,
    /// The old cluster's writers stop.
    HandOver,
    /// What was saved comes back, after it was applied.
    Restore,
    /// What must hold at the end.
    Check,
    /// New writers stop, on the way back.
    Stop,
    /// What was saved comes back to the cluster that it was saved from, on the way back.
    PutBack,
    /// What was drained starts again, on the way back.
    Undo,
}

impl Kind {
    fn stem(self) -> &'static str {
        match self {
            Kind::Do => "do",
            Kind::HandOver => "handover",
            Kind::Restore => "restore",
            Kind::Check => "check",
            Kind::Stop => "stop",
            Kind::PutBack => "back",
            Kind::Undo => "undo",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Kind::Do => "What comes before",
            Kind::HandOver => "The old writers stop before",
            Kind::Restore => "What was saved comes back in",
            Kind::Check => "The checks of",
            Kind::Stop => "The new writers stop, on the way back from",
            Kind::PutBack => "What was saved comes back, on the way back from",
            Kind::Undo => "What was drained starts again, on the way back from",
        }
    }
}

/// The folder of a stage's page and scripts, such as `03-foundation`.
pub fn folder(facts: &Facts<'_>, at: usize) -> String {
    let width = facts.resolved.stages.len().to_string().len().max(2);
    format!("{:0width$}-{}", facts.stages.stages[at].number, facts.resolved.stages[at].name)
}

/// The scripts of a stage, in the order in which they run, and what is wrong with the plan's own templates.
pub fn scripts(facts: &Facts<'_>, at: usize) -> (Vec<Script>, Vec<Failure>) {
    let mut failures = Vec::new();
    let mut scripts = Vec::new();
    let mut files: Vec<String> = Vec::new();
    for Group { kind, cluster, runs } in groups(facts, at) {
        let clusters = clusters_of(facts, at);
        let named = match kind {
            Kind::Check | Kind::Restore => clusters.len() > 1,
            _ => !clusters.contains(&cluster) || clusters.len() > 1,
        };
        let stem = match named {
            true => format!("{}-{}", kind.stem(), facts.resolved.cluster(cluster).name),
            false => kind.stem().to_owned(),
        };
        // Work that goes to another cluster and comes back is a second script.
        let mut file = format!("{stem}.sh");
        for number in 2.. {
            if !files.contains(&file) {
                break;
            }
            file = format!("{stem}-{number}.sh");
        }
        files.push(file.clone());
        let draft = Draft { facts, at, kind, cluster, file };
        scripts.extend(draft.script(runs, &mut failures));
    }
    (scripts, failures)
}

/// The text of [`FUNCTIONS`].
pub fn functions(facts: &Facts<'_>) -> String {
    let mut templates = Templates::shell();
    templates.add(FUNCTIONS, FUNCTIONS_TEMPLATE).expect("broken promise: a test renders the functions");
    let context = json!({ "image": context::image(&facts.resolved) });
    templates.render(FUNCTIONS, &context).expect("broken promise: the functions name the image alone")
}

/// A word that is run, and what it means.
struct Run {
    word: String,
    meaning: Meaning,
}

/// What one script runs.
struct Group {
    kind: Kind,
    cluster: ClusterId,
    runs: Vec<Run>,
}

/// The words of a stage by script, in the order in which they are run. `do` is done as it is written, so each change of the
/// cluster begins a new script; of the others, each cluster has one.
fn groups(facts: &Facts<'_>, at: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut add = |kind: Kind, cluster: ClusterId, word: String, meaning: Meaning| {
        let run = Run { word, meaning };
        let same = match kind {
            Kind::Do => groups.last_mut().filter(|last| (last.kind, last.cluster) == (kind, cluster)),
            _ => groups.iter_mut().find(|group| (group.kind, group.cluster) == (kind, cluster)),
        };
        match same {
            Some(group) => group.runs.push(run),
            None => groups.push(Group { kind, cluster, runs: vec![run] }),
        }
    };
    for step in &facts.stages.stages[at].steps {
        match &step.kind {
            StepKind::Do(word) => {
                let (Ok(meaning), Some(cluster)) = (of_do(facts, word), cluster_of_do(facts, at, word))
                else {
                    continue;
                };
                add(Kind::Do, cluster, word.clone(), meaning);
            }
            StepKind::HandOver(service) => {
                let service = facts.resolved.service(*service);
                let Some(old) = facts.resolved.cluster(service.cluster).replaces else { continue };
                let meaning = Meaning::Action(words::action("drain"), service.key.to_owned());
                add(Kind::HandOver, old, format!("drain:{}", service.key), meaning);
            }
            StepKind::Restore(name) => {
                let word = format!("restore:{name}");
                let Ok(meaning) = of_do(facts, &word) else { continue };
                let brought = |cluster: &ClusterId| {
                    let mut units = facts.resolved.stages[at].apply.iter();
                    units.any(|unit| match unit.value {
                        Unit::Service(id) => {
                            let service = facts.resolved.service(id);
                            (service.key, service.cluster) == (name.as_str(), *cluster)
                        }
                        _ => false,
                    })
                };
                let clusters = clusters_of(facts, at);
                let some = clusters.iter().any(brought);
                for cluster in clusters.into_iter().filter(|cluster| !some || brought(cluster)) {
                    add(Kind::Restore, cluster, word.clone(), meaning.clone());
                }
            }
            StepKind::Check(word) => {
                let Ok(meaning) = of_check(facts, word) else { continue };
                for cluster in clusters_of(facts, at) {
                    add(Kind::Check, cluster, word.clone(), meaning.clone());
                }
            }
            _ => {}
        }
    }
    let rollback = &facts.stages.stages[at].rollback;
    for undo in &rollback.undo {
        match undo {
            Undo::StopWriter(service) => {
                let service = facts.resolved.service(*service);
                let meaning = Meaning::Action(words::action("drain"), service.key.to_owned());
                add(Kind::Stop, service.cluster, format!("drain:{}", service.key), meaning);
            }
            // The state of a server comes in place of all others, and by hand.
            Undo::Restore(name) if name != "etcd" => {
                let word = format!("restore:{name}");
                if let (Ok(meaning), Some(old)) = (of_do(facts, &word), rollback.to) {
                    add(Kind::PutBack, old, word, meaning);
                }
            }
            _ => {}
        }
    }
    for name in rollback.undo.iter().filter_map(|undo| match undo {
        Undo::Undrain(name) => Some(name),
        _ => None,
    }) {
        let drains = facts.resolved.stages.iter().enumerate();
        let of = drains.filter_map(|(at, _)| cluster_of_do(facts, at, &format!("drain:{name}"))).next();
        let drained = facts.resolved.stages[at].on.and_then(|on| facts.resolved.cluster(on).replaces).or(of);
        let Some(cluster) = rollback.to.or(drained).or(facts.resolved.stages[at].on) else { continue };
        let meaning = Meaning::Action(words::action("undrain"), name.clone());
        add(Kind::Undo, cluster, format!("undrain:{name}"), meaning);
    }
    groups.sort_by_key(|group| (group.kind, (group.kind != Kind::Do).then_some(group.cluster)));
    groups
}

struct Draft<'f, 'p> {
    facts: &'f Facts<'p>,
    at: usize,
    kind: Kind,
    cluster: ClusterId,
    file: String,
}

impl Draft<'_, '_> {
    fn script(self, runs: Vec<Run>, failures: &mut Vec<Failure>) -> Option<Script> {
        let (facts, cluster) = (self.facts, self.facts.resolved.cluster(self.cluster));
        let mut templates = Templates::shell();
        templates.add(HEAD_NAME, HEAD).expect("broken promise: a test renders the head");
        let names: Vec<String> = (0..runs.len()).map(|number| format!(" {number}")).collect();
        for (run, name) in runs.iter().zip(&names) {
            let text = match &run.meaning {
                Meaning::Check(word, _) => word.template,
                Meaning::Action(action, _) => action.template,
                Meaning::Own(own, _) => &facts.runbook[*own].1.text,
            };
            if let Err(failure) = templates.add(name, text) {
                failures.push(self.named(failure, &run.meaning));
            }
        }
        // A template of the plan may include another one.
        for (file, source) in facts.runbook {
            let _ = templates.add(file, &source.text);
        }
        let stage = &facts.resolved.stages[self.at];
        let stem = self.file.trim_end_matches(".sh");
        let mut base = context::base(facts, self.at, cluster);
        let mut set = |key: &str, value: Value| base.insert(key.to_owned(), value);
        set("file", json!(format!("{}.{stem}", folder(facts, self.at))));
        set(
            "title",
            json!(format!(
                "{} the stage \"{}\" of {}, on the cluster \"{}\".",
                self.kind.title(),
                stage.name,
                facts.resolved.name,
                cluster.name
            )),
        );
        let mut text = templates
            .render(HEAD_NAME, &base)
            .expect("broken promise: the head names what every context has");
        let mut parts = Vec::new();
        let mut calls = String::new();
        for (number, (run, name)) in runs.iter().zip(&names).enumerate() {
            let argument = match &run.meaning {
                Meaning::Check(_, argument) | Meaning::Own(_, argument) => argument.clone(),
                Meaning::Action(_, argument) => Some(argument.clone()),
            };
            let mut context = base.clone();
            context.insert("word".to_owned(), json!(run.word));
            context.insert("argument".to_owned(), json!(argument));
            context.extend(context::extra(facts, self.at, cluster, &run.meaning));
            let body = match templates.render(name, &context) {
                Ok(body) => body,
                Err(failure) => {
                    failures.push(self.named(failure, &run.meaning));
                    continue;
                }
            };
            let body = if body.trim().is_empty() { ":\n" } else { body.trim_start_matches('\n') };
            text.push_str(&format!("\npart_{}() {{\n{}}}\n", number + 1, indented(body)));
            let own = matches!(run.meaning, Meaning::Own(..));
            let silence = if own { " 'the template says neither pass nor fail nor unknown'" } else { "" };
            calls.push_str(&format!("run {} part_{}{silence}\n", word(&run.word), number + 1));
            parts.push(part(run));
        }
        text.push_str(&format!("\n{calls}finish\n"));
        let Draft { file, kind, cluster, .. } = self;
        Some(Script { file, kind, cluster, parts, text })
    }

    /// A failure by the name of the template of the plan that has it.
    fn named(&self, failure: Failure, meaning: &Meaning) -> Failure {
        match meaning {
            Meaning::Own(own, _) if failure.template.starts_with(' ') => {
                Failure { template: self.facts.runbook[*own].0.clone(), ..failure }
            }
            _ => failure,
        }
    }
}

fn part(run: &Run) -> Part {
    let (about, expects) = match &run.meaning {
        Meaning::Check(check, _) => (check.asks.to_owned(), check.expects.to_owned()),
        Meaning::Action(action, _) => (action.does.to_owned(), action.shows.to_owned()),
        Meaning::Own(..) => ("your own template".to_owned(), "every line passes".to_owned()),
    };
    Part { word: run.word.clone(), about, expects }
}

fn word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Lines of a function, but those of a text that goes on in the next line stay: what is quoted must not change.
fn indented(body: &str) -> String {
    let mut text = String::new();
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    /// The scripts of every stage of a plan.
    fn all(plan: &str) -> Vec<Script> {
        let inputs = crate::Inputs::new(Source::new("migration.toml", plan));
        let mut all = Vec::new();
        crate::judge(&inputs, |facts, _| {
            for at in 0..facts.resolved.stages.len() {
                let (scripts, failures) = scripts(facts, at);
                assert!(failures.is_empty(), "{failures:?}");
                all.extend(scripts);
            }
        });
        all
    }

    #[test]
    fn every_template_renders() {
        let plan = include_str!("../../plans/ml-platform/migration.toml");
        let head = plan.split("[[stages]]").next().expect("a plan").to_owned();
        let externals = "\"backup:postgres\", \"backup:nfs\", \"restore:postgres\", \"restore:nfs\"";
        let rest = "\"backup:minio\", \"restore:minio\", \"backup:etcd\", \"backup:manifests\", \"backup:seldon\", \"drain:mlflow\", \"drain:nfs\", \"backup:sealed-secrets-key\", \"restore:sealed-secrets-key\", \"restore:manifests\", \"backup:tenants.fraud-detection\"";
        let checks: Vec<String> = words::CHECKS
            .iter()
            .map(|check| match check.name {
                "infer" => "\"infer:fraud-detection\", \"infer:seldon\"".to_owned(),
                "reachable" => "\"postgres-reachable\", \"reachable:minio\"".to_owned(),
                name => format!("\"{name}\""),
            })
            .collect();
        let stages = |on: &str| {
            format!(
                "[[stages]]\nname = \"on-{on}\"\non = \"{on}\"\ndo = [{externals}, {rest}]\ncheck = [{}]\n",
                checks.join(", ")
            )
        };
        for distribution in ["k3s", "kubeadm"] {
            let text = format!("{head}{}{}", stages("before"), stages("after"))
                .replace("distribution = \"k3s\"", &format!("distribution = \"{distribution}\""));
            let scripts = all(&text);
            let words: usize = scripts.iter().map(|script| script.parts.len()).sum();
            assert!(words >= 2 * (words::CHECKS.len() + 16), "{words}");
            for script in scripts {
                assert!(script.text.ends_with("finish\n") && script.text.starts_with("#!/bin/sh\n"));
                assert!(!script.text.contains("{{") && !script.text.contains("{%"), "{}", script.text);
            }
        }
    }
}
