//! What Argo CD syncs, from where, to where, and what a project may do (`argoproj.io/v1alpha1`).
//!
//! Mirrors argo-cd v3.5 `pkg/apis/application/v1alpha1`, in the order of `docs/operator-manual/application.yaml`.

use super::fields::{kinds, parts};
use serde_json::Value;
use std::collections::BTreeMap;

kinds! {
    AppProject: "argoproj.io/v1alpha1", AppProjectSpec;
    Application: "argoproj.io/v1alpha1", ApplicationSpec;
}

parts! {
    AppProjectSpec {
        description: Option<String>,
        source_repos: Vec<String>,
        source_namespaces: Vec<String>,
        destinations: Vec<Destination>,
        cluster_resource_whitelist: Vec<ClusterResource>,
        cluster_resource_blacklist: Vec<ClusterResource>,
        namespace_resource_whitelist: Vec<GroupKind>,
        namespace_resource_blacklist: Vec<GroupKind>,
        orphaned_resources: Option<OrphanedResources>,
    }
    /// Either `server` or `name` says the cluster.
    Destination {
        server: Option<String>,
        name: Option<String>,
        namespace: Option<String>,
    }
    ClusterResource {
        group: String,
        kind: String,
        /// Since 3.3.
        name: Option<String>,
    }
    GroupKind {
        group: String,
        kind: String,
    }
    OrphanedResources {
        warn: Option<bool>,
    }
    /// Either `source` or `sources`.
    ApplicationSpec {
        project: String,
        source: Option<Source>,
        sources: Vec<Source>,
        destination: Destination,
        info: Vec<Info>,
        sync_policy: Option<SyncPolicy>,
        ignore_differences: Vec<IgnoreDifferences>,
        revision_history_limit: Option<u32>,
    }
    Source {
        #[serde(rename = "repoURL")]
        repo_url: String,
        target_revision: Option<String>,
        path: Option<String>,
        chart: Option<String>,
        /// A name by which the `value_files` of other sources say `$ref/path`.
        #[serde(rename = "ref")]
        reference: Option<String>,
        /// A name of the source itself, for the command line.
        name: Option<String>,
        helm: Option<Helm>,
        directory: Option<Directory>,
    }
    Helm {
        release_name: Option<String>,
        value_files: Vec<String>,
        ignore_missing_value_files: Option<bool>,
        values_object: Option<Value>,
        skip_crds: Option<bool>,
        skip_tests: Option<bool>,
        skip_schema_validation: Option<bool>,
        namespace: Option<String>,
        kube_version: Option<String>,
        api_versions: Vec<String>,
    }
    Directory {
        recurse: Option<bool>,
        include: Option<String>,
        exclude: Option<String>,
    }
    Info {
        name: String,
        value: String,
    }
    SyncPolicy {
        automated: Option<Automated>,
        /// `ServerSideApply=true` and so on.
        sync_options: Vec<String>,
        managed_namespace_metadata: Option<NamespaceMetadata>,
        retry: Option<Retry>,
    }
    Automated {
        enabled: Option<bool>,
        prune: Option<bool>,
        self_heal: Option<bool>,
        allow_empty: Option<bool>,
    }
    NamespaceMetadata {
        labels: BTreeMap<String, String>,
        annotations: BTreeMap<String, String>,
    }
    Retry {
        /// Attempts; 0 disables, and a negative number never stops.
        limit: Option<i64>,
        backoff: Option<Backoff>,
        refresh: Option<bool>,
    }
    Backoff {
        /// Durations: `10s`.
        duration: Option<String>,
        factor: Option<u32>,
        max_duration: Option<String>,
    }
    IgnoreDifferences {
        group: Option<String>,
        kind: String,
        name: Option<String>,
        namespace: Option<String>,
        json_pointers: Vec<String>,
        jq_path_expressions: Vec<String>,
        managed_fields_managers: Vec<String>,
    }
}
