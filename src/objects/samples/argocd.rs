//! Argo CD's kinds.

use super::*;
use crate::objects::argocd::*;

pub(super) fn argocd() -> Vec<AnyObject> {
    let at = |name: &str| Metadata::namespaced("argocd", name);
    let any = || vec![GroupKind { group: "*".into(), kind: "*".into() }];
    let project = AppProject {
        metadata: at("homelab"),
        spec: AppProjectSpec {
            description: some("Generated from migration.toml"),
            source_repos: list(&["https://example.com/gitops.git", "*"]),
            source_namespaces: list(&["argocd"]),
            destinations: vec![Destination { server: None, name: some("after"), namespace: some("*") }],
            cluster_resource_whitelist: vec![ClusterResource {
                group: String::new(),
                kind: "Namespace".into(),
                name: some("mlflow"),
            }],
            cluster_resource_blacklist: vec![ClusterResource {
                group: "*".into(),
                kind: "Node".into(),
                name: None,
            }],
            namespace_resource_whitelist: any(),
            namespace_resource_blacklist: any(),
            orphaned_resources: Some(OrphanedResources { warn: Some(true) }),
        },
    };
    let source = || Source {
        repo_url: "https://example.com/gitops.git".into(),
        target_revision: some("main"),
        ..Source::default()
    };
    let policy = SyncPolicy {
        automated: Some(Automated {
            enabled: Some(true),
            prune: Some(true),
            self_heal: Some(true),
            allow_empty: Some(false),
        }),
        sync_options: list(&["ServerSideApply=true", "CreateNamespace=true"]),
        managed_namespace_metadata: Some(NamespaceMetadata {
            labels: table(&[("pod-security.kubernetes.io/enforce", "privileged")]),
            annotations: table(&[("a", "1")]),
        }),
        retry: Some(Retry {
            limit: Some(5),
            backoff: Some(Backoff { duration: some("10s"), factor: Some(2), max_duration: some("3m") }),
            refresh: Some(true),
        }),
    };
    let one = Application {
        metadata: Metadata {
            annotations: table(&[("argocd.argoproj.io/sync-wave", "-10")]),
            finalizers: list(&["resources-finalizer.argocd.argoproj.io"]),
            ..at("after-metallb-config")
        },
        spec: ApplicationSpec {
            project: "homelab".into(),
            source: Some(Source {
                path: some("out/homelab/clusters/after/20-metallb-config"),
                directory: Some(Directory {
                    recurse: Some(false),
                    include: some("*.yaml"),
                    exclude: some("kustomization.yaml"),
                }),
                ..source()
            }),
            destination: Destination {
                server: some("https://kubernetes.default.svc"),
                name: None,
                namespace: some("metallb-system"),
            },
            info: vec![Info { name: "plan".into(), value: "migration.toml".into() }],
            sync_policy: Some(policy),
            ignore_differences: vec![IgnoreDifferences {
                group: some("operator.tigera.io"),
                kind: "Installation".into(),
                name: some("default"),
                namespace: some("tigera-operator"),
                json_pointers: list(&["/spec/calicoNetwork/ipPools"]),
                jq_path_expressions: list(&[".spec.calicoNetwork.ipPools[]?.name"]),
                managed_fields_managers: list(&["operator"]),
            }],
            revision_history_limit: Some(3),
            ..ApplicationSpec::default()
        },
    };
    let two = Application {
        metadata: at("after-seldon"),
        spec: ApplicationSpec {
            project: "homelab".into(),
            sources: vec![
                Source {
                    repo_url: "https://storage.googleapis.com/seldon-charts".into(),
                    target_revision: some("2.10.1"),
                    chart: some("seldon-core-v2-setup"),
                    helm: Some(Helm {
                        release_name: some("seldon"),
                        value_files: list(&["$values/out/homelab/values/after/seldon.yaml"]),
                        ignore_missing_value_files: Some(false),
                        values_object: Some(json!({ "controller": { "clusterwide": true } })),
                        skip_crds: Some(true),
                        skip_tests: Some(true),
                        skip_schema_validation: Some(false),
                        namespace: some("seldon-mesh"),
                        kube_version: some("1.33"),
                        api_versions: list(&["v1"]),
                    }),
                    name: some("chart"),
                    ..Source::default()
                },
                Source { reference: some("values"), ..source() },
            ],
            destination: Destination { name: some("after"), namespace: some("seldon-mesh"), server: None },
            ..ApplicationSpec::default()
        },
    };
    vec![(&project).into(), (&one).into(), (&two).into()]
}
