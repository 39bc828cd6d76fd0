//! `plan diff`: what a change of a plan would do to the network, before anybody does it.

use crate::Inputs;
use crate::cli::before::{Before, before, former, gone};
use crate::cli::command::reach::one;
use crate::cli::compile::{inputs, plan, sources};
use crate::cli::failure::Failure;
use crate::cli::format::{Choice, Purpose, parser_of};
use crate::cli::git::Revision;
use crate::cli::place::{Place, shortest};
use crate::cli::run::{PlanRun, Status};
use crate::cli::stage as commits;
use crate::cli::terminal::{Look, Terminal};
use crate::cli::trees::{self, Files};
use crate::diagnostics::{Diagnostic, Level, nearest};
use crate::diff::format::{html, json, markdown, stat, terminal as human, unified};
use crate::diff::stage::{Staging, stage};
use crate::diff::{Danger, Diff, Filter, Side, compare, with_plan};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Show what a change would do: what moves, what breaks, what cannot be applied
///
/// Compares what the plan gives now with its tree on disk, with a revision of the repository, or with another plan. Objects
/// are matched by what they are, not by lines; each change comes with what it does, how bad that is, and the line of the
/// plan that causes it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plan diff                                     what `plan build` would change in out/NAME
  plan diff --against main                      what this branch changes
  plan diff --against-out v1.4 plans/lab        against the tree that was committed at a tag
  plan diff old.toml new.toml                   two plans
  plan diff --manifests before/ after/          any Kubernetes YAML, folders, files or - for stdin
  plan diff --against main --format markdown    a comment for a pull request
  plan diff --only disruptive --only after      only one class, or one cluster
  plan diff --fail-on disruptive                exit status 1 only for what is at least that bad
  plan diff --against main --stage              the commits to make where one cannot be applied

Dangers, the least first: none, note, restart, disruptive, irreversible, impossible.
Exit status: 0 nothing differs, 1 something does, 2 there is no answer.
With --stage: 0 one commit will do, 1 several are needed and printed, 2 no commits in between help.")]
pub struct Arguments {
    /// A file, or a folder with a migration.toml; two of them are compared with each other
    #[arg(value_name = "PLAN", num_args = 0..=2)]
    plans: Vec<PathBuf>,
    /// Compare with what the plan, its lock and its templates gave at a revision: a branch, a tag, a commit
    ///
    /// A plan that lay elsewhere then is found there; of one that is no longer there, everything is gone.
    #[arg(long, value_name = "REV", conflicts_with_all = ["against_out", "manifests"])]
    against: Option<String>,
    /// Compare with the tree that is committed at a revision
    #[arg(long, value_name = "REV", conflicts_with = "manifests")]
    against_out: Option<String>,
    /// Compare two folders or files of manifests, - is stdin
    #[arg(long, value_names = ["OLD", "NEW"], num_args = 2, conflicts_with = "plans")]
    manifests: Vec<PathBuf>,
    /// The tree is DIR/NAME [default: `out` beside the folder `plans`, or beside the plan]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    // The same id as the global option, so that this one stands in its place: what is printed is no list of findings.
    /// How the comparison is printed
    #[arg(id = "format", long = "format", value_name = "FORMAT", default_value = "terminal", value_parser = parser_of(FORMATS.into_iter()))]
    format: Choice,
    /// Only numbers: objects by cluster and kind
    #[arg(long, conflicts_with = "format")]
    stat: bool,
    /// Only a cluster, a kind of object or a class of danger; may be repeated
    #[arg(long, value_name = "CLUSTER|KIND|DANGER")]
    only: Vec<String>,
    /// Exit with 1 only if something is at least this dangerous
    #[arg(long, value_name = "DANGER", value_parser = danger_parser(), conflicts_with = "exit_zero")]
    fail_on: Option<Danger>,
    /// Exit with 0 even if something differs
    #[arg(long)]
    exit_zero: bool,
    /// Print the commits that get there where one cannot: diffs of the plan, each of which compiles and can be applied
    ///
    /// With `--format json` as one document (schema/stages.schema.json), with the text of each plan and lock.
    #[arg(long, conflicts_with_all = ["manifests", "against_out", "stat", "only", "fail_on", "exit_zero"])]
    stage: bool,
    /// Write the plan, the lock and the message of each of these commits to DIR/1, DIR/2 and so on
    #[arg(long, value_name = "DIR", requires = "stage")]
    write: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    if !arguments.manifests.is_empty() {
        return of_manifests(arguments, terminal);
    }
    if arguments.stage {
        return staged(arguments, terminal);
    }
    if let [old, new] = &arguments.plans[..] {
        if arguments.against.is_some() || arguments.against_out.is_some() {
            let message = "two plans are compared with each other, and with no revision";
            return Err(Failure::new(message).help("leave out one of the plans, or the revision"));
        }
        return of_plans(&one(Some(old))?, &one(Some(new))?, arguments, terminal);
    }
    let place = one(arguments.plans.first())?;
    match (&arguments.against, &arguments.against_out) {
        (Some(name), _) => against(&place, name, arguments, terminal),
        (_, Some(name)) => against_out(&place, name, arguments, terminal),
        _ => against_disk(&place, arguments, terminal),
    }
}

/// Both plans are edited, so that both have to be known.
fn staged(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    if !matches!(arguments.format.name, "terminal" | "json") {
        let message = format!("--stage prints no `{}`", arguments.format.name);
        return Err(Failure::new(message).help("leave out --format, or write `--format json`"));
    }
    let place = one(arguments.plans.last())?;
    let after = inputs(&place, plan(&place)?)?;
    let before = match (&arguments.plans[..], &arguments.against) {
        ([old, _], None) => {
            let place = one(Some(old))?;
            let inputs = inputs(&place, plan(&place)?)?;
            Before { title: place.shown(), place, inputs }
        }
        ([] | [_], Some(name)) => {
            let revision = Revision::find(folder(&place), name)?;
            let Some(before) = before(&place, &revision)? else {
                let message = format!("`{name}` has no `{}`", place.shown());
                return Err(Failure::new(message).help("a new plan needs no stages"));
            };
            before
        }
        _ => {
            let help = "write `--against REV`, or name two plans";
            return Err(Failure::new("--stage compares two plans, and only one is named").help(help));
        }
    };
    let sides = (Compiling::before(&before), Compiling::of(&place, &after));
    // A plan with errors has no stages, and says so as it does without `--stage`.
    if let Err(errors) = compiled(&sides.0, Some(&sides.1), |_, _| ()) {
        return told(errors, terminal);
    }
    let is_json = arguments.format.name == "json";
    commits::run(&before.inputs, &after, arguments.write.as_deref(), is_json, terminal)
}

fn of_manifests(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let [old, new] = &arguments.manifests[..] else {
        return Err(Failure::new("--manifests takes two folders or files"));
    };
    if old == Path::new("-") && new == Path::new("-") {
        return Err(Failure::new("both sides are stdin").help("give one of them as a folder or a file"));
    }
    let (before, after) = rayon::join(|| trees::named(old), || trees::named(new));
    let (before, after) = (before?, after?);
    for (path, own, other) in [(old, &before, &after), (new, &after, &before)] {
        readable(path, own, other)?;
    }
    let mut first = side(old.display().to_string(), &before.files);
    let mut second = side(new.display().to_string(), &after.files);
    first.has_places = before.has_places;
    second.has_places = after.has_places;
    show(&first, &second, arguments, terminal)
}

/// What differs has to be read, for an object that cannot be read is not one that is gone.
fn readable(path: &Path, own: &trees::Named, other: &trees::Named) -> Result<(), Failure> {
    for (name, bytes) in own.files.iter().filter(|(name, bytes)| other.files.get(*name) != Some(*bytes)) {
        let Some(unreadable) = crate::diff::unreadable(name, bytes) else { continue };
        let file = match (own.has_places, path == Path::new("-")) {
            (true, _) => path.join(name).display().to_string(),
            (false, true) => "stdin".to_owned(),
            (false, false) => path.display().to_string(),
        };
        let message = format!("cannot read `{file}` as YAML: {unreadable}");
        return Err(
            Failure::new(message).help("mend it, or leave it out: what stands in it would seem to be gone")
        );
    }
    Ok(())
}

fn of_plans(
    old: &Place,
    new: &Place,
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let (before, after) = (inputs(old, plan(old)?)?, inputs(new, plan(new)?)?);
    compiled(&Compiling::of(old, &before), Some(&Compiling::of(new, &after)), |first, second| {
        let mut diff = compare(first, second.unwrap_or(first));
        tried(&mut diff, &before, &after);
        printed(diff, first, second.unwrap_or(first), arguments, terminal)
    })
    .unwrap_or_else(|errors| told(errors, terminal))
}

fn against_disk(place: &Place, arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let root = place.output(arguments.out.as_deref());
    let files = trees::built(&root)?;
    if files.is_empty() {
        terminal.note(&format!("there is no tree in `{}` yet: everything is new\n", root.display()));
    }
    with_files(place, shortest(&root).display().to_string(), &files, arguments, terminal)
}

fn against_out(
    place: &Place,
    name: &str,
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let mut root = place.output(arguments.out.as_deref());
    let revision = Revision::find(folder(place), name)?;
    let mut files = trees::committed(revision.files(&root)?, name)?;
    if files.is_empty()
        && let Some(former) = former(place, &revision)?
    {
        root = former.output(arguments.out.as_deref());
        files = trees::committed(revision.files(&root)?, name)?;
    }
    if files.is_empty() {
        terminal.note(&format!("`{name}` has no tree in `{}`: everything is new\n", root.display()));
    }
    with_files(place, format!("{} at {name}", shortest(&root).display()), &files, arguments, terminal)
}

fn with_files(
    place: &Place,
    title: String,
    files: &Files,
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let after = inputs(place, plan(place)?)?;
    let old = side(title, files);
    compiled(&Compiling::of(place, &after), None, |new, _| show(&old, new, arguments, terminal))
        .unwrap_or_else(|errors| told(errors, terminal))
}

fn against(
    place: &Place,
    name: &str,
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let revision = Revision::find(folder(place), name)?;
    if let Some(before) = gone(place, &revision)? {
        terminal.note(&format!("`{}` is no longer there: everything is gone\n", before.place.shown()));
        let nothing = Files::new();
        return compiled(&Compiling::before(&before), None, |old, _| {
            show(old, &side("nothing".to_owned(), &nothing), arguments, terminal)
        })
        .unwrap_or_else(|errors| told(errors, terminal));
    }
    let after = inputs(place, plan(place)?)?;
    let Some(before) = before(place, &revision)? else {
        terminal.note(&format!("`{name}` has no `{}`: everything is new\n", place.shown()));
        return with_files(place, format!("nothing at {name}"), &Files::new(), arguments, terminal);
    };
    let (old, new) = (Compiling::before(&before), Compiling::of(place, &after));
    compiled(&old, Some(&new), |first, second| {
        let mut diff = compare(first, second.unwrap_or(first));
        tried(&mut diff, &before.inputs, &after);
        printed(diff, first, second.unwrap_or(first), arguments, terminal)
    })
    .unwrap_or_else(|errors| told(errors, terminal))
}

/// How a plan differs from what it was at a revision, for a page; one of both that has errors otherwise.
pub fn since(place: &Place, name: &str) -> Result<Result<Diff, Box<PlanRun>>, Failure> {
    let revision = Revision::find(folder(place), name)?;
    let after = inputs(place, plan(place)?)?;
    let new = Compiling::of(place, &after);
    let Some(before) = before(place, &revision)? else {
        let nothing = Files::new();
        let old = side(format!("nothing at {name}"), &nothing);
        return Ok(compiled(&new, None, |new, _| compare(&old, new)));
    };
    let old = Compiling::before(&before);
    Ok(compiled(&old, Some(&new), |first, second| compare(first, second.unwrap_or(first))))
}

/// The nearest folder above a plan that is there.
fn folder(place: &Place) -> &Path {
    let mut above = place.file.ancestors().skip(1).take_while(|above| !above.as_os_str().is_empty());
    above.find(|above| above.exists()).unwrap_or(Path::new("."))
}

/// A plan that is going to be a side.
struct Compiling<'i> {
    title: String,
    place: &'i Place,
    inputs: &'i Inputs,
}

impl<'i> Compiling<'i> {
    fn of(place: &'i Place, inputs: &'i Inputs) -> Compiling<'i> {
        Compiling { title: place.shown(), place, inputs }
    }

    fn before(before: &'i Before) -> Compiling<'i> {
        Compiling { title: before.title.clone(), place: &before.place, inputs: &before.inputs }
    }

    /// What is in the way; everything else is the business of `plan check`.
    fn run(&self, mut found: Vec<Diagnostic>) -> PlanRun {
        found.retain(|finding| finding.level == Level::Error);
        // Lines of a revision are not those that an editor shows.
        let mut inputs = self.inputs.clone();
        inputs.plan.name.clone_from(&self.title);
        PlanRun::new(Place { file: self.title.clone().into(), ..self.place.clone() }, sources(inputs), found)
    }
}

/// Compiles one plan, or two, and hands over the sides; the findings of one with errors otherwise.
fn compiled<T>(
    first: &Compiling<'_>,
    second: Option<&Compiling<'_>>,
    with: impl FnOnce(&Side<'_>, Option<&Side<'_>>) -> T,
) -> Result<T, Box<PlanRun>> {
    let (found, seen) = with_plan(&first.title, first.inputs, |one, _| {
        let Some(second) = second else { return Ok(with(one, None)) };
        let (found, seen) = with_plan(&second.title, second.inputs, |two, _| with(one, Some(two)));
        seen.ok_or_else(|| Box::new(second.run(found)))
    });
    seen.unwrap_or_else(|| Err(Box::new(first.run(found))))
}

/// A plan with errors has no tree, so that there is no answer.
pub fn told(run: Box<PlanRun>, terminal: &mut Terminal) -> Result<Status, Failure> {
    terminal.report(std::slice::from_ref(&run), Purpose::Aside)?;
    terminal.summarize(std::slice::from_ref(&run));
    Ok(Status::NoAnswer)
}

fn side(title: String, files: &Files) -> Side<'_> {
    Side::new(title, files.iter().map(|(path, bytes)| (path.clone(), Cow::Borrowed(bytes.as_slice()))))
}

fn show(
    old: &Side<'_>,
    new: &Side<'_>,
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    printed(compare(old, new), old, new, arguments, terminal)
}

/// Keeps no promise of `--stage` that was not tried: what a way around leads through may have errors of its own.
fn tried(diff: &mut Diff, before: &Inputs, after: &Inputs) {
    if !diff.staged.is_empty() && !matches!(stage(before, after), Ok(Staging::Several { .. })) {
        diff.staged.clear();
    }
}

fn printed(
    mut diff: Diff,
    old: &Side<'_>,
    new: &Side<'_>,
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    filter(&arguments.only, old, new, &diff)?.apply(&mut diff);
    let text = match arguments.format.name {
        _ if arguments.stat => stat::text(&diff),
        "unified" => unified::text(&diff, old, new),
        "json" => json::text(&diff),
        "markdown" => markdown::text(&diff),
        "html" => html::text(&diff),
        _ => human::text(&diff, style(terminal.stdout, terminal.verbose)),
    };
    terminal.answer(&text)?;
    let differs = match arguments.fail_on {
        Some(least) => !is_same(&diff) && diff.danger() >= least,
        None => !is_same(&diff),
    };
    Ok(if differs && !arguments.exit_zero { Status::No } else { Status::Clean })
}

fn is_same(diff: &Diff) -> bool {
    diff.is_empty()
}

fn style(look: Look, verbose: bool) -> human::Style {
    human::Style { color: look.color, unicode: look.unicode, whole: verbose }
}

/// What `--only` asks for. A word is a class of danger, a cluster or a kind.
fn filter(only: &[String], old: &Side<'_>, new: &Side<'_>, diff: &Diff) -> Result<Filter, Failure> {
    let mut filter = Filter::default();
    if only.is_empty() {
        return Ok(filter);
    }
    let sides = [old, new];
    let clusters: BTreeSet<String> = sides.iter().flat_map(|side| side.clusters()).cloned().collect();
    let mut kinds: BTreeSet<String> = sides.iter().flat_map(|side| side.kinds().keys().cloned()).collect();
    kinds.extend(diff.changes.iter().map(|change| change.id().kind.clone()).filter(|kind| !kind.is_empty()));
    for word in only {
        let kind = kinds.iter().find(|kind| kind.eq_ignore_ascii_case(word));
        match (Danger::of(word), clusters.get(word), kind) {
            (Some(danger), ..) => _ = filter.dangers.insert(danger),
            (_, Some(cluster), _) => _ = filter.clusters.insert(cluster.clone()),
            (_, _, Some(kind)) => _ = filter.kinds.insert(kind.to_lowercase()),
            _ => {
                let known = Danger::ALL.iter().map(|danger| danger.word());
                let known = known.chain(clusters.iter().chain(&kinds).map(String::as_str));
                let help = match nearest(word, known) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => {
                        "write a cluster, a kind of object such as `Service`, or a class of danger".to_owned()
                    }
                };
                let message = format!("`{word}` is no cluster, no kind and no danger here");
                return Err(Failure::new(message).help(help));
            }
        }
    }
    Ok(filter)
}

/// The formats of a comparison.
const FORMATS: [(&str, &str); 5] = [
    ("terminal", "for people: counts first, danger first"),
    ("unified", "a patch, without files that say the same"),
    ("json", "for programs (schema/diff.schema.json); the new tree can be made from it"),
    ("markdown", "a comment for a pull request, at most 65000 bytes"),
    ("html", "one page that needs no network"),
];

fn danger_parser() -> impl TypedValueParser<Value = Danger> {
    let words = Danger::ALL.iter().map(|danger| PossibleValue::new(danger.word()).help(danger.about()));
    PossibleValuesParser::new(words)
        .map(|word| Danger::of(&word).expect("broken promise: clap accepts only the words of classes"))
}
