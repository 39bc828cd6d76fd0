//! From a place on disk to what the compiler says about it.

use super::failure::Failure;
use super::place::{LOCK_FILE, Place};
use super::run::PlanRun;
use super::today::today;
use crate::facts::Facts;
use crate::source::Source;
use crate::{Inputs, Output, check, diagnostics, judge, render, runbook_folder, template_folder};
use std::io::ErrorKind;
use std::path::{MAIN_SEPARATOR_STR, Path};

/// A plan that was compiled, its output unless it has errors, and what `look` saw in its facts.
pub struct Compiled<T> {
    pub run: PlanRun,
    pub output: Option<Output>,
    /// The lock as it was read.
    pub lock: Option<Source>,
    /// The platform's name; empty when the plan cannot be read.
    pub platform: String,
    pub seen: Option<T>,
}

/// Reads the plan and its lock and compiles them. `look` is called when the plan's names mean something; `files` says
/// whether the tree is wanted as well.
pub fn compile<T>(
    place: &Place,
    files: bool,
    look: impl FnOnce(&Facts<'_>) -> T,
) -> Result<Compiled<T>, Failure> {
    compile_text(place, plan(place)?, files, look)
}

/// The plan as it lies on disk.
pub fn plan(place: &Place) -> Result<Source, Failure> {
    read(&place.file)?.ok_or_else(|| {
        Failure::new(format!("there is no `{}`", place.shown())).help(super::place::help_for_missing(place))
    })
}

/// The same for another text of the plan than the one on disk.
pub fn compile_text<T>(
    place: &Place,
    plan: Source,
    files: bool,
    look: impl FnOnce(&Facts<'_>) -> T,
) -> Result<Compiled<T>, Failure> {
    let inputs = inputs(place, plan)?;
    let (mut output, mut seen, mut platform) = (None, None, String::new());
    let mut expired = Vec::new();
    let mut found = judge(&inputs, |facts, found| {
        expired = check::expired(facts, today());
        // A finding about the calendar may forbid a build, and never changes what is built.
        if files && !diagnostics::has_errors(&expired) {
            output = render(facts, found);
        }
        platform = facts.resolved.name.to_owned();
        seen = Some(look(facts));
    });
    found.append(&mut expired);
    diagnostics::sort(&mut found);
    let lock = inputs.lock.clone();
    let sources = sources(inputs);
    Ok(Compiled { run: PlanRun::new(place.clone(), sources, found), output, lock, platform, seen })
}

/// Everything that the compilation of a text depends on: its lock and its templates are those on disk.
pub fn inputs(place: &Place, plan: Source) -> Result<Inputs, Failure> {
    let of_ansible = match template_folder(&plan) {
        Some(folder) => templates(&place.file.with_file_name(folder), "ansible.templates")?,
        None => Vec::new(),
    };
    let runbook = match runbook_folder(&plan) {
        Some(folder) => templates(&place.file.with_file_name(folder), "runbook.templates")?,
        None => Vec::new(),
    };
    Ok(Inputs { plan, lock: read(&place.lock)?, templates: of_ansible, runbook })
}

/// The texts that spans count. The lock counts whether it is there or not.
pub fn sources(inputs: Inputs) -> Vec<Source> {
    let second = inputs.lock.unwrap_or_else(|| Source::new(LOCK_FILE, ""));
    let rest = inputs.templates.into_iter().chain(inputs.runbook).map(|(_, source)| source);
    [inputs.plan, second].into_iter().chain(rest).collect()
}

/// Every template below the plan's own folder of them, sorted by path.
fn templates(folder: &Path, key: &str) -> Result<Vec<(String, Source)>, Failure> {
    let mut templates = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            Failure::new(format!("cannot read the templates in `{}`: {error}", folder.display()))
                .help(format!("`{key}` names a folder beside the plan"))
        })?;
        let path = entry.path();
        // A README beside the templates is no template; an editor's backup may not even be text.
        if !entry.file_type().is_file() || path.extension().is_none_or(|ending| ending != "j2") {
            continue;
        }
        let below = path.strip_prefix(folder).unwrap_or(path);
        let name = below.to_string_lossy().replace(MAIN_SEPARATOR_STR, "/");
        templates.extend(read(path)?.map(|source| (name, source)));
    }
    Ok(templates)
}

/// The text of a file; `None` when there is no such file.
pub fn read(path: &Path) -> Result<Option<Source>, Failure> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::system("read", path)(error)),
    };
    // A span counts bytes in 32 bits.
    if u32::try_from(bytes.len()).is_err() {
        return Err(Failure::new(format!("cannot read `{}`: it has more than 4 GiB", path.display())));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(Source::new(path.display().to_string(), text))),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let message = format!("cannot read `{}`: it is not UTF-8, see byte {at}", path.display());
            Err(Failure::new(message).help("save the file as UTF-8"))
        }
    }
}
