//! A Server may have as many replicas as it asks for.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::seldon::{Feature, SERVER_CONFIGS, has};
use serde_json::Value;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6016",
    name: "server-replicas-refused",
    level: Level::Error,
    summary: "the replicas of a Server lie between its bounds",
    explanation: "From 2.9 on the operator compares `replicas` with `minReplicas` and `maxReplicas`, and the chart's upper \
                  bound is 1: a Server that asks for more ends in `scaling spec is invalid` and is never deployed \
                  (`operator/internal/utils.go`). Who wants two replicas says so twice.",
    fails: tested!("[seldon]\nversion = \"2.9.1\"\nvalues = { servers = { mlserver = { replicas = 2 } } }\n"),
    passes: tested!(
        "[seldon]\nversion = \"2.9.1\"\nvalues = { servers = { mlserver = { replicas = 2, maxReplicas = 2 } } }\n"
    ),
    covers: &["P-18"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for install in &facts.resolved.installs {
        let values = install.settings.values.as_ref().and_then(|values| values.value.servers.as_ref());
        let Some(raw) = values.filter(|_| has(&install.version, Feature::ReplicaBounds)) else { continue };
        let written = raw.value.to_json();
        for server in SERVER_CONFIGS {
            let used = u64::from(install.server_configs.iter().any(|name| name == server));
            let number = |key: &str, default: u64| match written.pointer(&format!("/{server}/{key}")) {
                Some(value) => value.as_u64(),
                None => Some(default),
            };
            let asked = written.pointer(&format!("/{server}")).and_then(Value::as_object);
            let (Some(_), Some(replicas), Some(least), Some(most)) =
                (asked, number("replicas", used), number("minReplicas", used), number("maxReplicas", 1))
            else {
                continue;
            };
            // An upper bound of 0 means none.
            if least <= replicas && (most == 0 || replicas <= most) {
                continue;
            }
            let key = ["replicas", "maxReplicas", "minReplicas"]
                .into_iter()
                .map(|key| format!("/{server}/{key}"))
                .find(|pointer| written.pointer(pointer).is_some());
            let span = raw.value.place(&key.unwrap_or_else(|| format!("/{server}")), raw.span);
            let message =
                format!("the Server `{server}` asks for {replicas} replicas, and may have {least} to {most}");
            let help = match replicas > most {
                true => format!("add: maxReplicas = {replicas}"),
                false => format!("add: minReplicas = {replicas}"),
            };
            let finding = Diagnostic::new(&RULE, span, message)
                .here("refused by the operator")
                .help(help)
                .on(format!("seldon.values.servers.{server}"));
            found.push(finding);
        }
    }
}
