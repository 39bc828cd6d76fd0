//! What differs between releases is in the tables of `upstream`, and every row of a table is whole.

use plan::upstream::{Minor, Version, argocd, calico, flux, kubernetes, metallb, seldon};
use std::fs;
use std::path::Path;

fn version(minor: Minor) -> Version {
    Version::from((minor.0, minor.1, 0))
}

#[test]
fn nobody_compares_releases_elsewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in walkdir::WalkDir::new(&root).into_iter().flatten() {
        let path = entry.path();
        let known = path.starts_with(root.join("upstream")) || path.ends_with("tests.rs");
        if known || path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let text = fs::read_to_string(path).expect("a source");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in text.lines() {
            let compares = line.contains("at_least((") || line.contains(": Release = (");
            let minor = line
                .split("Minor(")
                .nth(1)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            assert!(!compares && !minor, "{}: {line}", path.display());
        }
    }
}

#[test]
fn every_line_of_calico_is_whole() {
    for line in calico::LINES {
        let release = version(line.minor);
        assert_eq!(calico::line(&release), Some(line));
        let operator = calico::operator(&release).expect("an operator");
        assert!(!format!("{operator:?}").is_empty());
        assert!(line.kubernetes.0 < line.kubernetes.1, "{line:?}");
        for minor in [line.kubernetes.0, line.kubernetes.1] {
            assert!(kubernetes::MINORS.contains(&minor), "Kubernetes {minor} of {line:?} is in no table");
            assert_eq!(calico::tested_with(&release, minor), Some(true));
        }
        assert!(!line.manifests.is_empty() && line.manifests.iter().all(|file| file.ends_with(".yaml")));
        let (api_version, kind) = line.cluster_policy;
        assert!(api_version.contains('/') && !kind.is_empty());
        assert!(calico::RESERVED_TIERS.iter().any(|(tier, _)| *tier == line.system_tier), "{line:?}");
    }
    let lines: Vec<Minor> = calico::LINES.iter().map(|line| line.minor).collect();
    for (major, minor, _) in calico::known_releases() {
        assert!(lines.contains(&Minor(major, minor)), "{major}.{minor} has an operator and no line");
    }
    assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "{lines:?}");
}

#[test]
fn every_minor_of_metallb_is_whole() {
    for minor in metallb::MINORS {
        let release = version(*minor);
        for backend in [metallb::Backend::Native, metallb::Backend::Frr, metallb::Backend::FrrK8s] {
            let known = metallb::backend_values(&release, backend).is_some();
            let expected = backend != metallb::Backend::FrrK8s || release.at_least(metallb::FRR_K8S_SINCE);
            assert_eq!(known, expected, "{backend:?} of {release}");
        }
        assert!(metallb::metrics(&release).port > 0);
        let prefix = metallb::prefix(&release);
        assert!(
            metallb::ANNOTATIONS.iter().all(|row| metallb::annotation(&release, row.key).starts_with(prefix))
        );
    }
    let newest = version(*metallb::MINORS.last().expect("a minor"));
    for field in metallb::FIELDS {
        assert!(newest.at_least(field.since), "{field:?} is of no release in the table");
    }
}

#[test]
fn every_release_of_seldon_has_its_keys_and_flows() {
    assert!(seldon::known_releases().len() > 2);
    for release in seldon::known_releases() {
        let release = Version::from(*release);
        for chart in [seldon::Chart::Setup, seldon::Chart::Runtime, seldon::Chart::Servers] {
            assert!(
                seldon::keys(&release, chart).is_some(),
                "{release}: no keys of {}",
                seldon::chart_name(chart)
            );
        }
        assert!(seldon::flows(&release).count() > 10, "{release}");
    }
}

#[test]
fn the_minors_follow_one_another() {
    for minors in [argocd::MINORS, flux::MINORS, metallb::MINORS] {
        assert!(!minors.is_empty());
        assert!(minors.windows(2).all(|pair| pair[0] < pair[1]), "{minors:?}");
    }
}
