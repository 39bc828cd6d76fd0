//! The values that the plan gives to Seldon's charts, key by key.

use crate::decode::{Raw, RawValue};
use crate::facts::Facts;
use crate::resolve::{Install, Resolved};
use crate::source::{Located, Span};
use crate::upstream::Version;
use crate::upstream::seldon::{Chart, ChartKeys, Found, keys};

/// A key of the plan and what the chart makes of it.
pub struct Key<'a> {
    pub chart: Chart,
    pub release: &'a Version,
    /// Its dotted path in the values.
    pub path: String,
    /// Its key path in the plan.
    pub on: String,
    pub span: Span,
    pub value: &'a Located<RawValue>,
    pub found: Found<'static>,
}

/// The broker of a controller: what its values say, or else the service that `kafka` names.
pub fn broker(resolved: &Resolved<'_>, install: &Install<'_>) -> Option<String> {
    let setup = install.settings.values.as_ref().and_then(|values| values.value.setup.as_ref());
    let setup = setup.map(|setup| setup.value.to_json()).unwrap_or_default();
    let written = setup.pointer("/kafka/bootstrap").and_then(|bootstrap| bootstrap.as_str());
    written.map(str::to_owned).or_else(|| resolved.broker_of(install))
}

/// `kafka.lab:9092` of `kafka.lab.svc.cluster.local:9092`.
pub fn short(bootstrap: &str) -> String {
    let (host, port) = bootstrap.rsplit_once(':').unwrap_or((bootstrap, ""));
    let host = host.split_once(".svc").map_or(host, |(host, _)| host);
    format!("{host}:{port}")
}

/// Every key down to those that a chart reads, takes whole, or does not know.
pub fn written<'a>(facts: &'a Facts<'_>) -> Vec<Key<'a>> {
    let mut all = Vec::new();
    for install in &facts.resolved.installs {
        let Some(values) = &install.settings.values else { continue };
        let charts = [
            (Chart::Setup, "setup", &values.value.setup),
            (Chart::Runtime, "runtime", &values.value.runtime),
            (Chart::Servers, "servers", &values.value.servers),
        ];
        for (chart, word, raw) in charts {
            let (Some(raw), Some(keys)) = (raw, keys(&install.version, chart)) else { continue };
            let walk = Walk { chart, keys, release: &install.version, on: format!("seldon.values.{word}") };
            walk.table(&raw.value, "", &mut all);
        }
    }
    all
}

struct Walk<'a> {
    chart: Chart,
    keys: &'static ChartKeys,
    release: &'a Version,
    on: String,
}

impl<'a> Walk<'a> {
    fn table(&self, raw: &'a Raw, above: &str, all: &mut Vec<Key<'a>>) {
        for (key, value) in &raw.0 {
            let path = if above.is_empty() { key.value.clone() } else { format!("{above}.{}", key.value) };
            let found = self.keys.find(&path);
            if let RawValue::Table(table) = &value.value {
                let mut inside = Vec::new();
                match &found {
                    Found::Group => self.table(table, &path, all),
                    // A map that holds nothing but dead keys is unknown itself; its keys say more.
                    Found::Unknown { .. } => self.table(table, &path, &mut inside),
                    _ => {}
                }
                // A row about a key inside says more than one about the whole map.
                let row = |found: &Found<'_>| match found {
                    Found::Unknown { replacement, .. } => replacement.map(|row| row.key),
                    _ => Some(""),
                };
                let is_known = inside.iter().any(|key| row(&key.found) != row(&found));
                if is_known {
                    all.append(&mut inside);
                }
                if is_known || found == Found::Group {
                    continue;
                }
            }
            let on = format!("{}.{path}", self.on);
            all.push(Key {
                chart: self.chart,
                release: self.release,
                path,
                on,
                span: key.span,
                value,
                found,
            });
        }
    }
}
