//! Where something scrapes, it reaches the models too.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::PolicyMode;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6018",
    name: "unscraped-runtime",
    level: Level::Warning,
    summary: "a Seldon runtime in an isolated namespace is scraped where anything is",
    explanation: "Envoy (9003), the agents and the pipeline gateway (9006), MLServer (8082) and Triton (8002) serve the metrics \
                  of a runtime. In an isolated namespace nobody reaches them but those in `scraped_by`: without it \
                  Prometheus loses all of them without a word, its targets are `down`, and the dashboards of the models stay \
                  empty. A cluster in which nothing scrapes is not told about it, and `scraped_by = []` says that nobody \
                  shall scrape a runtime.",
    fails: tested!(
        "[seldon]\nversion = \"2.9.1\"\nruntime = false\n\n[services.prometheus]\nnamespace = \"monitoring\"\nselector = { app = \"prometheus\" }\nports = { http = \"9090\" }\nclients = []\n\n[tenants.fraud]\nseldon = true\n"
    ),
    passes: tested!(
        "[seldon]\nversion = \"2.9.1\"\nruntime = false\n\n[services.prometheus]\nnamespace = \"monitoring\"\nselector = { app = \"prometheus\" }\nports = { http = \"9090\" }\nclients = []\n\n[tenants.fraud]\nseldon = true\nscraped_by = [\"prometheus\"]\n"
    ),
    covers: &["N-12", "POL-14"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for install in &resolved.installs {
        let Some(scraper) = resolved.scraper_of(install.cluster) else { continue };
        let scraper = resolved.service(scraper);
        for runtime in resolved.runtimes_of(install.cluster) {
            // An empty list says that nobody shall.
            let said = match runtime.tenant {
                Some(tenant) => resolved.tenant(tenant).shared.scraped_by.is_some(),
                None => install.settings.scraped_by.is_some(),
            };
            let namespace = resolved.namespace(runtime.namespace);
            // The namespace as a whole may be scraped as well.
            if said || !namespace.scrapers.is_empty() || namespace.policy != PolicyMode::Isolated {
                continue;
            }
            let path = runtime.path(resolved);
            let finding = Diagnostic::new(
                &RULE,
                runtime.span,
                format!("`{}` cannot scrape the runtime of `{path}`, which is isolated", scraper.key),
            )
            .here("does not say who scrapes it")
            .label(scraper.span, "scrapes in this cluster")
            .help(format!("write here, or in its defaults: scraped_by = [\"{}\"]", scraper.key))
            .on(path);
            found.push(finding);
        }
    }
}
