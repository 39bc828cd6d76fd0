//! The commits that get from one plan to another, for programs.

use serde_json::{Value, json};

/// Grows when a program that reads this would misread it.
pub const FORMAT_VERSION: u32 = 1;

/// One commit of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// What the state is, as a phrase.
    pub title: String,
    /// The plan after it.
    pub plan: String,
    /// The `plan.lock` after it.
    pub lock: String,
    /// What it changes in the plan, as a patch.
    pub patch: String,
    /// What a person does before the next one.
    pub by_hand: Vec<String>,
}

/// Everything that is known of the way. `answer` is `one`, `several` or `none`.
pub fn value(answer: &str, commits: &[Commit], left: &[String]) -> Value {
    let commit = |commit: &Commit| {
        json!({
            "title": commit.title,
            "plan": commit.plan,
            "lock": commit.lock,
            "patch": commit.patch,
            "by_hand": commit.by_hand,
        })
    };
    json!({
        "format_version": FORMAT_VERSION,
        "answer": answer,
        "commits": commits.iter().map(commit).collect::<Vec<_>>(),
        "left": left,
    })
}

/// `schema/stages.schema.json`.
pub fn schema() -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    let texts = |about: &str| json!({ "type": "array", "items": { "type": "string" }, "description": about });
    let commit = json!({
        "type": "object",
        "description": "One commit. It compiles, and it can be applied once the one before it is.",
        "additionalProperties": false,
        "required": ["title", "plan", "lock", "patch", "by_hand"],
        "properties": {
            "title": text("What the state is."),
            "plan": text("The text of the plan."),
            "lock": text("The text of its plan.lock."),
            "patch": text("What it changes in the plan, as a unified diff."),
            "by_hand": texts("What a person does before the next one."),
        },
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Commits of plan diff --stage --format json",
        "type": "object",
        "description": "How to get from one plan to another.",
        "additionalProperties": false,
        "required": ["format_version", "answer", "commits", "left"],
        "properties": {
            "format_version": { "const": FORMAT_VERSION, "description": "The version of this form." },
            "answer": {
                "enum": ["one", "several", "none"],
                "description": "How many commits it takes: `one` is the new plan itself, `none` that no edit of the plan helps. The exit status is 0, 1 and 2.",
            },
            "commits": { "type": "array", "items": commit, "description": "The commits in their order; the last one is the new plan. Empty without an answer." },
            "left": texts("What no commit gets around, and what a person does about it."),
        },
    })
}
