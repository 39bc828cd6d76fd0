//! Where Flux fetches the tree and the charts from.

use super::super::chart::Chart;
use super::Context;
use crate::objects::flux::{
    GitReference, GitRepository, GitRepositorySpec, HelmRepository, HelmRepositorySpec,
};
use crate::objects::flux::{HelmRepositoryForm, SourceReference};
use crate::resolve::GitopsTarget;

/// How often a chart repository is looked at. The releases are fixed, so that only a lost index has to come back.
const CHART_INTERVAL: &str = "1h";

pub fn git(context: &Context<'_>) -> GitRepository {
    let secret = context.target.written.secret.as_ref();
    GitRepository {
        metadata: context.metadata(context.platform),
        spec: GitRepositorySpec {
            interval: context.interval(),
            url: context.target.repository.to_owned(),
            reference: Some(reference(context.target)),
            secret_ref: secret.map(|name| crate::objects::Named { name: name.value.to_string() }),
            ..Default::default()
        },
    }
}

pub fn git_reference(context: &Context<'_>) -> SourceReference {
    SourceReference {
        kind: "GitRepository".to_owned(),
        name: context.platform.to_owned(),
        ..Default::default()
    }
}

/// A revision is a commit, a full reference, a tag or a branch; Flux has a key for each.
fn reference(target: &GitopsTarget<'_>) -> GitReference {
    let text = target.revision.clone();
    let is_commit = text.len() == 40 && text.chars().all(|c| c.is_ascii_hexdigit());
    let numbers = text.strip_prefix('v').unwrap_or(&text);
    let is_release = numbers.contains('.') && numbers.chars().all(|c| c.is_ascii_digit() || c == '.');
    match () {
        () if is_commit => GitReference { commit: Some(text), ..Default::default() },
        () if text.starts_with("refs/") => GitReference { name: Some(text), ..Default::default() },
        () if is_release => GitReference { tag: Some(text), ..Default::default() },
        () => GitReference { branch: Some(text), ..Default::default() },
    }
}

pub fn helm(context: &Context<'_>, chart: &Chart<'_>) -> HelmRepository {
    HelmRepository {
        metadata: context.metadata(chart.repository_name),
        spec: HelmRepositorySpec {
            form: chart.repository.starts_with("oci://").then_some(HelmRepositoryForm::OCI),
            interval: Some(CHART_INTERVAL.to_owned()),
            url: chart.repository.to_owned(),
            ..Default::default()
        },
    }
}
