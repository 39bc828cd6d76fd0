//! A plan as it was at a revision, wherever it lay then.

use super::failure::Failure;
use super::git::Revision;
use super::place::{Place, shortest};
use crate::source::Source;
use crate::{Inputs, runbook_folder, template_folder};
use std::path::Path;

/// What a revision knows of a plan.
pub struct Before {
    /// Where it was.
    pub place: Place,
    pub inputs: Inputs,
    /// `plans/lab/migration.toml at main`.
    pub title: String,
}

/// The plan, its lock and its templates at a revision; nothing when it has no such plan.
pub fn before(place: &Place, revision: &Revision) -> Result<Option<Before>, Failure> {
    let title = |place: &Place| format!("{} at {}", place.shown(), revision.name);
    if let Some(inputs) = inputs_at(place, revision)? {
        return Ok(Some(Before { place: place.clone(), inputs, title: title(place) }));
    }
    let Some(place) = former(place, revision)? else { return Ok(None) };
    let inputs = inputs_at(&place, revision)?;
    Ok(inputs.map(|inputs| Before { title: title(&place), place, inputs }))
}

/// Where a plan was that has been moved since: the plan of the revision that is most like it, among those whose place is
/// empty now. A copy is none, for both are there.
pub fn former(place: &Place, revision: &Revision) -> Result<Option<Place>, Failure> {
    let Ok(now) = std::fs::read_to_string(&place.file) else { return Ok(None) };
    let Some(name) = place.file.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
    let mut best: Option<(f32, Place)> = None;
    for path in revision.named(name)?.into_iter().filter(|path| !path.exists()) {
        let Some(text) = revision.file(&path)?.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            continue;
        };
        let likeness = similar::TextDiff::from_lines(&text, &now).ratio();
        // Git too takes a file for renamed when half of it is the same.
        if likeness >= 0.5 && best.as_ref().is_none_or(|(known, _)| likeness > *known) {
            best = Some((likeness, Place::of(shortest(&path))?));
        }
    }
    Ok(best.map(|(_, place)| place))
}

fn inputs_at(place: &Place, revision: &Revision) -> Result<Option<Inputs>, Failure> {
    let text = |bytes: Vec<u8>, path: &Path| {
        let text = String::from_utf8(bytes);
        let text = text
            .map_err(|_| Failure::new(format!("`{}` at `{}` is not UTF-8", path.display(), revision.name)))?;
        Ok::<_, Failure>(Source::new(path.display().to_string(), text))
    };
    let Some(bytes) = revision.file(&place.file)? else { return Ok(None) };
    let plan = text(bytes, &place.file)?;
    let lock = revision.file(&place.lock)?.map(|bytes| text(bytes, &place.lock)).transpose()?;
    let templates = |folder: Option<String>| {
        let Some(name) = folder else { return Ok(Vec::new()) };
        let below = place.file.with_file_name(name);
        let files = revision.files(&below)?.into_iter().filter(|(path, _)| path.ends_with(".j2"));
        let read = |(path, bytes): (String, Vec<u8>)| {
            let file = below.join(&path);
            Ok((path, text(bytes, &file)?))
        };
        files.map(read).collect::<Result<Vec<_>, Failure>>()
    };
    let (of_ansible, runbook) = (templates(template_folder(&plan))?, templates(runbook_folder(&plan))?);
    Ok(Some(Inputs { plan, lock, templates: of_ansible, runbook }))
}
