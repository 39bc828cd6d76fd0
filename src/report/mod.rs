//! The whole plan on one page, for those who look before they ask: what is where, who reaches whom, when, at what risk.
//!
//! One HTML file without network access: its style and its script are inside it, its content security policy lets
//! nothing else in. Every text goes through the escaping of the templates in `templates/report`; a part of the page is
//! one file here, which computes plain values, and one template.

mod addresses;
mod changes;
mod connectivity;
mod endpoints;
mod findings;
mod policy;
mod risks;
mod timeline;
mod topology;

use crate::diagnostics::{Diagnostic, Level};
use crate::diff::Diff;
use crate::facts::Facts;
use crate::source::Source;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, HtmlEscape, UndefinedBehavior};
use serde::Serialize;

/// The templates by the name that they include each other by.
const TEMPLATES: &[(&str, &str)] = &[
    ("page", include_str!("../../templates/report/page.html.j2")),
    ("unread", include_str!("../../templates/report/unread.html.j2")),
    ("topology", include_str!("../../templates/report/topology.html.j2")),
    ("addresses", include_str!("../../templates/report/addresses.html.j2")),
    ("connectivity", include_str!("../../templates/report/connectivity.html.j2")),
    ("timeline", include_str!("../../templates/report/timeline.html.j2")),
    ("risks", include_str!("../../templates/report/risks.html.j2")),
    ("findings", include_str!("../../templates/report/findings.html.j2")),
    ("changes", include_str!("../../templates/report/changes.html.j2")),
];
const STYLE: &str = include_str!("../../templates/report/style.css");
const SCRIPT: &str = include_str!("../../templates/report/script.js");

/// What the page shows of the facts alone.
#[derive(Serialize)]
pub struct View {
    name: String,
    domain: Option<String>,
    counts: Vec<(&'static str, usize)>,
    topology: topology::Topology,
    endpoints: Vec<endpoints::Row>,
    addresses: addresses::Addresses,
    connectivity: connectivity::Connectivity,
    timeline: Option<timeline::Timeline>,
    risks: risks::Risks,
}

/// Everything that the page shows.
#[derive(Serialize)]
struct Page<'a, V> {
    #[serde(flatten)]
    view: V,
    policy: String,
    style: &'a str,
    script: &'a str,
    errors: usize,
    warnings: usize,
    notes: usize,
    findings: findings::Findings,
    changes: Option<changes::Changes>,
}

/// Looks at a plan, good or bad.
pub fn view(facts: &Facts<'_>) -> View {
    View {
        name: facts.resolved.name.to_owned(),
        domain: facts.resolved.domain.map(str::to_owned),
        counts: counts(facts),
        topology: topology::topology(facts),
        endpoints: endpoints::rows(facts),
        addresses: addresses::addresses(facts),
        connectivity: connectivity::connectivity(facts),
        timeline: timeline::timeline(facts),
        risks: risks::risks(facts),
    }
}

/// The page. `sources` are the texts that spans of the findings count: the plan, its lock, its templates.
pub fn page(view: &View, found: &[&Diagnostic], sources: &[Source], diff: Option<&Diff>) -> String {
    render("page", &Page::new(view, found, sources, diff))
}

/// The page of a plan of which nothing can be shown but what is wrong with it, because it cannot be read. `name` is that
/// of its folder.
pub fn unread(name: &str, found: &[&Diagnostic], sources: &[Source]) -> String {
    #[derive(Serialize)]
    struct Unread<'a> {
        name: &'a str,
    }
    render("unread", &Page::new(Unread { name }, found, sources, None))
}

impl<'a, V: Serialize> Page<'a, V> {
    fn new(view: V, found: &[&Diagnostic], sources: &[Source], diff: Option<&Diff>) -> Page<'a, V> {
        let count = |level: Level| found.iter().filter(|finding| finding.level == level).count();
        Page {
            view,
            policy: policy::policy(STYLE, SCRIPT),
            style: STYLE,
            script: SCRIPT,
            errors: count(Level::Error),
            warnings: count(Level::Warning),
            notes: count(Level::Note),
            findings: findings::findings(found, sources),
            changes: diff.map(changes::changes),
        }
    }
}

fn render<V: Serialize>(name: &str, page: &Page<'_, V>) -> String {
    // The indentation of a template is for those who read it; ten thousand services would carry it ten thousand times.
    let lines = |text: &str| text.lines().map(str::trim_start).collect::<Vec<_>>().join("\n");
    let texts: Vec<(&str, String)> = TEMPLATES.iter().map(|(name, text)| (*name, lines(text))).collect();
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    environment.set_syntax(syntax.build().expect("broken promise: the delimiters are Jinja's own"));
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("ticks", ticks);
    for (name, text) in &texts {
        let added = environment.add_template(name, text);
        added.expect("broken promise: the templates of the report are templates");
    }
    let template = environment.get_template(name);
    let rendered = template.and_then(|template| template.render(Serde(page)));
    rendered.expect("broken promise: the report has every name that its templates use")
}

fn counts(facts: &Facts<'_>) -> Vec<(&'static str, usize)> {
    let resolved = &facts.resolved;
    let counts = [
        ("cluster", "clusters", resolved.targets().count()),
        ("machine", "machines", resolved.hosts.len()),
        ("pool", "pools", resolved.pools.len()),
        ("service", "services", resolved.services.len()),
        ("tenant", "tenants", resolved.tenants.len()),
        ("address", "addresses", resolved.addresses.len()),
        ("policy", "policies", facts.guards.len() + facts.raw_policies.len()),
        ("stage", "stages", resolved.stages.len()),
    ];
    let word = |(one, many, count)| (if count == 1 { one } else { many }, count);
    counts.into_iter().map(word).collect()
}

/// A sentence whose names stand in backticks, as markup: the names as code, everything escaped.
fn ticks(text: &str) -> Value {
    let mut markup = String::with_capacity(text.len() + 16);
    let parts: Vec<&str> = text.split('`').collect();
    let closed = parts.len() % 2 == 1;
    for (at, part) in parts.iter().enumerate() {
        let escaped = HtmlEscape(part).to_string();
        match at % 2 == 1 && closed {
            true => markup.push_str(&format!("<code>{escaped}</code>")),
            false if at > 0 && !closed => markup.push_str(&format!("`{escaped}")),
            false => markup.push_str(&escaped),
        }
    }
    Value::from_safe_string(markup)
}

/// Text for markup that is not made by a template.
fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn names_in_backticks_are_code_and_nothing_is_markup() {
        let markup = |text: &str| ticks(text).to_string();
        assert_eq!(markup("`a` and `b<c`"), "<code>a</code> and <code>b&lt;c</code>");
        assert_eq!(markup("one ` alone"), "one ` alone");
        assert_eq!(markup(""), "");
    }
}
