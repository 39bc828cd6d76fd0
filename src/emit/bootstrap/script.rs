//! Each step of the bootstrap needs the one before, so a script does them in order and says what it waits for.

use super::{optional, pull_secrets, registry};
use crate::model::{ApiMode, Layer, Tool};
use crate::resolve::{CalicoSettings, Cluster, Resolved, Writer};
use crate::upstream::calico::{Line, MANIFESTS, NATIVE_MANIFESTS, line};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value, context};

const SCRIPT: &str = include_str!("../../../templates/bootstrap/bootstrap.sh.j2");
const README: &str = include_str!("../../../templates/bootstrap/README.md.j2");

/// A POSIX shell script that needs nothing but kubectl.
pub fn script(resolved: &Resolved<'_>, cluster: &Cluster<'_>, calico: &CalicoSettings<'_>) -> String {
    render(SCRIPT, &facts(resolved, cluster, calico))
}

/// What the folder is and how it is used.
pub fn readme(resolved: &Resolved<'_>, cluster: &Cluster<'_>, calico: &CalicoSettings<'_>) -> String {
    render(README, &facts(resolved, cluster, calico))
}

fn render(template: &str, facts: &Value) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.expect("broken promise: minijinja takes its own syntax"));
    environment.add_filter("shell", |text: String| quoted(&text));
    environment.render_str(template, facts).expect("broken promise: the template names what it is given")
}

/// One word of a shell command, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn facts(resolved: &Resolved<'_>, cluster: &Cluster<'_>, calico: &CalicoSettings<'_>) -> Value {
    let manifests = manifests(calico);
    let base = MANIFESTS.replace("{release}", &tag(calico)).replace("/{file}", "");
    let servers: Vec<String> =
        cluster.servers.iter().map(|server| resolved.host(*server).address().to_string()).collect();
    let mut statuses = vec!["calico", "apiserver"];
    statuses.extend(optional(calico).into_iter().map(super::Part::status));
    let secrets: Vec<String> = pull_secrets(calico).into_iter().map(str::to_owned).collect();
    let keeper = match resolved.delivery.writer(Layer::Calico) {
        Some(Writer::Gitops) => match resolved.delivery.gitops.as_ref().map(|gitops| gitops.tool) {
            Some(Tool::Flux) => "Flux",
            _ => "Argo CD",
        },
        Some(Writer::Ansible) => "Ansible",
        _ => "",
    };
    context! {
        cluster => cluster.name.to_owned(),
        version => tag(calico),
        manifests => manifests.iter().map(|file| Value::from(*file)).collect::<Vec<_>>(),
        base,
        crds => ["apiservers", "installations", "tigerastatuses"],
        servers,
        statuses,
        keeper,
        registry => registry(calico),
        secrets,
        reflectors => super::reflectors::reflectors(resolved, cluster, calico),
    }
}

/// The release as its tag is spelled: people leave the `v` out.
fn tag(calico: &CalicoSettings<'_>) -> String {
    format!("v{}", calico.version.to_string().trim_start_matches('v'))
}

/// The manifests of the release in order. A release that the table does not know comes like the newest one that it does.
fn manifests(calico: &CalicoSettings<'_>) -> &'static [&'static str] {
    let newest = || crate::upstream::calico::LINES.last();
    let line: Option<&Line> = line(calico.version).or_else(newest);
    match calico.written.api() {
        ApiMode::Native => NATIVE_MANIFESTS,
        ApiMode::ApiServer => line.map_or(&[], |line| line.manifests),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_word_stays_one_word() {
        assert_eq!(super::quoted("a b"), "'a b'");
        assert_eq!(super::quoted("it's $(x)"), r"'it'\''s $(x)'");
    }
}
