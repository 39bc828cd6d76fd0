//! Flux reads Git by HTTPS and by SSH.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Tool;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8021",
    name: "flux-repository-scheme",
    level: Level::Error,
    summary: "with Flux, the URL of the repository begins with https, http or ssh",
    explanation: "A GitRepository takes no other scheme (`url` has the pattern `^(http|https|ssh)://.*$`), and the API server \
                  refuses it: nothing of the tree is applied.",
    fails: "[gitops]\ntool = \"flux\"\nrepo = \"git://git.example.com/plans.git\"\npath = \"out/main\"\n",
    passes: "[gitops]\ntool = \"flux\"\nrepo = \"ssh://git@git.example.com/plans.git\"\npath = \"out/main\"\n",
    covers: &["GO017"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(gitops) = &facts.resolved.plan.gitops else { return };
    let (tool, repository) = (&gitops.value.tool, &gitops.value.repo);
    let text = repository.value.as_str();
    let read = ["https://", "http://", "ssh://"].iter().any(|scheme| text.starts_with(scheme));
    if tool.value != Tool::Flux || read {
        return;
    }
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let help = match scheme {
        "git" => format!("write: repo = \"https://{rest}\""),
        _ => {
            "write a URL that Flux can read: repo = \"https://git.example.com/platform/plans.git\"".to_owned()
        }
    };
    let finding = Diagnostic::new(&RULE, repository.span, format!("`gitops.repo` has the scheme `{scheme}`"))
        .here("expected https, http or ssh")
        .label(tool.span, "the controller")
        .help(help)
        .on("gitops.repo");
    found.push(finding);
}
