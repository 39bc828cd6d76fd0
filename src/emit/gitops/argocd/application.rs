//! An Application says where a folder or a chart is, where it goes, and how far Argo CD may act on its own.

use super::super::chart::Chart;
use super::super::in_repository;
use super::super::unit::{Content, Unit};
use super::{Context, project};
use crate::emit::files::{labels, metadata};
use crate::objects::argocd::{
    Application, ApplicationSpec, Automated, Backoff, Helm, IgnoreDifferences, NamespaceMetadata, Retry,
    Source, SyncPolicy,
};
use crate::resolve::Cluster;
use crate::upstream::argocd::{COMPARE_OPTIONS, Feature, MANIFEST_PATHS, SYNC_WAVE, has};
use std::collections::BTreeMap;

/// The name by which the values of a chart refer to the repository of the plan.
const VALUES: &str = "values";

/// The Application of a unit; `creates_namespace` when its namespace comes from nowhere else.
pub fn of_unit(
    context: &Context<'_>,
    cluster: &Cluster<'_>,
    unit: &Unit<'_>,
    name: String,
    creates_namespace: bool,
) -> Application {
    let mut options = vec!["ServerSideApply=true", "ApplyOutOfSyncOnly=true", "FailOnSharedResource=true"];
    let mut namespace_metadata = None;
    let mut ignored = Vec::new();
    let mut spec = ApplicationSpec {
        project: context.platform.to_owned(),
        destination: context.destination(cluster, &project::destination_namespace(unit)),
        ..Default::default()
    };
    let paths = match &unit.content {
        Content::Folder(folder) => {
            // Without it the dry run of the whole Application fails until the last of its kinds exists.
            if folder.needs_kinds() {
                options.push("SkipDryRunOnMissingResource=true");
            }
            spec.source = Some(git(context, Some(in_repository(context.target, &folder.path)), None));
            ".".to_owned()
        }
        Content::Chart(chart) => {
            if chart.needs_kinds {
                options.push("SkipDryRunOnMissingResource=true");
            }
            if creates_namespace {
                options.push("CreateNamespace=true");
                namespace_metadata = chart.privileged.then(privileged);
            }
            if chart.webhooks {
                ignored = certificate_authorities();
                options.push("RespectIgnoreDifferences=true");
            }
            sources(context, chart, &mut spec);
            // Only a new release or new values concern a chart, and a release is a change of the Application itself.
            let values = chart.values.map_or("gitops", |values| values.path.as_str());
            format!("/{}", in_repository(context.target, values))
        }
    };
    options.sort_unstable();
    spec.ignore_differences = ignored;
    spec.sync_policy = Some(SyncPolicy {
        automated: (!unit.held).then(|| Automated {
            prune: Some(!unit.kept),
            self_heal: Some(true),
            ..Default::default()
        }),
        sync_options: options.into_iter().map(str::to_owned).collect(),
        managed_namespace_metadata: namespace_metadata,
        retry: Some(retry(10)),
    });
    application(context, name, Some(unit.wave), paths, spec)
}

/// An Application whose objects are Applications, in a folder of the tree.
pub fn of_applications(context: &Context<'_>, name: &str, folder: &str) -> Application {
    let spec = ApplicationSpec {
        project: context.platform.to_owned(),
        source: Some(git(context, Some(in_repository(context.target, folder)), None)),
        destination: context.home(),
        sync_policy: Some(SyncPolicy {
            automated: Some(Automated { prune: Some(true), self_heal: Some(true), ..Default::default() }),
            sync_options: [
                "ApplyOutOfSyncOnly=true",
                "RespectIgnoreDifferences=true",
                "ServerSideApply=true",
            ]
            .map(str::to_owned)
            .into(),
            // It fails while one of its Applications is degraded, which the network may be for a while.
            retry: Some(retry(20)),
            ..Default::default()
        }),
        // From 3.3 on the controller itself adds finalizers to the Application of a chart with pre-delete hooks.
        ignore_differences: vec![IgnoreDifferences {
            group: Some("argoproj.io".to_owned()),
            kind: "Application".to_owned(),
            json_pointers: vec!["/metadata/finalizers".to_owned()],
            ..Default::default()
        }],
        ..Default::default()
    };
    application(context, name.to_owned(), None, ".".to_owned(), spec)
}

fn application(
    context: &Context<'_>,
    name: String,
    wave: Option<u32>,
    paths: String,
    spec: ApplicationSpec,
) -> Application {
    let labels = labels(&name, "gitops", context.platform);
    let mut metadata = metadata(name, Some(&context.target.namespace), labels);
    let mut annotate = |key: &str, value: String| metadata.annotations.insert(key.to_owned(), value);
    if let Some(wave) = wave {
        annotate(SYNC_WAVE, wave.to_string());
        // The API server fills in defaults, and admission webhooks judge: only it knows what a change really is.
        if context.version().is_none_or(|version| has(version, Feature::ServerSideDiff)) {
            annotate(COMPARE_OPTIONS, "ServerSideDiff=true".to_owned());
        }
    }
    annotate(MANIFEST_PATHS, paths);
    Application { metadata, spec }
}

/// A chart, and its values from the repository of the plan.
fn sources(context: &Context<'_>, chart: &Chart<'_>, spec: &mut ApplicationSpec) {
    let value_files =
        chart.values.map(|file| format!("${VALUES}/{}", in_repository(context.target, &file.path)));
    let source = Source {
        repo_url: chart.repository.to_owned(),
        target_revision: Some(chart.version.clone()),
        chart: Some(chart.name.to_owned()),
        helm: Some(Helm {
            release_name: Some(chart.release.to_owned()),
            value_files: value_files.iter().cloned().collect(),
            ..Default::default()
        }),
        ..Default::default()
    };
    match value_files {
        Some(_) => spec.sources = vec![source, git(context, None, Some(VALUES.to_owned()))],
        None => spec.source = Some(source),
    }
}

fn git(context: &Context<'_>, path: Option<String>, reference: Option<String>) -> Source {
    Source {
        repo_url: context.target.repository.to_owned(),
        target_revision: Some(context.target.revision.clone()),
        path,
        reference,
        ..Default::default()
    }
}

/// Never 0: a change of two objects that the webhooks of MetalLB judge one by one may need a second attempt
/// (argo-cd `controller/appcontroller.go`).
fn retry(limit: i64) -> Retry {
    let backoff =
        Backoff { duration: Some("10s".to_owned()), factor: Some(2), max_duration: Some("5m".to_owned()) };
    Retry { limit: Some(limit), backoff: Some(backoff), refresh: None }
}

/// The pods of MetalLB write their certificate authority into what the chart made (metallb/metallb#1681, #2571).
fn certificate_authorities() -> Vec<IgnoreDifferences> {
    vec![
        IgnoreDifferences {
            group: Some("admissionregistration.k8s.io".to_owned()),
            kind: "ValidatingWebhookConfiguration".to_owned(),
            jq_path_expressions: vec![".webhooks[]?.clientConfig.caBundle".to_owned()],
            ..Default::default()
        },
        IgnoreDifferences {
            group: Some("apiextensions.k8s.io".to_owned()),
            kind: "CustomResourceDefinition".to_owned(),
            name: Some("bgppeers.metallb.io".to_owned()),
            json_pointers: vec!["/spec/conversion/webhook/clientConfig/caBundle".to_owned()],
            ..Default::default()
        },
    ]
}

fn privileged() -> NamespaceMetadata {
    let label = ("pod-security.kubernetes.io/enforce".to_owned(), "privileged".to_owned());
    NamespaceMetadata { labels: BTreeMap::from([label]), ..Default::default() }
}
