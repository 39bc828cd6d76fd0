//! Looking a name up, and saying what was probably meant when there is no such thing.

use super::rules;
use crate::diagnostics::{Diagnostic, Names, nearest, quoted};
use crate::source::{Located, Span};

/// A finding: `what` (a pool, a host) of that name is not declared.
pub fn unknown<'a>(
    what: &str,
    name: &str,
    span: Span,
    on: impl Into<String>,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let known: Vec<&str> = known.into_iter().collect();
    let message = format!("there is no {what} `{name}`");
    let finding = Diagnostic::new(&rules::UNKNOWN_NAME, span, message).on(on);
    match nearest(name, known.iter().copied()) {
        Some(meant) => finding.here("not declared").help(format!("did you mean `{meant}`?")).spell(
            span,
            name,
            known.iter().copied(),
            Names::Chosen,
            quoted,
        ),
        None if known.is_empty() => finding.here(format!("the plan declares no {what}")),
        None if known.len() <= 12 => {
            finding.here("not declared").help(format!("there are: {}", known.join(", ")))
        }
        None => finding
            .here("not declared")
            .help(format!("the plan declares {} of them, none is like this", known.len())),
    }
}

/// The position of the item of that name in a sorted list, or a finding.
pub fn look_up<'a, T: AsRef<str>>(
    what: &str,
    name: &Located<T>,
    on: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let position = known.clone().position(|candidate| candidate == name.value.as_ref());
    if position.is_none() {
        diagnostics.push(unknown(what, name.value.as_ref(), name.span, on, known));
    }
    position
}
