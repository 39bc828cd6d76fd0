//! One line a finding, as compilers write it and editors read it: `file:line:column: level[code] name: message`.

use super::location::Location;
use super::{Format, Options, is_wanted, printable};
use crate::cli::run::PlanRun;

pub static FORMAT: Format = Format {
    name: "concise",
    about: "one line a finding: file:line:column: level[code] name: message",
    for_programs: false,
    render,
};

fn render(runs: &[PlanRun], options: &Options) -> String {
    let mut text = String::new();
    for run in runs {
        for finding in run.diagnostics.iter().filter(|finding| is_wanted(finding, options)) {
            let place = Location::of(finding.span(), &run.sources).shown();
            let (level, code, name) = (finding.level.word(), finding.rule.code, finding.rule.name);
            let message = printable(&finding.message).replace('\n', " ");
            text.push_str(&format!("{place}: {level}[{code}] {name}: {message}\n"));
        }
    }
    text
}
