//! A person may keep a finding, with a reason; what is kept for nothing is a finding itself.

use crate::diagnostics::{Diagnostic, Level, Names, Rule, key, nearest, quoted};
use crate::facts::Facts;
use crate::model::CheckLevel;
use crate::model::values::Date;

pub const RULES: &[&Rule] = &[&UNUSED_ACCEPT, &UNKNOWN_RULE, &ACCEPT_EXPIRED];

pub static UNUSED_ACCEPT: Rule = Rule {
    code: "P9001",
    name: "unused-accept",
    level: Level::Warning,
    summary: "every `accept` entry excuses a finding that exists",
    explanation: "An entry that matches nothing is either outdated, or its `on` names another place than the finding's. \
                  Left in the file it would silently excuse a finding of the future.",
    fails: "[[accept]]\nrule = \"overlapping-pools\"\non = \"pools.lan\"\nreason = \"they are on different wires\"\n",
    passes: "",
    covers: &[],
};

pub static UNKNOWN_RULE: Rule = Rule {
    code: "P9002",
    name: "unknown-rule",
    level: Level::Error,
    summary: "`accept` and `checks` name rules that exist",
    explanation: "The names and codes of all rules are listed by `plan explain`.",
    fails: "[checks]\noverlaping-pools = \"warn\"\n",
    passes: "[checks]\noverlapping-pools = \"deny\"\n",
    covers: &[],
};

pub static ACCEPT_EXPIRED: Rule = Rule {
    code: "P9003",
    name: "accept-expired",
    level: Level::Warning,
    summary: "no `accept` entry is older than its `until`",
    explanation: "Whoever wrote the entry wanted to look at the finding again on that day. It stays accepted and the \
                  output stays the same, because the same plan must compile to the same tree on every day; only the \
                  command line compares the date, with today in UTC. Look at the finding: mend it, or write a later day.",
    fails: r#"[hosts]
node-1 = { ip = "192.168.1.11" }
node-2 = { ip = "192.168.7.12" }

[[accept]]
rule = "host-outside-lan"
on = "hosts.node-2"
reason = "it moves next month"
until = 2020-01-31
"#,
    passes: r#"[hosts]
node-1 = { ip = "192.168.1.11" }
node-2 = { ip = "192.168.7.12" }

[[accept]]
rule = "host-outside-lan"
on = "hosts.node-2"
reason = "it moves next month"
until = 2999-12-31
"#,
    covers: &[],
};

/// Entries whose day is before `today`.
pub fn expired(facts: &Facts<'_>, today: Date) -> Vec<Diagnostic> {
    let plan = facts.resolved.plan;
    let mut found = Vec::new();
    for entry in plan.accept.iter().flat_map(|accept| accept.value.iter()) {
        let Some(until) = entry.value.until.as_ref().filter(|until| until.value < today) else { continue };
        let (rule, on) = (&entry.value.rule.value, &entry.value.on.value);
        let message = format!("`{rule}` on `{on}` was accepted until {}", until.value);
        found.push(
            Diagnostic::new(&ACCEPT_EXPIRED, until.span, message)
                .here("this day is over")
                .help("look at the finding again: mend it, or write a later day")
                .on("accept"),
        );
    }
    for entry in plan.checks.iter().flat_map(|checks| checks.value.iter()) {
        weigh(&mut found, entry.name.value.as_str(), entry.value);
    }
    found
}

/// Gives the findings of a rule the level that the plan asks for. An error is not a matter of judgement: what a
/// controller refuses cannot be switched off.
fn weigh(found: &mut Vec<Diagnostic>, name: &str, level: CheckLevel) {
    let level = match level {
        CheckLevel::Allow => None,
        CheckLevel::Warn => Some(Level::Warning),
        CheckLevel::Deny => Some(Level::Error),
    };
    found.retain_mut(|finding| {
        if finding.rule.name != name || finding.rule.level == Level::Error {
            return true;
        }
        finding.level = level.unwrap_or(finding.level);
        level.is_some()
    });
}

/// The findings that remain: levels set as `[checks]` says, accepted ones dropped, unused entries added.
pub fn apply(facts: &Facts<'_>, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let plan = facts.resolved.plan;
    let rules = super::rules();
    let mut extra = Vec::new();
    let unknown = |name: &str, span, on: String, written_as: fn(&str) -> String| {
        let finding = Diagnostic::new(&UNKNOWN_RULE, span, format!("there is no rule `{name}`")).on(on);
        match nearest(name, rules.iter().map(|rule| rule.name)) {
            Some(meant) => finding
                .here("no rule has this name")
                .help(format!("did you mean `{meant}`?"))
                .spell(span, name, rules.iter().map(|rule| rule.name), Names::Fixed, written_as),
            None => finding.here("no rule has this name").help("`plan explain` lists every rule"),
        }
    };
    for entry in plan.checks.iter().flat_map(|checks| checks.value.iter()) {
        let name = entry.name.value.as_str();
        if !rules.iter().any(|rule| rule.name == name) {
            extra.push(unknown(name, entry.name.span, format!("checks.{name}"), key));
        }
        weigh(&mut found, name, entry.value);
    }
    for entry in plan.accept.iter().flat_map(|accept| accept.value.iter()) {
        let (rule, on) = (entry.value.rule.value.as_str(), entry.value.on.value.as_str());
        let before = found.len();
        found.retain(|finding| {
            let same = finding.rule.name == rule || finding.rule.code == rule;
            !(same && finding.on == on && finding.rule.level != Level::Error)
        });
        if found.len() < before {
            continue;
        }
        if !rules.iter().any(|known| known.name == rule || known.code == rule) {
            extra.push(unknown(rule, entry.value.rule.span, "accept".to_owned(), quoted));
            continue;
        }
        let message = format!("this entry accepts `{rule}` on `{on}`, and there is no such finding");
        let elsewhere = found.iter().find(|finding| finding.rule.name == rule || finding.rule.code == rule);
        let finding = Diagnostic::new(&UNUSED_ACCEPT, entry.value.on.span, message)
            .on("accept")
            .here("matches nothing");
        extra.push(match elsewhere {
            Some(other) => {
                let places = found.iter().filter(|finding| finding.rule.code == other.rule.code);
                let places = places.map(|finding| finding.on.as_str());
                finding.help(format!("the finding is on `{}`", other.on)).spell(
                    entry.value.on.span,
                    on,
                    places,
                    Names::Chosen,
                    quoted,
                )
            }
            None => finding.help("remove the entry"),
        });
    }
    found.extend(extra);
    found
}
