//! The README of the tree: what is here, who applies it and in which order, and where every system of the plan is.

mod addresses;
pub(super) mod by_hand;
mod order;
mod secrets;
mod systems;

use super::PlanEmitter;
use super::files::{Files, Made};
use crate::facts::Facts;
use std::fmt::Write;

pub const EMITTER: PlanEmitter = PlanEmitter { name: "readme", emit };

fn emit(facts: &Facts<'_>, made: &[Made], files: &mut Files) {
    let resolved = &facts.resolved;
    let mut text = format!("# {}\n\n", resolved.name);
    text.push_str(
        "This tree is compiled from a `migration.toml` by `plan build`. Change the plan and build again: a file that is \
         edited here is refused by the next build. `plan.json` lists the files that `plan` owns; anything else is yours.\n\n",
    );
    order::write(facts, made, &mut text);
    systems::write(facts, &mut text);
    addresses::write(facts, &mut text);
    secrets::write(facts, &mut text);
    if !resolved.installs.is_empty() {
        text.push_str(SELDON);
    }
    files.text("README.md", text);
}

const SELDON: &str = "\
## What is not here

Some settings are often written for Seldon Core v2 and do nothing, so they are left out on purpose:

- `controllerManager.env` with `SELDON_SCHEDULER_HOST` and `SELDON_SCHEDULER_PORT`: no chart of any v2 release reads
  `controllerManager`. The controller dials `seldon-scheduler.NAMESPACE` on 9004, whatever the CNI; that name and port are
  compiled in. If it says that the scheduler is not ready, look for a policy that denies it, or restart the controller.
- `webhook.port`: v2 has no admission webhook.
- `serverConfig: NAMESPACE/NAME` and copies of ServerConfigs in tenant namespaces: names are looked up in the controller's
  namespace only.
";

/// A Markdown table: a header row, then the rows; nothing when there are no rows.
pub(in crate::emit) fn table(text: &mut String, header: &[&str], rows: &[Vec<String>]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "| {} |", header.join(" | "));
    let _ = writeln!(text, "|{}", " --- |".repeat(header.len()));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text.push('\n');
}
