//! One kubectl brings what must be there before a controller can run: Calico.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Layer;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8002",
    name: "bootstrap-owns-more",
    level: Level::Error,
    summary: "`bootstrap` owns nothing but `calico`",
    explanation: "Argo CD and Flux run in pods, and pods need the network: that is all that has to come before them. `plan` \
                  writes no bootstrap manifests for another layer, so a layer that only `bootstrap` owns would be applied by \
                  nobody.",
    fails: "[bootstrap]\nowns = [\"calico\", \"metallb\"]\n",
    passes: "[bootstrap]\nowns = [\"calico\"]\n",
    covers: &["STG-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let owns = facts.resolved.plan.bootstrap.as_ref().and_then(|bootstrap| bootstrap.value.owns.as_ref());
    for layer in owns.iter().flat_map(|owns| owns.value.iter()).filter(|layer| layer.value != Layer::Calico) {
        let word = layer.value.word();
        let finding =
            Diagnostic::new(&RULE, layer.span, format!("`bootstrap` owns `{word}`, which it cannot bring"))
                .here("only `calico` is bootstrapped")
                .help(format!("move \"{word}\" to `gitops.owns` or `ansible.owns`"))
                .on("bootstrap.owns");
        found.push(finding);
    }
}
