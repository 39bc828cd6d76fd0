//! `plan verify`: whether a running cluster is as planned, from what kubectl printed.

use crate::cli::command::reach::{one, told};
use crate::cli::compile::{compile, read};
use crate::cli::failure::Failure;
use crate::cli::format::{Choice, parser_of};
use crate::cli::run::Status;
use crate::cli::terminal::Terminal;
use crate::source::Source;
use crate::verify::format::FORMATS;
use crate::verify::{Asked, KINDS, Live, NoSuch, Unreadable, Verification, commands, verify};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Compare a running cluster with the plan
///
/// Reads what `kubectl get … --output json` printed and says what is missing, foreign and different, field by field, and
/// which address is where. What the stage and those before it apply must be there; what later ones apply need not be.
/// Only what the plan sets is compared. Nothing here talks to a cluster.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plan verify plans/lab --print-commands
      the kubectl commands that this needs, as a pipe for a shell
  plan verify plans/lab --stage data --live dump.json
      the cluster as it shall be when the stage `data` is done
  kubectl get services -A -o json | plan verify plans/lab --only Service --live -
      nothing but Services and their addresses

Exit status: 0 the cluster is as planned, 1 it deviates, 2 there is no answer. A kind that is planned and of which the \
dump has nothing is missing, unless every cluster has some (nodes, namespaces, services, config maps): then it was not asked for, \
and is only a deviation with --deny-warnings.")]
pub struct Arguments {
    /// A file, or a folder with a migration.toml
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// What kubectl printed, JSON or YAML, one or several lists; - reads stdin. May be given several times
    #[arg(long, value_name = "FILE|-", required_unless_present = "print_commands")]
    live: Vec<PathBuf>,
    /// The stage that has just been done; without it, all of them
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// The cluster of the dump: the one that the stage works on, or the only one, unless it is named
    #[arg(long, value_name = "CLUSTER")]
    cluster: Option<String>,
    /// Look at these kinds alone, such as Service or networkpolicies
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    only: Vec<String>,
    /// Say nothing about these objects: KIND/NAMESPACE/NAME or KIND/NAME, `*` stands for anything
    #[arg(long, value_name = "PATTERN")]
    ignore: Vec<String>,
    /// Print the kubectl commands whose output this compares, by the kinds that the plan has
    #[arg(long, conflicts_with = "live")]
    print_commands: bool,
    // The same id as the global option, so that this one stands in its place: what is printed is no list of findings.
    /// How the comparison is printed
    #[arg(id = "format", long = "format", value_name = "FORMAT", default_value = "human", value_parser = parser_of(FORMATS.iter().map(|format| (format.name, format.about))))]
    format: Choice,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let place = one(arguments.plan.as_ref())?;
    for kind in &arguments.only {
        known(kind)?;
    }
    let (stage, cluster) = (arguments.stage.as_deref(), arguments.cluster.as_deref());
    let compiled = compile(&place, true, |facts| Asked::new(facts, stage, cluster))?;
    let (Some(asked), Some(output)) = (compiled.seen, compiled.output) else {
        return told(compiled.run, terminal);
    };
    let asked = asked?;
    let tree = (!asked.replaced).then_some(&output.tree);
    if arguments.print_commands {
        terminal.answer(&commands(&asked, tree, &place.shown()))?;
        return told(compiled.run, terminal);
    }
    let live = Live::read(&sources(&arguments.live)?)?;
    let mut verification = verify(&asked, tree, &live, &arguments.only);
    verification.ignore(&arguments.ignore);
    let format = FORMATS.iter().find(|format| format.name == arguments.format.name);
    terminal.answer(&(format.expect("broken promise: clap accepts only the names of formats").render)(
        &verification,
    ))?;
    Ok(status(&verification, terminal).max(told(compiled.run, terminal)?))
}

fn status(verification: &Verification, terminal: &Terminal) -> Status {
    let incomplete = terminal.deny_warnings && !verification.not_compared.is_empty();
    if verification.is_clean() && !incomplete { Status::Clean } else { Status::No }
}

/// A kind that nothing is called by would leave nothing to compare, and all would seem well.
fn known(name: &str) -> Result<(), Failure> {
    let names =
        || KINDS.iter().flat_map(|kind| [kind.kind, kind.resource.split('.').next().unwrap_or_default()]);
    if names().any(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let mut all: Vec<&str> = KINDS.iter().map(|kind| kind.kind).collect();
    all.sort_unstable();
    all.dedup();
    Err(Failure::new(format!("`{name}` is no kind that is compared"))
        .help(format!("one of {}", all.join(", "))))
}

fn sources(paths: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| Failure::new(format!("cannot read stdin: {error}")))?;
            sources.push(Source::new("stdin", text));
            continue;
        }
        let source = read(path)?;
        sources.push(source.ok_or_else(|| {
            Failure::new(format!("there is no `{}`", path.display()))
                .help("`plan verify --print-commands` says how to make a dump")
        })?);
    }
    Ok(sources)
}

impl From<NoSuch> for Failure {
    fn from(error: NoSuch) -> Failure {
        Failure::new(error.message).help(error.help)
    }
}

impl From<Unreadable> for Failure {
    fn from(error: Unreadable) -> Failure {
        Failure::new(error.message).help(error.help)
    }
}
