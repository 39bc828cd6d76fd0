//! A ServerConfig is one that the controller's namespace has.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest, quoted};
use crate::facts::Facts;
use crate::upstream::seldon::SERVER_CONFIGS;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6007",
    name: "server-config-unknown",
    level: Level::Error,
    summary: "`server_configs` are `mlserver` and `triton`, by their bare names",
    explanation: "A Server names its ServerConfig without a namespace, and the operator looks it up in its own namespace only \
                  (operator/apis/mlops/v1alpha1 serverconfig_types.go). With a `/` in the name, or the name of one that \
                  the setup chart does not make, the Server stays at \"ServerConfig not found\".",
    fails: tested!("[seldon]\nversion = \"2.9.1\"\nserver_configs = [\"seldon-system/mlserver\"]\n"),
    passes: tested!("[seldon]\nversion = \"2.9.1\"\nserver_configs = [\"mlserver\"]\n"),
    covers: &["P-09", "P-10", "SEL-04"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen = std::collections::BTreeSet::new();
    for install in &facts.resolved.installs {
        for name in install.settings.server_configs.iter().flat_map(|names| names.value.iter()) {
            if SERVER_CONFIGS.contains(&name.value.as_str()) || !seen.insert(name.span) {
                continue;
            }
            let bare = name.value.rsplit('/').next().unwrap_or_default();
            let finding =
                Diagnostic::new(&RULE, name.span, format!("there is no ServerConfig `{}`", name.value))
                    .here("no Server that names it becomes ready")
                    .on("seldon.server_configs");
            let meant = SERVER_CONFIGS.iter().copied().find(|known| *known == bare);
            found.push(match meant.or_else(|| nearest(bare, SERVER_CONFIGS.iter().copied())) {
                Some(meant) => finding.help(format!("write: \"{meant}\"")).spell(
                    name.span,
                    bare,
                    SERVER_CONFIGS.iter().copied(),
                    Names::Fixed,
                    quoted,
                ),
                None => finding.help(format!("the setup chart makes {}", SERVER_CONFIGS.join(" and "))),
            });
        }
    }
}
