//! A HelmRelease holds the values of its chart: Flux cannot read them from a file of the repository.

use super::super::chart::Chart;
use super::super::unit::Unit;
use super::Context;
use crate::objects::flux::{
    CRDs, Chart as ChartTemplate, ChartSpec, HelmRelease, HelmReleaseSpec, Install, SourceReference,
    Strategy, StrategyName, Upgrade,
};
use crate::upstream::flux::{Feature, PRUNE};
use serde_json::Value;

pub fn release(
    context: &Context<'_>,
    unit: &Unit<'_>,
    chart: &Chart<'_>,
    name: &str,
    creates_namespace: bool,
) -> HelmRelease {
    let mut metadata = context.metadata(name);
    if unit.kept {
        metadata.annotations.insert(PRUNE.to_owned(), "disabled".to_owned());
    }
    // Without it a failed first installation is uninstalled, and with it what it had adopted: Calico, for one.
    let strategy = context.has(Feature::ReadyExpressions).then(|| Strategy {
        name: Some(StrategyName::RetryOnFailure),
        retry_interval: Some("1m".to_owned()),
    });
    HelmRelease {
        metadata,
        spec: HelmReleaseSpec {
            interval: context.interval(),
            timeout: Some("10m".to_owned()),
            chart: Some(ChartTemplate {
                spec: ChartSpec {
                    chart: chart.name.to_owned(),
                    version: Some(chart.version.clone()),
                    source_ref: SourceReference {
                        kind: "HelmRepository".to_owned(),
                        name: chart.repository_name.to_owned(),
                        ..Default::default()
                    },
                    ..Default::default()
                },
            }),
            release_name: Some(chart.release.to_owned()),
            target_namespace: Some(chart.namespace.clone()),
            // Where `helm list` looks for it.
            storage_namespace: Some(chart.namespace.clone()),
            install: Some(Install {
                create_namespace: creates_namespace.then_some(true),
                crds: Some(CRDs::CreateReplace),
                strategy: strategy.clone(),
                ..Default::default()
            }),
            // Helm itself never upgrades the CRDs of a chart.
            upgrade: Some(Upgrade { crds: Some(CRDs::CreateReplace), strategy, ..Default::default() }),
            values: chart.values.and_then(|file| values(file.bytes())),
            ..Default::default()
        },
    }
}

/// The values of a file of the tree; nothing when it says nothing.
fn values(bytes: &[u8]) -> Option<Value> {
    let values: Value =
        serde_yaml::from_slice(bytes).expect("broken promise: a values file that was made is not YAML");
    (!values.is_null()).then_some(values)
}
