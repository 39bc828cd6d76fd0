//! `plan why`: whether one may connect to another, and which rule says so.

use super::reach::{cluster, one, told};
use crate::cli::compile::{compile, compile_text, plan};
use crate::cli::failure::Failure;
use crate::cli::manifests::Cluster;
use crate::cli::place::Place;
use crate::cli::run::{PlanRun, Status};
use crate::cli::terminal::Terminal;
use crate::connectivity::{Certainty, Protocol};
use crate::facts::Facts;
use crate::reach::endpoint::{Asked, Named, Role, split};
use crate::reach::proposal::{Proposal, proposals};
use crate::reach::{Answer, Subject, Unanswerable};
use crate::source::Source;
use serde_json::json;
use std::path::PathBuf;

/// Explain whether one may connect to another: by which policy and rule, from which table of the plan
///
/// An end is a service, tenants.NAME, external.NAME, namespace/name, namespace/key=value,key=value, a network, an
/// address, internet, node or lan. The status is 0 when the connection is allowed, 1 when it is not.
#[derive(Debug, clap::Args)]
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
        let answer = ask(&mut subject, arguments)?.answer;
        // A file that cannot be read makes the answer one about half a cluster.
        let run = PlanRun { diagnostics: cluster.manifests.found.clone(), ..cluster.run(&subject.network()) };
        told(run, terminal)?;
        return say(&answer, None, terminal);
    }
    let place = one(arguments.plan.as_ref())?;
    let text = plan(&place)?;
    let compiled = compile(&place, false, |facts| of_plan(facts, arguments, &text))?;
    let Some(seen) = compiled.seen else { return told(compiled.run, terminal) };
    let (answer, proposals) = seen?;
    let helps = |proposal: &&Proposal| helps(&place, &text, proposal, arguments);
    let proposal = proposals.iter().find(helps);
    told(compiled.run, terminal)?;
    say(&answer, proposal, terminal)
}

/// What was asked, and the answer.
struct Question {
    answer: Answer,
    from: Named,
    to: Named,
    port: Option<(Protocol, u16)>,
}

fn ask(subject: &mut Subject<'_>, arguments: &Arguments) -> Result<Question, Unanswerable> {
    let (to, asked) = split(&arguments.to);
    let from = subject.named(&arguments.from, Role::From)?;
    let to = subject.named(to, Role::To)?;
    let network = subject.network();
    let answer = Answer::new(subject, &network, &from, &to, asked.as_ref())?;
    let port = asked.map(|asked: Asked| subject.pod_port(&to, &asked)).transpose()?;
    let port = port.or(to.ports.first().copied());
    Ok(Question { answer, from, to, port })
}

fn of_plan(
    facts: &Facts<'_>,
    arguments: &Arguments,
    text: &Source,
) -> Result<(Answer, Vec<Proposal>), Failure> {
    let cluster = cluster(facts, arguments.cluster.as_deref())?;
    let mut subject = Subject::of_plan(facts, cluster, arguments.staged);
    let question = ask(&mut subject, arguments)?;
    let proposals = match question.answer.certainty() {
        Certainty::Allowed => Vec::new(),
        _ => proposals(&subject, &text.text, &question.from, &question.to, question.port),
    };
    Ok((question.answer, proposals))
}

/// Whether the plan with the proposal has no more errors than before, and lets the connection through.
fn helps(place: &Place, text: &Source, proposal: &Proposal, arguments: &Arguments) -> bool {
    let errors = |run: &PlanRun| run.count(crate::diagnostics::Level::Error);
    let Ok(before) = compile_text(place, text.clone(), false, |_| ()) else { return false };
    let edited = Source::new(text.name.clone(), proposal.applied(&text.text));
    let after = compile_text(place, edited, false, |facts| of_plan(facts, arguments, text));
    let Ok(after) = after else { return false };
    let opened = match after.seen {
        Some(Ok((answer, _))) => answer.certainty() == Certainty::Allowed,
        _ => false,
    };
    opened && errors(&after.run) <= errors(&before.run)
}

fn say(answer: &Answer, proposal: Option<&Proposal>, terminal: &mut Terminal) -> Result<Status, Failure> {
    let text = match terminal.format.for_programs {
        true => {
            let mut value = answer.json();
            value["format_version"] = json!(1);
            value["proposal"] = json!(proposal.map(|proposal| &proposal.text));
            format!("{value:#}\n")
        }
        false => {
            let mut text = answer.text();
            if let Some(proposal) = proposal {
                text.push_str("\nto open it, write:\n");
                text.extend(proposal.text.lines().map(|line| format!("  {line}\n")));
            }
            text
        }
    };
    terminal.answer(&text)?;
    Ok(if answer.certainty() == Certainty::Allowed { Status::Clean } else { Status::No })
}
