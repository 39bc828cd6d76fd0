//! What a service wants, its chart can say.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Owner, ServiceType, TrafficPolicy};
use crate::upstream::charts::service_keys;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4517",
    name: "chart-cannot-say",
    level: Level::Error,
    summary: "a chart has a key for the class and the traffic policy that its service wants",
    explanation: "Where the template of the Service has no key for a field, no value can set it: with a class that is not \
                  there MetalLB ignores the Service, and `traffic` stays `Cluster`, so the client's address is lost. Let \
                  `plan` write a second Service (`owner = \"plan\"`, a `name` of its own, the same selector) and keep the \
                  chart's as a ClusterIP.",
    fails: "[services.harbor]\nnamespace = \"harbor\"\nowner = \"chart\"\nrelease = { chart = \"harbor/harbor\", values = \"expose.loadBalancer\" }\nselector = { app = \"harbor\" }\nports = { http = \"80:8080\" }\ntraffic = \"Local\"\n",
    passes: "[services.harbor]\nnamespace = \"harbor\"\nname = \"harbor-lb\"\nselector = { app = \"harbor\" }\nports = { http = \"80:8080\" }\ntraffic = \"Local\"\n",
    covers: &["SV013", "LB-16"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in &facts.resolved.services {
        let (Owner::Chart, ServiceType::LoadBalancer) = (service.owner, service.exposure) else { continue };
        let Some(release) = &service.written.release else { continue };
        let release = &release.value;
        let version = release.version.as_ref().map(|version| &version.value);
        let keys = service_keys(&release.chart.value, &release.values.value, version);
        if !keys.known {
            continue;
        }
        let mut report = |what: &str, span| {
            let message = format!("the chart `{}` has no key for {what}", release.chart.value);
            let finding = Diagnostic::new(&RULE, span, message)
                .here("cannot be said to this chart")
                .label(release.chart.span, "its template of the Service does not read it")
                .help(format!(
                    "write: owner = \"plan\", name = \"{}-lb\", without `release`, and leave the chart's Service a ClusterIP",
                    service.key
                ))
                .on(service.path());
            found.push(finding);
        };
        let metallb = facts.resolved.cluster(service.cluster).metallb();
        let class = service
            .shared
            .class
            .as_ref()
            .or(metallb.and_then(|metallb| metallb.load_balancer_class.as_ref()));
        if let Some(class) = class.filter(|_| keys.load_balancer_class.is_none()) {
            report("the load balancer class", class.span);
        }
        let local = service.shared.traffic.as_ref().filter(|traffic| traffic.value == TrafficPolicy::Local);
        if let Some(traffic) = local.filter(|_| keys.external_traffic_policy.is_none()) {
            report("`externalTrafficPolicy`", traffic.span);
        }
    }
}
