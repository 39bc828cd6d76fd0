//! What Flux fetches and applies: sources, Kustomizations and Helm releases (`*.toolkit.fluxcd.io`).
//!
//! Mirrors Flux 2.9 `source-controller/api/v1`, `kustomize-controller/api/v1` and `helm-controller/api/v2`, in the order of
//! their documentation. Durations are those of Go: `10m`.

use super::fields::{Named, choices, kinds, parts};
use serde_json::Value;
use std::collections::BTreeMap;

kinds! {
    GitRepository: "source.toolkit.fluxcd.io/v1", GitRepositorySpec;
    HelmRepository: "source.toolkit.fluxcd.io/v1", HelmRepositorySpec;
    OCIRepository: "source.toolkit.fluxcd.io/v1", OCIRepositorySpec;
    Kustomization: "kustomize.toolkit.fluxcd.io/v1", KustomizationSpec;
    HelmRelease: "helm.toolkit.fluxcd.io/v2", HelmReleaseSpec;
}

// Sources.
parts! {
    GitRepositorySpec {
        interval: String,
        /// With a scheme; `git@host:path` is refused upstream.
        url: String,
        #[serde(rename = "ref")]
        reference: Option<GitReference>,
        secret_ref: Option<Named>,
        timeout: Option<String>,
        suspend: Option<bool>,
        /// Patterns as of `.gitignore`, one a line.
        ignore: Option<String>,
        sparse_checkout: Vec<String>,
    }
    /// Commit wins over name over semver over tag over branch.
    GitReference {
        branch: Option<String>,
        tag: Option<String>,
        semver: Option<String>,
        name: Option<String>,
        commit: Option<String>,
    }
    HelmRepositorySpec {
        #[serde(rename = "type")]
        form: Option<HelmRepositoryForm>,
        interval: Option<String>,
        url: String,
        secret_ref: Option<Named>,
        timeout: Option<String>,
        suspend: Option<bool>,
        insecure: Option<bool>,
    }
    OCIRepositorySpec {
        interval: String,
        /// Starts with `oci://`.
        url: String,
        #[serde(rename = "ref")]
        reference: Option<OCIReference>,
        layer_selector: Option<LayerSelector>,
        secret_ref: Option<Named>,
        timeout: Option<String>,
        suspend: Option<bool>,
        insecure: Option<bool>,
    }
    /// Digest wins over semver over tag.
    OCIReference {
        tag: Option<String>,
        semver: Option<String>,
        digest: Option<String>,
    }
    LayerSelector {
        media_type: Option<String>,
        operation: Option<LayerOperation>,
    }
}

// What is applied.
parts! {
    KustomizationSpec {
        interval: String,
        retry_interval: Option<String>,
        timeout: Option<String>,
        suspend: Option<bool>,
        depends_on: Vec<Dependency>,
        source_ref: SourceReference,
        path: Option<String>,
        prune: bool,
        deletion_policy: Option<DeletionPolicy>,
        force: Option<bool>,
        target_namespace: Option<String>,
        service_account_name: Option<String>,
        kube_config: Option<KubeConfig>,
        common_metadata: Option<CommonMetadata>,
        decryption: Option<Decryption>,
        /// Checks everything that was applied, and ignores `health_checks`.
        wait: Option<bool>,
        health_checks: Vec<HealthCheck>,
        health_check_exprs: Vec<HealthCheckExpression>,
    }
    /// `api_version` only for kinds that several groups have.
    SourceReference {
        api_version: Option<String>,
        kind: String,
        name: String,
        namespace: Option<String>,
    }
    Dependency {
        name: String,
        namespace: Option<String>,
        /// CEL over `dep` and `self`.
        ready_expr: Option<String>,
    }
    KubeConfig {
        secret_ref: Option<SecretKey>,
    }
    SecretKey {
        name: String,
        key: Option<String>,
    }
    CommonMetadata {
        labels: BTreeMap<String, String>,
        annotations: BTreeMap<String, String>,
    }
    Decryption {
        provider: String,
        secret_ref: Option<Named>,
    }
    HealthCheck {
        api_version: Option<String>,
        kind: String,
        name: String,
        namespace: Option<String>,
    }
    /// Three conditions in CEL over one object of the kind.
    HealthCheckExpression {
        api_version: String,
        kind: Option<String>,
        current: String,
        in_progress: Option<String>,
        failed: Option<String>,
    }
    /// Either `chart` or `chart_ref`.
    HelmReleaseSpec {
        interval: String,
        timeout: Option<String>,
        suspend: Option<bool>,
        depends_on: Vec<Dependency>,
        chart: Option<Chart>,
        chart_ref: Option<SourceReference>,
        release_name: Option<String>,
        target_namespace: Option<String>,
        storage_namespace: Option<String>,
        service_account_name: Option<String>,
        kube_config: Option<KubeConfig>,
        max_history: Option<u32>,
        install: Option<Install>,
        upgrade: Option<Upgrade>,
        drift_detection: Option<DriftDetection>,
        health_check_exprs: Vec<HealthCheckExpression>,
        values_from: Vec<ValuesReference>,
        values: Option<Value>,
    }
    Chart {
        spec: ChartSpec,
    }
    ChartSpec {
        chart: String,
        version: Option<String>,
        source_ref: SourceReference,
        interval: Option<String>,
        values_files: Vec<String>,
    }
    Install {
        create_namespace: Option<bool>,
        crds: Option<CRDs>,
        disable_wait: Option<bool>,
        replace: Option<bool>,
        /// Since 2.7.
        strategy: Option<Strategy>,
        remediation: Option<InstallRemediation>,
        timeout: Option<String>,
    }
    /// `retry_interval` only with `RetryOnFailure`.
    Strategy {
        name: Option<StrategyName>,
        retry_interval: Option<String>,
    }
    InstallRemediation {
        /// Negative: without end.
        retries: Option<i64>,
        remediate_last_failure: Option<bool>,
    }
    Upgrade {
        crds: Option<CRDs>,
        cleanup_on_fail: Option<bool>,
        disable_wait: Option<bool>,
        force: Option<bool>,
        preserve_values: Option<bool>,
        /// Since 2.7.
        strategy: Option<Strategy>,
        remediation: Option<UpgradeRemediation>,
        timeout: Option<String>,
    }
    UpgradeRemediation {
        /// Negative: without end.
        retries: Option<i64>,
        remediate_last_failure: Option<bool>,
        strategy: Option<RemediationStrategy>,
    }
    DriftDetection {
        mode: Option<DriftMode>,
        ignore: Vec<DriftIgnore>,
    }
    DriftIgnore {
        /// JSON pointers.
        paths: Vec<String>,
        target: Option<DriftTarget>,
    }
    DriftTarget {
        group: Option<String>,
        version: Option<String>,
        kind: Option<String>,
        name: Option<String>,
        namespace: Option<String>,
    }
    ValuesReference {
        kind: String,
        name: String,
        values_key: Option<String>,
        target_path: Option<String>,
        optional: Option<bool>,
    }
}

choices! {
    HelmRepositoryForm {
        #[serde(rename = "default")] Default,
        #[serde(rename = "oci")] OCI,
    }
    LayerOperation {
        #[serde(rename = "extract")] Extract,
        #[serde(rename = "copy")] Copy,
    }
    DeletionPolicy { MirrorPrune, Delete, WaitForTermination, Orphan, }
    CRDs { Skip, Create, CreateReplace, }
    StrategyName { RetryOnFailure, RemediateOnFailure, }
    RemediationStrategy {
        #[serde(rename = "rollback")] Rollback,
        #[serde(rename = "uninstall")] Uninstall,
    }
    DriftMode {
        #[serde(rename = "enabled")] Enabled,
        #[serde(rename = "warn")] Warn,
        #[serde(rename = "disabled")] Disabled,
    }
}
