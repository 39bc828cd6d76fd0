//! Flux' kinds.

use super::*;
use crate::objects::flux::*;

pub(super) fn flux() -> Vec<AnyObject> {
    let at = |name: &str| Metadata::namespaced("flux-system", name);
    let named = |name: &str| Some(fields::Named { name: name.into() });
    let git = GitRepository {
        metadata: at("gitops"),
        spec: GitRepositorySpec {
            interval: "1m".into(),
            url: "https://example.com/gitops.git".into(),
            reference: Some(GitReference {
                branch: some("main"),
                tag: some("v1"),
                semver: some(">=1.0.0"),
                name: some("refs/heads/main"),
                commit: some("0123456789abcdef0123456789abcdef01234567"),
            }),
            secret_ref: named("gitops"),
            timeout: some("60s"),
            suspend: Some(false),
            ignore: some("/*\n!/out/homelab\n"),
            sparse_checkout: list(&["out/homelab"]),
        },
    };
    let helm = HelmRepository {
        metadata: at("metallb"),
        spec: HelmRepositorySpec {
            form: Some(HelmRepositoryForm::Default),
            interval: some("1h"),
            url: "https://metallb.github.io/metallb".into(),
            secret_ref: named("metallb"),
            timeout: some("60s"),
            suspend: Some(false),
            insecure: Some(false),
        },
    };
    let oci = OCIRepository {
        metadata: at("calico"),
        spec: OCIRepositorySpec {
            interval: "1h".into(),
            url: "oci://quay.io/calico/charts/tigera-operator".into(),
            reference: Some(OCIReference {
                tag: some("v3.32.1"),
                semver: some("3.32.x"),
                digest: some("sha256:00"),
            }),
            layer_selector: Some(LayerSelector {
                media_type: some("application/vnd.cncf.helm.chart.content.v1.tar+gzip"),
                operation: Some(LayerOperation::Copy),
            }),
            secret_ref: named("calico"),
            timeout: some("60s"),
            suspend: Some(false),
            insecure: Some(false),
        },
    };
    let reference = |kind: &str, api_version: Option<String>| SourceReference {
        api_version,
        kind: kind.into(),
        name: "gitops".into(),
        namespace: some("flux-system"),
    };
    let depends_on = || {
        vec![Dependency {
            name: "after-metallb".into(),
            namespace: some("flux-system"),
            ready_expr: some("dep.status.observedGeneration >= 0"),
        }]
    };
    let kube_config =
        || Some(KubeConfig { secret_ref: Some(SecretKey { name: "after".into(), key: some("value") }) });
    let expressions = || {
        vec![HealthCheckExpression {
            api_version: "operator.tigera.io/v1".into(),
            kind: some("Installation"),
            current: "status.conditions.exists(e, e.type == 'Ready' && e.status == 'True')".into(),
            in_progress: some("!has(status.conditions)"),
            failed: some("status.conditions.exists(e, e.type == 'Degraded' && e.status == 'True')"),
        }]
    };
    let kustomization = Kustomization {
        metadata: at("after-metallb-config"),
        spec: KustomizationSpec {
            interval: "10m".into(),
            retry_interval: some("1m"),
            timeout: some("5m"),
            suspend: Some(false),
            depends_on: depends_on(),
            source_ref: reference("GitRepository", some("source.toolkit.fluxcd.io/v1")),
            path: some("./out/homelab/clusters/after/20-metallb-config"),
            prune: true,
            deletion_policy: Some(DeletionPolicy::Orphan),
            force: Some(false),
            target_namespace: some("metallb-system"),
            service_account_name: some("flux"),
            kube_config: kube_config(),
            common_metadata: Some(CommonMetadata { labels: labels(), annotations: table(&[("a", "1")]) }),
            decryption: Some(Decryption { provider: "sops".into(), secret_ref: named("age") }),
            wait: Some(true),
            health_checks: vec![HealthCheck {
                api_version: some("apps/v1"),
                kind: "Deployment".into(),
                name: "controller".into(),
                namespace: some("metallb-system"),
            }],
            health_check_exprs: expressions(),
        },
    };
    let release = HelmRelease {
        metadata: at("metallb"),
        spec: HelmReleaseSpec {
            interval: "1h".into(),
            timeout: some("10m"),
            suspend: Some(false),
            depends_on: depends_on(),
            chart: Some(Chart {
                spec: ChartSpec {
                    chart: "metallb".into(),
                    version: some("0.14.8"),
                    source_ref: reference("HelmRepository", None),
                    interval: some("1h"),
                    values_files: list(&["values.yaml"]),
                },
            }),
            chart_ref: Some(reference("OCIRepository", None)),
            release_name: some("metallb"),
            target_namespace: some("metallb-system"),
            storage_namespace: some("metallb-system"),
            service_account_name: some("flux"),
            kube_config: kube_config(),
            max_history: Some(5),
            install: Some(Install {
                create_namespace: Some(true),
                crds: Some(CRDs::Create),
                disable_wait: Some(false),
                replace: Some(false),
                strategy: Some(Strategy {
                    name: Some(StrategyName::RetryOnFailure),
                    retry_interval: some("1m"),
                }),
                remediation: Some(InstallRemediation {
                    retries: Some(-1),
                    remediate_last_failure: Some(false),
                }),
                timeout: some("10m"),
            }),
            upgrade: Some(Upgrade {
                crds: Some(CRDs::CreateReplace),
                cleanup_on_fail: Some(true),
                disable_wait: Some(false),
                force: Some(false),
                preserve_values: Some(false),
                strategy: Some(Strategy {
                    name: Some(StrategyName::RemediateOnFailure),
                    retry_interval: None,
                }),
                remediation: Some(UpgradeRemediation {
                    retries: Some(3),
                    remediate_last_failure: Some(true),
                    strategy: Some(RemediationStrategy::Rollback),
                }),
                timeout: some("10m"),
            }),
            drift_detection: Some(DriftDetection {
                mode: Some(DriftMode::Warn),
                ignore: vec![DriftIgnore {
                    paths: list(&["/spec/replicas"]),
                    target: Some(DriftTarget {
                        group: some("apps"),
                        version: some("v1"),
                        kind: some("Deployment"),
                        name: some("controller"),
                        namespace: some("metallb-system"),
                    }),
                }],
            }),
            health_check_exprs: expressions(),
            values_from: vec![ValuesReference {
                kind: "ConfigMap".into(),
                name: "metallb".into(),
                values_key: some("values.yaml"),
                target_path: some("speaker.tag"),
                optional: Some(true),
            }],
            values: Some(json!({ "speaker": { "frr": { "enabled": false }, "logLevel": "off" } })),
        },
    };
    vec![(&git).into(), (&helm).into(), (&oci).into(), (&kustomization).into(), (&release).into()]
}
