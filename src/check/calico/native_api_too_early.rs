//! Native CRDs need a recent Calico on a recent Kubernetes.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::ApiMode;
use crate::upstream::calico::{Feature, has};
use crate::upstream::kubernetes::{self, MUTATING_POLICIES_SINCE};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3128",
    name: "native-api-too-early",
    level: Level::Error,
    summary: "the native API runs on Calico 3.32 and Kubernetes 1.34, or newer",
    explanation: "Native projectcalico.org/v3 CRDs (a technical preview in 3.32) fill in defaults with a \
                  MutatingAdmissionPolicy. Kubernetes has it in beta from 1.34, behind a feature gate, and on \
                  by default from 1.36; on 1.33 the manifests are refused (projectcalico/calico#12863).",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
api = "native"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.36.0+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.32.1"
api = "native"
"#,
    covers: &["CAL072"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(api) = settings.written.api.as_ref().filter(|api| api.value == ApiMode::Native) else {
            continue;
        };
        let minor = kubernetes::minor(cluster.version);
        let (old, what, span) = if !has(settings.version, Feature::NativeApi) {
            (format!("Calico {}", settings.version), "Calico 3.32", settings.written.version.span)
        } else if minor < MUTATING_POLICIES_SINCE {
            (format!("Kubernetes {minor}"), "Kubernetes 1.34", cluster.written.version.span)
        } else {
            continue;
        };
        let message = format!("`{}` wants the native API, which needs {what}, and has {old}", cluster.name);
        let finding = Diagnostic::new(&RULE, api.span, message)
            .here(format!("from {what}"))
            .label(span, "too old")
            .help("write: api = \"apiserver\"")
            .on(path(cluster));
        found.push(finding);
    }
}
