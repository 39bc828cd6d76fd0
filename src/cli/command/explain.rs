//! `plan explain`: what a rule is about, why it matters, and a plan that breaks it.

use crate::check;
use crate::cli::failure::Failure;
use crate::cli::run::Status;
use crate::cli::schema;
use crate::cli::terminal::{Look, Paint, Terminal};
use crate::diagnostics::{Level, Rule, nearest};
use crate::runbook::words;
use serde_json::{Value, json};

/// Explain a rule: why it matters, a plan that breaks it and one that does not
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The code or the name of a rule, such as P0002 or unknown-key; without it, list all of them
    #[arg(value_name = "CODE|NAME")]
    rule: Option<String>,
    /// Print Markdown; `--format json` prints for programs
    #[arg(long)]
    markdown: bool,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let rules = check::rules();
    let look = terminal.stdout;
    let json = terminal.format.name == "json" && !arguments.markdown;
    let text = match &arguments.rule {
        None if json => {
            pretty(&json!({ "rules": rules.iter().map(|rule| object(rule)).collect::<Vec<_>>() }))
        }
        Some(name) if json => pretty(&object(find(&rules, name)?)),
        None if arguments.markdown => schema::diagnostics(&rules),
        None => list(&rules, look),
        Some(name) => {
            let rule = find(&rules, name)?;
            if arguments.markdown { schema::diagnostic(rule) } else { page(rule, look) }
        }
    };
    terminal.answer(&text)?;
    Ok(Status::Clean)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn object(rule: &Rule) -> Value {
    json!({
        "code": rule.code,
        "name": rule.name,
        "level": rule.level.word(),
        "summary": rule.summary,
        "explanation": rule.explanation,
        "fails": rule.fails,
        "passes": rule.passes,
        "covers": rule.covers,
    })
}

/// So many names with a word in them are told.
const MANY: usize = 8;

fn find<'r>(rules: &'r [&'static Rule], name: &str) -> Result<&'r Rule, Failure> {
    let same = |rule: &&&'static Rule| rule.name == name || rule.code.eq_ignore_ascii_case(name);
    rules.iter().find(same).map(|rule| &**rule).ok_or_else(|| {
        let failure = Failure::new(format!("there is no rule `{name}`"));
        if let Some(word) = words::check(name) {
            return failure.help(format!(
                "`{name}` is a word of `check` in `[[stages]]`: {}? It passes when: {}",
                word.asks, word.expects
            ));
        }
        let with: Vec<&str> = match name.len() {
            0..3 => Vec::new(),
            _ => rules.iter().map(|rule| rule.name).filter(|rule| rule.contains(name)).collect(),
        };
        if let Some((_, rest @ [_, ..])) = with.split_first() {
            let list: Vec<String> = with.iter().take(MANY).map(|rule| format!("`{rule}`")).collect();
            let more = (rest.len() + 1).saturating_sub(MANY);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            return failure.help(format!("there are {}{more}", list.join(", ")));
        }
        match nearest(name, rules.iter().flat_map(|rule| [rule.name, rule.code])) {
            Some(meant) => failure.help(format!("did you mean `{meant}`?")),
            None => failure.help("`plan explain` lists every rule"),
        }
    })
}

fn list(rules: &[&'static Rule], look: Look) -> String {
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let line = |rule: &&'static Rule| {
        let level = format!("{:7}", rule.level.word());
        let (code, name) = (rule.code, rule.name);
        format!("{code}  {name:width$}  {}  {}\n", look.paint(&level, color(rule.level)), rule.summary)
    };
    rules.iter().map(line).collect()
}

fn color(level: Level) -> Paint {
    match level {
        Level::Error => Paint::Red,
        Level::Warning => Paint::Yellow,
        Level::Note => Paint::Cyan,
    }
}

fn page(rule: &Rule, look: Look) -> String {
    let title = look.paint(&format!("{} {}", rule.code, rule.name), Paint::Bold);
    let level = look.paint(rule.level.word(), color(rule.level));
    let mut text = format!("{title} ({level})\n{}\n\n{}\n", rule.summary, wrap(rule.explanation, look.width));
    if !rule.covers.is_empty() {
        let covers = format!("Covers {}.", rule.covers.join(", "));
        text.push_str(&format!("\n{}\n", wrap(&covers, look.width)));
    }
    for (heading, example) in [("This fails:", rule.fails), ("This passes:", rule.passes)] {
        if !example.is_empty() {
            let indented: String =
                example.lines().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect();
            text.push_str(&format!("\n{}\n{indented}", look.paint(heading, Paint::Bold)));
        }
    }
    text
}

/// Breaks a paragraph between words into lines of at most `width` characters.
fn wrap(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(String::new());
        for word in paragraph.split_whitespace() {
            let line = lines.last_mut().expect("broken promise: a paragraph begins with a line");
            if line.is_empty() {
                line.push_str(word);
            } else if line.chars().count() + 1 + word.chars().count() <= width {
                line.push(' ');
                line.push_str(word);
            } else {
                lines.push(word.to_owned());
            }
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two  three\n\nfour", 7), "one two\nthree\n\nfour");
        assert_eq!(wrap("unbreakable x", 4), "unbreakable\nx");
    }
}
