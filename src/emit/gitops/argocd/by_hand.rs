//! What a person does once before Argo CD can: teach it when Calico is healthy, and apply the first Application.

use super::{Context, Member};
use crate::emit::Files;
use crate::objects::{AnyObject, ConfigMap, ObjectMeta};
use crate::resolve::Argo;
use crate::upstream::argocd::NAMESPACE;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Argo CD v3.5 has no health check for these kinds, so that their objects count as healthy at once
/// (`resource_customizations/`), and none for Application since 1.8 (`docs/operator-manual/health.md`).
const HEALTH: &[(&str, &str)] = &[
    ("argoproj.io_Application", include_str!("health/application.lua")),
    ("operator.tigera.io_APIServer", include_str!("health/apiserver.lua")),
    ("operator.tigera.io_Installation", include_str!("health/installation.lua")),
    ("operator.tigera.io_TigeraStatus", include_str!("health/tigerastatus.lua")),
];

const PATCH: &str = "gitops/health/argocd-cm-patch.yaml";

pub fn emit(context: &Context<'_>, members: &[Member<'_>], root: &str, files: &mut Files) {
    let data = HEALTH
        .iter()
        .map(|(kind, lua)| (format!("resource.customizations.health.{kind}"), (*lua).to_owned()));
    let patch = ConfigMap {
        metadata: ObjectMeta {
            name: Some("argocd-cm".to_owned()),
            namespace: Some(context.target.namespace.clone()),
            ..Default::default()
        },
        data: Some(data.collect::<BTreeMap<_, _>>()),
        ..Default::default()
    };
    files.object_by_hand(PATCH, &AnyObject::new(&patch), &["gitops".to_owned()]);
    files.text("gitops/README.md", readme(context, members, root));
}

fn readme(context: &Context<'_>, members: &[Member<'_>], root: &str) -> String {
    let namespace = context.target.namespace.as_str();
    let platform = context.platform;
    let mut text = format!(
        "# Argo CD applies this tree

Run both commands once, from the root of this tree, in the cluster that Argo CD runs in. After that Argo CD follows
`{revision}` of `{repository}`.

1. Teach Argo CD when Calico is healthy, and to wait for the Applications of one wave before it starts the next:

   ```sh
   kubectl -n {namespace} patch configmap argocd-cm --type merge --patch-file {PATCH}
   ```

   No Application syncs this file: `argocd-cm` belongs to the installation of Argo CD. Where a chart or another
   repository writes it, put the same keys there instead.
2. Apply the project and the Application `{root}`, which brings all others:

   ```sh
   kubectl apply --server-side -f gitops/appproject-{platform}.yaml -f gitops/root.yaml
   ```

",
        revision = context.target.revision,
        repository = context.target.repository,
    );
    if namespace != NAMESPACE {
        text += "Argo CD must read Applications in its own namespace only, which is the default, or list this one.\n\n";
    }
    let named = |member: &&Member<'_>| {
        matches!(context.target.destinations.get(&member.cluster.id), Some(Argo::Named(_)))
    };
    let names: Vec<String> = (members.iter().filter(named))
        .filter_map(|member| context.destination(member.cluster, "").name)
        .map(|name| format!("`{name}`"))
        .collect();
    if !names.is_empty() {
        let _ = writeln!(
            text,
            "Argo CD must know these clusters by name (`argocd cluster add`): {}.\n",
            names.join(", ")
        );
    }
    text += "## What comes when\n\n| wave | cluster | unit | starts |\n|---|---|---|---|\n";
    for member in members {
        for unit in &member.units {
            let starts = if unit.held { "when a person syncs it" } else { "by itself" };
            let _ = writeln!(text, "| {} | {} | {} | {starts} |", unit.wave, member.cluster.name, unit.key);
        }
    }
    if members.iter().any(|member| member.units.iter().any(|unit| unit.held)) {
        text += "
A unit of a stage with `hold = \"manual\"` waits for `argocd app sync`, and all later waves of its cluster wait for it.
Until then the sync of the Application above it is running, and a new commit there waits too; terminate the sync to let
it in. Delete `hold` from the stage to let Argo CD start by itself.
";
    }
    text += "
## What Argo CD does not do

- No Application has the finalizer `resources-finalizer.argocd.argoproj.io`: deleting an Application, or a unit leaving the
  plan, leaves what it applied. `argocd app delete --cascade` adds that finalizer: never use it on an Application that
  holds the network, namespaces or addresses.
- Units of the network (Calico's operator, Installation and CRDs, MetalLB's chart, Seldon's CRDs) are never pruned.
- Namespaces, address pools and Services with an address are pruned only after a person confirmed it
  (`Prune=confirm`).
- From Argo CD 3.3 on, deleting the Application of Calico's operator runs the chart's pre-delete Job, and that Job removes
  the Installation: the cluster loses its network. Before `argocd app delete --cascade=false`, take the finalizers that
  begin with `pre-delete-finalizer.argocd.argoproj.io` off the Application.
";
    text
}
