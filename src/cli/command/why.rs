//! `plan why`: whether one may connect to another, and which rule says so.

use super::reach::{cluster, one, told};
use crate::cli::compile::{compile, compile_text, plan};
use crate::cli::failure::Failure;
use crate::cli::format::Purpose;
use crate::cli::manifests::Cluster;
use crate::cli::place::Place;
use crate::cli::run::{PlanRun, Status};
use crate::cli::terminal::Terminal;
use crate::connectivity::{Certainty, Network, Protocol, World};
use crate::diagnostics::Level;
use crate::facts::Facts;
use crate::manifests::finding::is_not_judged;
use crate::reach::answer::{certainty, word};
use crate::reach::endpoint::{Named, Role, split};
use crate::reach::proposal::{Proposal, proposals};
use crate::reach::{Answer, Subject, Unanswerable};
use crate::source::Source;
use serde_json::json;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  plan why tenants.fraud minio:api plans/lab              a tenant, and a named port of a service
  plan why fraud/app=scorer search/*:8080                 pods by labels, and all pods of a namespace
  plan why mlflow 10.0.0.0/8:443 plans/lab                a network
  plan why tenants.fraud kube-system/k8s-app=kube-dns:53/UDP
  kubectl get ns,deploy,sts,ds,pods,svc,netpol -A -o yaml | plan why web/front api/back:8080 --manifests -";

/// Explain whether one may connect to another: by which policy and rule, from which table of the plan
///
/// An end is a service (NAME or services.NAME), tenants.NAME, namespaces.NAME, external.NAME, hosts.NAME, seldon, lan,
/// internet, node, pods as namespace/name, namespace/key=value,key=value or namespace/*, a network or an address. In
/// manifests it is a namespace, namespace/name of a workload or a Service, labels, a network, an address, internet or node.
///
/// The status is 0 when the connection is allowed by every network plugin, 1 when it is not, 2 without an answer.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Who calls
    #[arg(value_name = "FROM")]
    from: String,
    /// Who is called: NAME, NAME:PORT or NAME:PORT/PROTOCOL; the port of a Service means the port of the pod behind it
    #[arg(value_name = "TO[:PORT[/PROTO]]")]
    to: String,
    /// A file, or a folder with a migration.toml
    #[arg(value_name = "PLAN", conflicts_with = "manifests")]
    plan: Option<PathBuf>,
    /// Files or folders of manifests, or the output of `kubectl get -A -o yaml`; - reads stdin
    #[arg(long, value_name = "DIR|FILE|-")]
    manifests: Vec<PathBuf>,
    /// The cluster of the plan
    #[arg(long, value_name = "CLUSTER", conflicts_with = "manifests")]
    cluster: Option<String>,
    /// As if the policies that are only staged were enforced
    #[arg(long)]
    staged: bool,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    if !arguments.manifests.is_empty() {
        let cluster = Cluster::read(&arguments.manifests, arguments.staged)?;
        let mut subject = Subject::of_manifests(&cluster.manifests, &cluster.sources, cluster.title.as_str());
        let question = ask(&mut subject, arguments)?;
        // Of what is wrong only that matters here which makes the answer one about half a cluster.
        let mut run = cluster.run(&subject.network());
        run.diagnostics.retain(|finding| finding.level == Level::Error || is_not_judged(finding));
        terminal.report(std::slice::from_ref(&run), Purpose::Aside)?;
        let status = run.status(terminal.deny_warnings);
        return Ok(status.max(say(&question, None, terminal)?));
    }
    let place = one(arguments.plan.as_ref())?;
    let text = plan(&place)?;
    let compiled = compile(&place, false, |facts| of_plan(facts, arguments, &text))?;
    let Some(seen) = compiled.seen else { return told(compiled.run, terminal) };
    let (question, proposals) = seen?;
    let helps = |proposal: &&Proposal| helps(&place, &text, proposal, arguments);
    let proposal = proposals.iter().find(helps);
    let status = told(compiled.run, terminal)?;
    Ok(status.max(say(&question, proposal, terminal)?))
}

/// What was asked, and the answer.
struct Question {
    answer: Answer,
    /// What an answer that is only one word would hide.
    remarks: Vec<String>,
    of_plan: bool,
    from: Named,
    to: Named,
    port: Option<(Protocol, u16)>,
}

fn ask(subject: &mut Subject<'_>, arguments: &Arguments) -> Result<Question, Unanswerable> {
    let (written, asked) = split(&arguments.to);
    let from = subject.named(&arguments.from, Role::From)?;
    let to = subject.named(written, Role::To)?;
    let network = subject.network();
    let answer = Answer::new(subject, &network, &from, &to, asked.as_ref())?;
    let port = asked.as_ref().map(|asked| subject.pod_port(&to, asked)).transpose()?;
    let port = port.or(to.ports.first().copied());
    let under = |world: &World| certainty(&Network::new(world), &from, &to, &answer);
    let known = answer.certainty();
    let mut remarks = subject.caveats();
    if to.name != written {
        remarks.push(format!(
            "{written} is an address of the Service {}: policies see the pods behind it",
            to.name
        ));
    }
    let cilium = under(&World { blocks_match_nodes: false, ..subject.world.clone() });
    match cilium == known {
        // What it depends on stands above, and may be the plugin itself.
        true if known == Certainty::Depends => {}
        true => remarks.push("the same under Calico and under Cilium".to_owned()),
        false => {
            remarks.push(format!("under Cilium: {}, unless policyCIDRMatchMode=nodes is set", word(cilium)));
        }
    }
    if let Some(enforced) = subject.if_enforced().filter(|_| !arguments.staged) {
        let enforced = under(&enforced);
        if enforced != known {
            remarks.push(format!("once the staged policies are enforced: {} (see --staged)", word(enforced)));
        }
    }
    Ok(Question { answer, remarks, of_plan: arguments.manifests.is_empty(), from, to, port })
}

fn of_plan(
    facts: &Facts<'_>,
    arguments: &Arguments,
    text: &Source,
) -> Result<(Question, Vec<Proposal>), Failure> {
    let cluster = cluster(facts, arguments.cluster.as_deref())?;
    let mut subject = Subject::of_plan(facts, cluster, arguments.staged);
    let question = ask(&mut subject, arguments)?;
    let proposals = match question.answer.certainty() {
        Certainty::Allowed => Vec::new(),
        _ => proposals(&subject, &text.text, &question.from, &question.to, question.port),
    };
    Ok((question, proposals))
}

/// Whether the plan with the proposal has no more errors than before, and lets the connection through.
fn helps(place: &Place, text: &Source, proposal: &Proposal, arguments: &Arguments) -> bool {
    let errors = |run: &PlanRun| run.count(Level::Error);
    let Ok(before) = compile_text(place, text.clone(), false, |_| ()) else { return false };
    let edited = Source::new(text.name.clone(), proposal.applied(&text.text));
    let after = compile_text(place, edited, false, |facts| of_plan(facts, arguments, text));
    let Ok(after) = after else { return false };
    let opened = match after.seen {
        Some(Ok((question, _))) => question.answer.certainty() == Certainty::Allowed,
        _ => false,
    };
    opened && errors(&after.run) <= errors(&before.run)
}

fn say(question: &Question, proposal: Option<&Proposal>, terminal: &mut Terminal) -> Result<Status, Failure> {
    let answer = &question.answer;
    let text = match terminal.format.for_programs {
        true => {
            let mut value = answer.json();
            value["format_version"] = json!(1);
            value["remarks"] = json!(question.remarks);
            value["proposal"] = json!(proposal.map(|proposal| &proposal.text));
            format!("{value:#}\n")
        }
        false => {
            let mut text = answer.text();
            text.extend(question.remarks.iter().map(|remark| format!("{remark}\n")));
            if let Some(proposal) = proposal {
                text.push_str("\nto open it, write:\n");
                text.extend(proposal.text.lines().map(|line| format!("  {line}\n")));
            } else if question.of_plan && answer.certainty() == Certainty::Denied {
                text.push_str(
                    "\nno single line of the plan opens it; a NetworkPolicy under `[policies]` may\n",
                );
            }
            text
        }
    };
    terminal.answer(&text)?;
    Ok(if answer.certainty() == Certainty::Allowed { Status::Clean } else { Status::No })
}
