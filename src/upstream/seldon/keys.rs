//! The charts of Seldon have no schema, so Helm takes every key and a template reads only these.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::OnceLock;

use super::super::{Release, Version};
use super::Chart;

/// What a template expects of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Boolean,
    Integer,
    Number,
    Text,
    /// The chart's default is null, or the key is not in its `values.yaml`: nothing is known of its shape.
    Any,
}

/// The keys of one chart at one release.
#[derive(Debug)]
pub struct ChartKeys {
    chart: Chart,
    keys: BTreeMap<&'static str, Entry>,
}

#[derive(Debug)]
enum Entry {
    Live { kind: Kind, default: Option<serde_json::Value> },
    Dead,
}

/// What a chart makes of a key, given as a dotted path.
#[derive(Debug, PartialEq)]
pub enum Found<'a> {
    /// A template reads it; `default` is that of `values.yaml`, where the key is declared.
    Live { kind: Kind, default: Option<&'a serde_json::Value> },
    /// It lies inside a map that a template takes as a whole, such as a podSpec or annotations.
    Inside { map: &'a str },
    /// It is a map of live keys.
    Group,
    /// `values.yaml` declares it and no template reads it.
    Dead,
    /// No template reads it. `replacement` is for keys that people are known to write.
    Unknown { nearest: Option<&'a str>, replacement: Option<&'static Replacement> },
}

/// What to do about a key that people write and that never worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replacement {
    pub chart: Chart,
    /// The key or the start of it.
    pub key: &'static str,
    /// The key that works, if one does: in this chart, or in the chart of [`Replacement::in_chart`].
    pub instead: Option<&'static str>,
    pub in_chart: Chart,
    pub why: &'static str,
}

/// Keys from real platforms that no release reads; of those that begin alike, the longest first.
pub const REPLACEMENTS: &[Replacement] = &[
    unread(Chart::Setup, "controller.env", None, "the controller takes no environment from the chart"),
    unread(
        Chart::Setup,
        "controllerManager.env",
        None,
        "the controller dials `seldon-scheduler.NAMESPACE`, port 9004 or 9044 with TLS, and reads no such variable",
    ),
    unread(
        Chart::Setup,
        "controllerManager.resources.requests.cpu",
        Some("controller.resources.cpu"),
        "the chart sets one value as the request",
    ),
    unread(
        Chart::Setup,
        "controllerManager.resources",
        Some("controller.resources.memory"),
        "the chart sets one value as request and limit",
    ),
    unread(Chart::Setup, "controllerManager.webhookPort", None, "version 2 has no admission webhook"),
    unread(Chart::Setup, "controllerManager", Some("controller"), "the chart calls it `controller`"),
    Replacement {
        chart: Chart::Setup,
        key: "hodometer.disable",
        instead: Some("hodometer.disable"),
        in_chart: Chart::Runtime,
        why: "the runtime chart switches it off",
    },
    unread(Chart::Setup, "webhook", None, "version 2 has no admission webhook"),
    unread(Chart::Runtime, "controllerManager", None, "the controller belongs to the setup chart"),
    unread(Chart::Runtime, "dataflowEngine", Some("dataflow"), "the chart calls it `dataflow`"),
    unread(
        Chart::Runtime,
        "istio",
        None,
        "the chart makes no Istio object; write a Gateway and a VirtualService",
    ),
    unread(
        Chart::Runtime,
        "meshGateway",
        None,
        "the chart makes no Istio object; write a Gateway and a VirtualService",
    ),
];

/// Maps of the servers chart that render as broken YAML with more than one entry (`toYaml` without `nindent`, all
/// releases); a Server of its own has no such limit.
pub const ONE_ENTRY_ONLY: &[&str] =
    &["mlserver.annotations", "mlserver.labels", "triton.annotations", "triton.labels"];

const fn unread(
    chart: Chart,
    key: &'static str,
    instead: Option<&'static str>,
    why: &'static str,
) -> Replacement {
    Replacement { chart, key, instead, in_chart: chart, why }
}

/// Chart, state, releases, type, key and default of each key; the file says how it was found.
const TABLE: &str = include_str!("../data/seldon-values.txt");
/// The releases in the table, oldest first.
const RELEASES: &[Release] = &[(2, 8, 5), (2, 9, 0), (2, 9, 1), (2, 10, 0), (2, 10, 1), (2, 10, 2)];

type Table = BTreeMap<(Release, Chart), ChartKeys>;

/// The keys of a chart at a release; `None` when the table does not have the release, or for the CRD chart.
pub fn keys(release: &Version, chart: Chart) -> Option<&'static ChartKeys> {
    static PARSED: OnceLock<Table> = OnceLock::new();
    let known = RELEASES.iter().find(|known| Version::from(**known) == *release)?;
    PARSED.get_or_init(parse).get(&(*known, chart))
}

/// The releases in the table, oldest first.
pub fn known_releases() -> &'static [Release] {
    RELEASES
}

impl ChartKeys {
    /// What the chart makes of a dotted path such as `controller.resources.cpu`.
    pub fn find(&self, key: &str) -> Found<'_> {
        match self.keys.get(key) {
            Some(Entry::Live { kind, default }) => {
                return Found::Live { kind: *kind, default: default.as_ref() };
            }
            Some(Entry::Dead) => return Found::Dead,
            None => {}
        }
        if let Some(found) = self.above(key) {
            return found;
        }
        if self.under(key).any(|(_, entry)| matches!(entry, Entry::Live { .. })) {
            return Found::Group;
        }
        Found::Unknown { nearest: self.nearest(key), replacement: replacement(self.chart, key) }
    }

    /// All keys that a template reads, in order.
    pub fn live(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().filter(|(_, entry)| matches!(entry, Entry::Live { .. })).map(|(key, _)| *key)
    }

    /// The answer of a key above this one: a map that is taken whole, or a dead one.
    fn above(&self, key: &str) -> Option<Found<'_>> {
        for (at, _) in key.match_indices('.') {
            let parent = &key[..at];
            if let Some((known, entry)) = self.keys.get_key_value(parent) {
                return match entry {
                    Entry::Live { kind: Kind::Any, .. } => Some(Found::Inside { map: known }),
                    // A scalar has nothing inside.
                    Entry::Live { .. } => None,
                    Entry::Dead => Some(Found::Dead),
                };
            }
            // Declared with entries of its own, which are defaults and no closed list.
            let open = parent.ends_with(".annotations") || parent.ends_with(".labels");
            if open && let Some((known, _)) = self.under(parent).next() {
                return Some(Found::Inside { map: &known[..at] });
            }
        }
        None
    }

    /// The keys that lie in a map of keys.
    fn under(&self, map: &str) -> impl Iterator<Item = (&'static str, &Entry)> {
        let start = format!("{map}.");
        let from = (Bound::Included(start.as_str()), Bound::Unbounded);
        let entries = self.keys.range::<str, _>(from).map(|(key, entry)| (*key, entry));
        entries.take_while(move |(key, _)| key.starts_with(&start))
    }

    /// The live key that looks most like this one, if any does.
    fn nearest(&self, key: &str) -> Option<&'static str> {
        let scored = self.live().map(|known| (strsim::normalized_damerau_levenshtein(known, key), known));
        let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))?;
        // Less alike than this is another word.
        (best.0 >= 0.6).then_some(best.1)
    }
}

/// The row for a key or for what it lies in.
fn replacement(chart: Chart, key: &str) -> Option<&'static Replacement> {
    let covers = |row: &&Replacement| match key.strip_prefix(row.key) {
        Some(rest) => rest.is_empty() || rest.starts_with('.'),
        None => false,
    };
    REPLACEMENTS.iter().filter(|row| row.chart == chart).find(covers)
}

fn parse() -> Table {
    let mut table = Table::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.splitn(6, ' ');
        let mut column = || columns.next().expect("broken promise: a row of Seldon values has six columns");
        let (chart, state, releases, kind, key, default) =
            (column(), column(), column(), column(), column(), column());
        let chart = match chart {
            "setup" => Chart::Setup,
            "runtime" => Chart::Runtime,
            "servers" => Chart::Servers,
            other => unreachable!("broken promise: no chart `{other}`"),
        };
        let kind = match kind {
            "bool" => Kind::Boolean,
            "int" => Kind::Integer,
            "float" => Kind::Number,
            "str" => Kind::Text,
            _ => Kind::Any,
        };
        for release in RELEASES {
            let (major, minor, patch) = release;
            let written = format!("{major}.{minor}.{patch}");
            if releases != "*" && !releases.split(',').any(|listed| listed == written) {
                continue;
            }
            let entry = match state {
                "dead" => Entry::Dead,
                "undeclared" => Entry::Live { kind, default: None },
                _ => {
                    let value = serde_json::from_str(default);
                    Entry::Live { kind, default: Some(value.expect("broken promise: a default is JSON")) }
                }
            };
            let place = table.entry((*release, chart));
            let keys = &mut place.or_insert_with(|| ChartKeys { chart, keys: BTreeMap::new() }).keys;
            let before = keys.insert(key, entry);
            debug_assert!(before.is_none(), "two rows for `{key}` at {written}");
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart_keys(release: &str, chart: Chart) -> &'static ChartKeys {
        keys(&release.parse().expect(release), chart).expect("keys of the chart")
    }

    #[test]
    fn the_table_is_whole() {
        // (live with undeclared, dead) of each chart, as counted in the rendered charts.
        let count = |release, chart| {
            let keys = chart_keys(release, chart);
            let live = keys.live().count();
            (live, keys.keys.len() - live)
        };
        assert_eq!(count("2.9.1", Chart::Setup), (209 + 19, 4));
        assert_eq!(count("2.9.1", Chart::Runtime), (27 + 7, 1));
        assert_eq!(count("2.9.1", Chart::Servers), (10 + 6, 0));
        assert_eq!(count("2.8.5", Chart::Setup), (196 + 11, 3));
        assert_eq!(count("v2.10.2", Chart::Setup), (219 + 19, 4));
        assert_eq!(count("2.10.0", Chart::Runtime), (28 + 7, 2));
    }

    #[test]
    fn live_keys_have_type_and_default() {
        let setup = chart_keys("2.9.1", Chart::Setup);
        let no = serde_json::Value::Bool(false);
        assert_eq!(
            setup.find("controller.clusterwide"),
            Found::Live { kind: Kind::Boolean, default: Some(&no) }
        );
        assert_eq!(setup.find("controller.watchNamespaces"), Found::Live { kind: Kind::Any, default: None });
        let tag = serde_json::Value::from("2.9.1");
        assert_eq!(setup.find("scheduler.image.tag"), Found::Live { kind: Kind::Text, default: Some(&tag) });
    }

    #[test]
    fn a_release_decides() {
        let key = "controller.watchNamespaces";
        assert!(matches!(chart_keys("2.9.0", Chart::Setup).find(key), Found::Unknown { .. }));
        assert!(matches!(chart_keys("2.9.1", Chart::Setup).find(key), Found::Live { .. }));
        assert!(keys(&"2.7.0".parse().expect("a release"), Chart::Setup).is_none());
        assert!(keys(&"2.9.1".parse().expect("a release"), Chart::Crds).is_none());
    }

    #[test]
    fn maps_that_are_taken_whole_take_anything() {
        let setup = chart_keys("2.10.2", Chart::Setup);
        assert_eq!(setup.find("scheduler.labels.team"), Found::Inside { map: "scheduler.labels" });
        assert_eq!(setup.find("envoy.annotations.example.com/a"), Found::Inside { map: "envoy.annotations" });
        assert_eq!(setup.find("controller.resources"), Found::Group);
        let runtime = chart_keys("2.10.2", Chart::Runtime);
        assert_eq!(runtime.find("dataflow.podSpec.containers"), Found::Inside { map: "dataflow.podSpec" });
    }

    #[test]
    fn dead_keys_are_dead_with_all_inside() {
        assert_eq!(chart_keys("2.9.1", Chart::Runtime).find("scheduler.replicas"), Found::Dead);
        assert_eq!(chart_keys("2.10.0", Chart::Runtime).find("config.scalingConfig.servers"), Found::Dead);
        assert_eq!(chart_keys("2.9.1", Chart::Setup).find("scheduler.service.type"), Found::Dead);
    }

    #[test]
    fn a_typing_error_has_a_nearest_key() {
        let runtime = chart_keys("2.9.1", Chart::Runtime);
        let nearest = |key| match runtime.find(key) {
            Found::Unknown { nearest, .. } => nearest,
            other => panic!("{key} is {other:?}"),
        };
        assert_eq!(nearest("envoy.servicetype"), Some("envoy.serviceType"));
        assert_eq!(nearest("dataflow.replica"), Some("dataflow.replicas"));
        assert_eq!(nearest("quite.another.thing.altogether"), None);
    }

    #[test]
    fn what_people_wrote_is_answered() {
        let answer = |chart, key| match chart_keys("2.9.1", chart).find(key) {
            Found::Unknown { replacement, .. } => replacement.map(|row| row.instead),
            other => panic!("{key} is {other:?}"),
        };
        assert_eq!(answer(Chart::Setup, "controllerManager.env.SELDON_SCHEDULER_HOST"), Some(None));
        let memory = "controllerManager.resources.limits.memory";
        assert_eq!(answer(Chart::Setup, memory), Some(Some("controller.resources.memory")));
        assert_eq!(answer(Chart::Runtime, "dataflowEngine.replicas"), Some(Some("dataflow")));
        assert_eq!(answer(Chart::Setup, "controllerManagers"), None);
    }

    #[test]
    fn no_replaced_key_is_live_and_every_replacement_is() {
        for release in RELEASES {
            let release = Version::from(*release);
            for row in REPLACEMENTS {
                let found = keys(&release, row.chart).expect("keys").find(row.key);
                assert!(matches!(found, Found::Unknown { .. }), "{} at {release} is {found:?}", row.key);
                if let Some(instead) = row.instead {
                    let found = keys(&release, row.in_chart).expect("keys").find(instead);
                    assert!(
                        matches!(found, Found::Live { .. } | Found::Group),
                        "{instead} at {release}: {found:?}"
                    );
                }
            }
        }
    }
}
