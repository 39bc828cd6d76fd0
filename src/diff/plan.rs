//! A plan becomes a side by being compiled.

use super::side::Side;
use crate::diagnostics::Diagnostic;
use crate::{Inputs, Output, judge, render};
use std::borrow::Cow;

/// Compiles a plan and hands it over as a side, with what came of it; nothing is handed over when it has errors. The
/// findings are those of the compilation.
pub fn with_plan<T>(
    title: &str,
    inputs: &Inputs,
    with: impl FnOnce(&Side<'_>, &Output) -> T,
) -> (Vec<Diagnostic>, Option<T>) {
    let mut seen = None;
    let found = judge(inputs, |facts, found| {
        let Some(output) = render(facts, found) else { return };
        let files = output.tree.iter().map(|(path, bytes)| (path.to_string(), Cow::Borrowed(bytes)));
        let side = Side::new(title, files).of(&inputs.plan, facts);
        seen = Some(with(&side, &output));
    });
    (found, seen)
}
