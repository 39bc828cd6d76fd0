//! From a place on disk to what the compiler says about it.

use super::failure::Failure;
use super::place::Place;
use super::run::PlanRun;
use super::today::today;
use crate::facts::Facts;
use crate::source::Source;
use crate::{Inputs, Output, check, diagnostics, judge, render};
use std::io::ErrorKind;
use std::path::Path;

/// A plan that was compiled, its output unless it has errors, and what `look` saw in its facts.
pub struct Compiled<T> {
    pub run: PlanRun,
    pub output: Option<Output>,
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
    let plan = read(&place.file)?.ok_or_else(|| {
        Failure::new(format!("there is no `{}`", place.shown())).help("begin a plan with `plan init NAME`")
    })?;
    let inputs = Inputs { plan, lock: read(&place.lock)? };
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
    let sources = std::iter::once(inputs.plan).chain(inputs.lock).collect();
    Ok(Compiled { run: PlanRun::new(place.clone(), sources, found), output, platform, seen })
}

/// The text of a file; `None` when there is no such file.
fn read(path: &Path) -> Result<Option<Source>, Failure> {
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
