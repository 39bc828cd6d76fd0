//! The tree of a plan lies inside of its repository.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8005",
    name: "gitops-path-leaves-repository",
    level: Level::Error,
    summary: "`gitops.path` is a path below the root of the repository",
    explanation: "Argo CD refuses a path that is absolute or leads out of the repository (\"app path is absolute\"), and Flux \
                  fails the build of its Kustomization. For a tree at the root write `\"\"`.",
    fails: "[gitops]\ntool = \"argocd\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"../out/main\"\n",
    passes: "[gitops]\ntool = \"argocd\"\nrepo = \"https://git.example.com/plans.git\"\npath = \"out/main\"\n",
    covers: &["GO021"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(gitops) = &facts.resolved.plan.gitops else { return };
    let path = &gitops.value.path;
    let text = path.value.as_str();
    let here = if text.starts_with('/') {
        "begins at the root of a file system"
    } else if text.split('/').any(|step| step == "..") {
        "leads out of where it begins"
    } else if text.contains('\\') {
        "has a backslash, which is no separator in Git"
    } else if text.split('/').any(|step| step.contains(char::is_whitespace)) {
        "has a space, which Argo CD's annotations cannot carry"
    } else {
        return;
    };
    let mended: Vec<&str> = text
        .split(['/', '\\'])
        .map(str::trim)
        .filter(|step| !step.is_empty() && *step != ".." && *step != ".")
        .collect();
    let finding = Diagnostic::new(&RULE, path.span, format!("`gitops.path` is \"{text}\""))
        .here(here)
        .help(format!("write: path = \"{}\"", mended.join("/")))
        .on("gitops.path");
    let mended = mended.join("/");
    // Where `..` leads, and what a space was, only a person knows.
    let certain = !text.split(['/', '\\']).any(|step| step == "..")
        && !mended.is_empty()
        && !mended.contains(char::is_whitespace);
    found.push(if certain { finding.fix(path.span, format!("\"{mended}\"")) } else { finding });
}
