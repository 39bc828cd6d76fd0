//! Every rule is shown by two plans, or two sets of manifests: one that breaks it and no other, and one in which
//! nothing is found.

use plan::diagnostics::{Diagnostic, Rule};
use plan::model::values::Date;
use plan::source::Source;
use std::collections::BTreeSet;

/// The day on which the examples are read.
const TODAY: Date = Date { year: 2026, month: 1, day: 31 };

struct Compiled {
    plan: Source,
    lock: Option<Source>,
    templates: Vec<(String, Source)>,
    found: Vec<Diagnostic>,
}

fn compile(example: &str) -> Compiled {
    let plan = Source::new("migration.toml", plan::check::scaffold(example));
    let lock = plan::check::scaffold_lock(example).map(|lock| Source::new("plan.lock", lock));
    let templates: Vec<(String, Source)> = (plan::check::scaffold_templates(example).into_iter())
        .map(|(path, text)| (path.to_owned(), Source::new(path, text)))
        .collect();
    let runbook: Vec<(String, Source)> = (plan::check::scaffold_runbook(example).into_iter())
        .map(|(path, text)| (path.to_owned(), Source::new(path, text)))
        .collect();
    let inputs = plan::Inputs {
        plan: plan.clone(),
        lock: lock.clone(),
        templates: templates.clone(),
        runbook: runbook.clone(),
    };
    let mut found = plan::compile(&inputs).diagnostics;
    // What only the command line knows is the day.
    plan::judge(&inputs, |facts, _| found.extend(plan::check::expired(facts, TODAY)));
    Compiled { plan, lock, templates: templates.into_iter().chain(runbook).collect(), found }
}

/// The examples of a rule about manifests are manifests.
fn example(rule: &Rule, text: &str) -> Compiled {
    if !plan::manifests::finding::rules().iter().any(|known| known.code == rule.code) {
        return compile(text);
    }
    let plan = Source::new("manifests.yaml", text);
    let manifests = plan::manifests::Manifests::read(std::slice::from_ref(&plan));
    let network = plan::connectivity::Network::new(&manifests.world);
    let found = plan::manifests::finding::find(&manifests, &network);
    Compiled { plan, lock: None, templates: Vec::new(), found }
}

impl Compiled {
    fn list(&self) -> String {
        let line = |finding: &Diagnostic| {
            let labels: Vec<String> = (finding.labels.iter())
                .map(|label| format!("\n      {:?}: {}", self.text(label.span), label.text))
                .collect();
            format!("    {} {}: {}{}", finding.rule.code, finding.rule.name, finding.message, labels.concat())
        };
        self.found.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn text(&self, span: plan::source::Span) -> Option<&str> {
        let source = match span.source {
            plan::PLAN => Some(&self.plan),
            plan::LOCK => self.lock.as_ref(),
            number => self.templates.get(usize::from(number - plan::TEMPLATES)).map(|(_, text)| text),
        };
        source.and_then(|source| source.text.get(span.range()))
    }
}

/// What is wrong with the examples and the words of one rule.
fn complaints(rule: &Rule) -> Vec<String> {
    let mut complaints = Vec::new();
    let fails = example(rule, rule.fails);
    if fails.found.is_empty() {
        complaints.push("`fails` breaks nothing".to_owned());
    }
    if fails.found.iter().any(|finding| finding.rule.code != rule.code) {
        complaints.push(format!("`fails` breaks more than its rule:\n{}", fails.list()));
    }
    for finding in &fails.found {
        if finding.labels.iter().any(|label| fails.text(label.span).is_none()) {
            complaints.push(format!("a label lies outside of the text: {:?}", finding.labels));
        }
        if finding.labels[0].text.is_empty() {
            complaints.push(format!("`{}` says nothing at its place", finding.message));
        }
        if finding.message.ends_with('.') || finding.message.contains('\n') {
            complaints.push(format!("`{}` is not one sentence without a full stop", finding.message));
        }
        let help = finding.help.as_deref().unwrap_or_default();
        let (words, lines) = help.split_once('\n').unwrap_or((help, ""));
        if let Err(error) = toml::from_str::<toml::Table>(lines) {
            complaints.push(format!("nobody can paste these lines of the help:\n{lines}\n{error}"));
        }
        // Helps about manifests are in the words of YAML.
        let of_yaml = finding.rule.code.starts_with("P51");
        if !of_yaml && (words.contains(": [") || words.contains("[[")) {
            complaints.push(format!("a TOML header stands within a line: {words}"));
        }
        let of_a_check = !rule.code.starts_with("P0") && !rule.code.starts_with("P1");
        if of_a_check && (finding.help.is_none() || finding.on.is_empty()) {
            complaints.push(format!("`{}` has no help or no key path", finding.message));
        }
    }
    let passes = example(rule, rule.passes);
    if !passes.found.is_empty() {
        complaints.push(format!("`passes` does not:\n{}", passes.list()));
    }
    if rule.fails.is_empty() || rule.fails == rule.passes {
        complaints.push("`fails` shows nothing".to_owned());
    }
    if rule.explanation.len() < 40 {
        complaints.push("the explanation explains nothing".to_owned());
    }
    let first = rule.summary.chars().next().unwrap_or('A');
    if rule.summary.ends_with('.') || (first.is_uppercase() && !upstream_name(rule.summary)) {
        complaints.push("the summary is one lowercase phrase without a full stop".to_owned());
    }
    complaints
}

/// Whether a phrase starts with a name that is written with a capital letter.
fn upstream_name(phrase: &str) -> bool {
    let names = [
        "MetalLB",
        "Calico",
        "Kubernetes",
        "K3s",
        "Seldon",
        "Argo",
        "Flux",
        "BGP",
        "BFD",
        "Ansible",
        "Helm",
        "DHCP",
        "Services",
        "NetworkPolicies",
        "IPv6",
        "ServiceLB",
        "Felix",
        "Goldmane",
        "Whisker",
    ];
    names.iter().any(|name| phrase.starts_with(name))
}

#[test]
fn the_examples_of_every_rule_are_honest() {
    let mut broken = String::new();
    for rule in plan::check::rules() {
        for complaint in complaints(rule) {
            broken += &format!("{} {}: {complaint}\n", rule.code, rule.name);
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
}

#[test]
fn codes_and_names_are_unique_and_well_formed() {
    let rules = plan::check::rules();
    let codes: BTreeSet<&str> = rules.iter().map(|rule| rule.code).collect();
    let names: BTreeSet<&str> = rules.iter().map(|rule| rule.name).collect();
    assert_eq!(codes.len(), rules.len(), "two rules have one code");
    assert_eq!(names.len(), rules.len(), "two rules have one name");
    for rule in rules {
        let digits = rule
            .code
            .strip_prefix('P')
            .is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(digits, "{} is not `P` and four digits", rule.code);
        let kebab = rule.name.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        assert!(kebab, "{} is not kebab-case", rule.name);
    }
}

#[test]
fn the_completing_plan_breaks_nothing() {
    let compiled = compile("");
    assert!(compiled.found.is_empty(), "{}", compiled.list());
}

/// The plans of this repository, and the warnings that they are known to have.
#[test]
fn the_reference_plans_have_no_errors() {
    for (name, text, known) in [
        ("ml-platform", include_str!("../plans/ml-platform/migration.toml"), WARNINGS_OF_ML_PLATFORM),
        ("article", include_str!("../plans/article/migration.toml"), WARNINGS_OF_ARTICLE),
    ] {
        let compiled = compile(text);
        let found: Vec<(&str, &str)> =
            compiled.found.iter().map(|finding| (finding.rule.name, finding.on.as_str())).collect();
        assert_eq!(found, known, "{name}:\n{}", compiled.list());
        assert!(!plan::diagnostics::has_errors(&compiled.found));
    }
}

/// Rule and key path, in the order of the findings.
const WARNINGS_OF_ML_PLATFORM: &[(&str, &str)] = &[
    ("kubernetes-untested-with-seldon", "clusters.after.version"),
    ("chart-keeps-node-ports", "services.minio"),
    ("stateful-without-backup", "services.jupyterhub"),
    ("chart-keeps-node-ports", "services.harbor"),
    ("stateful-without-backup", "services.harbor"),
    ("chart-keeps-node-ports", "services.ingress-nginx"),
    ("stateful-without-backup", "services.kafka"),
    ("seldon-scheduler-exposed", "tenants.financial-inference.scheduler"),
    ("seldon-scheduler-exposed", "tenants.financial-mlops-pytorch.scheduler"),
    ("seldon-scheduler-exposed", "tenants.fraud-detection.scheduler"),
];
const WARNINGS_OF_ARTICLE: &[(&str, &str)] = &[
    ("kubernetes-untested-with-seldon", "clusters.production-v2.version"),
    ("storage-written-twice", "services.minio"),
];
