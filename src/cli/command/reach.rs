//! `plan reach`: who may connect to whom, for a plan or for the manifests of any cluster.

use crate::cli::compile::compile;
use crate::cli::failure::Failure;
use crate::cli::format::{Choice, Purpose, parser_of};
use crate::cli::manifests::Cluster;
use crate::cli::place::{Place, find};
use crate::cli::run::{PlanRun, Status};
use crate::cli::terminal::Terminal;
use crate::connectivity::Network;
use crate::facts::Facts;
use crate::reach::address::Outside;
use crate::reach::endpoint::{Filter, Role};
use crate::reach::format::{FORMATS, Page};
use crate::reach::{Groups, Matrix, Subject, Unanswerable, profile};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  plan reach plans/lab
  plan reach plans/lab --from tenants.fraud --to minio
  plan reach plans/lab --if-enforced                      what enforcing the staged policies would cut
  plan reach plans/lab --format svg > reach.svg
  kubectl get ns,deploy,sts,ds,pods,svc,netpol -A -o yaml | plan reach --manifests - --format csv";

/// Show who may connect to whom
///
/// For a plan: under the policies that it generates. For manifests: under those that are there, with what is wrong with
/// them on stderr, such as a selector that matches nothing. In a row every one of FROM may connect to every one of TO;
/// `perhaps` marks what some network plugins let through and others do not.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A file, or a folder with a migration.toml
    #[arg(value_name = "PLAN", conflicts_with = "manifests")]
    plan: Option<PathBuf>,
    /// Files or folders of manifests, or the output of `kubectl get -A -o yaml`; - reads stdin
    #[arg(long, value_name = "DIR|FILE|-")]
    manifests: Vec<PathBuf>,
    /// The cluster of the plan
    #[arg(long, value_name = "CLUSTER", conflicts_with = "manifests")]
    cluster: Option<String>,
    /// Only rows from: services.NAME, tenants.NAME, namespace/name, namespace/key=value, a network, internet
    #[arg(long, value_name = "WHO")]
    from: Option<String>,
    /// Only rows to the same
    #[arg(long, value_name = "WHO")]
    to: Option<String>,
    /// As if the policies that are only staged were enforced
    #[arg(long)]
    staged: bool,
    /// Only what changes when the staged policies are enforced: what is cut, and what is opened
    #[arg(long, conflicts_with = "staged")]
    if_enforced: bool,
    // The same id as the global option, so that this one stands in its place: what is printed is no list of findings.
    /// How the matrix is printed
    #[arg(id = "format", long = "format", value_name = "FORMAT", default_value = "table", value_parser = parser_of(FORMATS.iter().map(|format| (format.name, format.about))))]
    format: Choice,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    if arguments.manifests.is_empty() {
        of_plan(arguments, terminal)
    } else {
        of_manifests(arguments, terminal)
    }
}

fn of_plan(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let place = one(arguments.plan.as_ref())?;
    let compiled = compile(&place, false, |facts| -> Result<String, Failure> {
        let cluster = cluster(facts, arguments.cluster.as_deref())?;
        let staged = arguments.staged || arguments.if_enforced;
        let profiles = profile::profiles(facts, cluster, staged);
        let mut notes: Vec<String> = profiles.iter().map(profile::Profile::sentence).collect();
        notes.extend(profile::observed(facts, cluster).filter(|_| !staged));
        Ok(page(Subject::of_plan(facts, cluster, arguments.staged), arguments, &notes)?)
    })?;
    let Some(text) = compiled.seen else { return told(compiled.run, terminal) };
    terminal.answer(&text?)?;
    told(compiled.run, terminal)
}

fn of_manifests(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let cluster = Cluster::read(&arguments.manifests, arguments.staged)?;
    let subject = Subject::of_manifests(&cluster.manifests, &cluster.sources, cluster.title.as_str());
    let run = cluster.run(&subject.network());
    terminal.answer(&page(subject, arguments, &[])?)?;
    terminal.report(std::slice::from_ref(&run), Purpose::Aside)?;
    terminal.summarize(std::slice::from_ref(&run));
    Ok(run.status(terminal.deny_warnings))
}

fn page(mut subject: Subject<'_>, arguments: &Arguments, notes: &[String]) -> Result<String, Unanswerable> {
    let from = Filter::new(&mut subject, arguments.from.as_deref(), Role::From)?;
    let to = Filter::new(&mut subject, arguments.to.as_deref(), Role::To)?;
    let network = subject.network();
    let mut notes = notes.to_vec();
    notes.extend(subject.caveats());
    let mut after = None;
    let parts = if arguments.if_enforced {
        let Some(world) = subject.if_enforced() else {
            return Err(Unanswerable::new(format!("no policy of {} is staged", subject.title))
                .help("`policy = \"observe\"` stages the policies of a namespace"));
        };
        let changes = Groups::difference(&network, &Network::new(&world));
        after = Some(world);
        changes.into_iter().map(|(change, groups)| (Some(change), groups)).collect()
    } else {
        if !arguments.staged && !arguments.manifests.is_empty() && subject.if_enforced().is_some() {
            notes.push("some policies are only staged; --if-enforced shows what they would cut".to_owned());
        }
        vec![(None, Groups::of(&network))]
    };
    let outside = Outside::new(&subject.world, after.as_ref(), &subject.service_addresses());
    let matrix = Matrix::new(&subject, &network, &parts, &outside, &from, &to);
    let page = Page {
        subject: &subject,
        after: after.as_ref(),
        outside: &outside,
        parts: &parts,
        matrix: &matrix,
        from: &from,
        to: &to,
        notes: &notes,
    };
    let format = FORMATS.iter().find(|format| format.name == arguments.format.name);
    (format.expect("broken promise: clap accepts only the names of formats").render)(&page)
}

/// Findings that forbid a build stand beside the answer; all others are the business of `plan check`.
pub fn told(run: PlanRun, terminal: &mut Terminal) -> Result<Status, Failure> {
    let status = run.status(terminal.deny_warnings);
    if status != Status::Clean {
        terminal.report(std::slice::from_ref(&run), Purpose::Aside)?;
        terminal.summarize(std::slice::from_ref(&run));
    }
    Ok(status)
}

/// The one plan that is asked about.
pub fn one(plan: Option<&PathBuf>) -> Result<Place, Failure> {
    let mut places = find(&plan.cloned().into_iter().collect::<Vec<_>>())?;
    match (places.pop(), places.pop()) {
        (Some(place), None) => Ok(place),
        (last, before) => {
            let known: Vec<String> = places.iter().chain(&before).chain(&last).map(Place::shown).collect();
            let message = "there are several plans here, and one is asked about";
            Err(Failure::new(message).help(format!("name one of {}", known.join(", "))))
        }
    }
}

/// The one cluster that is asked about.
pub fn cluster<'f, 'p>(
    facts: &'f Facts<'p>,
    name: Option<&str>,
) -> Result<&'f crate::resolve::Cluster<'p>, Failure> {
    let targets: Vec<_> = facts.resolved.targets().collect();
    let known = targets.iter().map(|cluster| cluster.name.to_string()).collect::<Vec<_>>().join(", ");
    match (name, &targets[..]) {
        (None, [one]) => Ok(one),
        (None, _) => Err(Failure::new("the plan generates several clusters, and one is asked about")
            .help(format!("name it: --cluster, one of {known}"))),
        (Some(name), _) => {
            let found = targets.iter().find(|cluster| cluster.name == name).copied();
            found.ok_or_else(|| {
                Failure::new(format!("the plan generates no cluster `{name}`"))
                    .help(format!("it generates {known}"))
            })
        }
    }
}

impl From<Unanswerable> for Failure {
    fn from(error: Unanswerable) -> Failure {
        Failure { message: error.message, help: error.help }
    }
}
