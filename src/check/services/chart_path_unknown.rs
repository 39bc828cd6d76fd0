//! The values path of a known chart is one under which it has a Service.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest, quoted};
use crate::facts::Facts;
use crate::model::Owner;
use crate::upstream::charts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4515",
    name: "chart-path-unknown",
    level: Level::Warning,
    summary: "`release.values` is a path of the chart that `plan` knows, where it knows the chart",
    explanation: "Helm takes every key and says nothing about one that no template reads. Under another path than those in \
                  the table `plan` writes the usual keys, and whether the chart reads them is a guess.",
    fails: "[services.web]\nnamespace = \"web\"\nowner = \"chart\"\nrelease = { chart = \"ingress-nginx/ingress-nginx\", values = \"controler.service\" }\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nowner = \"chart\"\nrelease = { chart = \"ingress-nginx/ingress-nginx\", values = \"controller.service\" }\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    covers: &["SEL-01"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts).filter(|service| service.owner == Owner::Chart) {
        let Some(release) = &service.written.release else { continue };
        let (chart, values) = (release.value.chart.value.as_str(), &release.value.values);
        let known: Vec<&str> = charts::services(chart).collect();
        if known.is_empty() || known.contains(&values.value.as_str()) {
            continue;
        }
        let message = format!("`plan` knows no Service under `{}` in the values of `{chart}`", values.value);
        let finding = Diagnostic::new(&RULE, values.span, message)
            .here("the chart may not read what is written there")
            .on(format!("{}.release", service.path()));
        found.push(match nearest(&values.value, known.iter().copied()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")).spell(
                values.span,
                &values.value,
                known.iter().copied(),
                Names::Fixed,
                quoted,
            ),
            None => finding.help(format!("the paths are: {}", known.join(", "))),
        });
    }
}
