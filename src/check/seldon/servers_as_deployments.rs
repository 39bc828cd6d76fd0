//! Models load on Servers that are StatefulSets.

use super::values::written;
use crate::check::Check;
use crate::decode::RawValue;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6017",
    name: "servers-as-deployments",
    level: Level::Warning,
    summary: "no Server is asked to be a Deployment",
    explanation: "With `useDeploymentsForServers` the agent of Seldon 2.10 waits for an EndpointSlice named after its \
                  Deployment, and nothing makes one (`agent_svc_manager.go`, `server_deploy_reconciler.go`): the pods run \
                  and no model is ever loaded. The charts of the controller and of the servers would have to agree as well.",
    fails: tested!(
        "[seldon]\nversion = \"2.10.2\"\nvalues = { setup = { useDeploymentsForServers = true } }\n"
    ),
    passes: tested!(
        "[seldon]\nversion = \"2.10.2\"\nvalues = { setup = { useDeploymentsForServers = false } }\n"
    ),
    covers: &["P-21"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for key in written(facts) {
        if !key.path.ends_with("useDeploymentsForServers")
            || !matches!(key.value.value, RawValue::Boolean(true))
        {
            continue;
        }
        let finding = Diagnostic::new(&RULE, key.value.span, format!("with `{}` no model is loaded", key.on))
            .here("its agents wait for what nothing makes")
            .help("remove it")
            .on(key.on.clone());
        found.push(finding);
    }
}
