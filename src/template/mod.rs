//! A template turns values into text, and a value in a YAML file is always printed as YAML.
//!
//! minijinja prints a value as Jinja does, so that `yes` in a `.yaml.j2` would become true for Ansible. Here a template
//! whose name ends in `.yaml` or `.yml` prints every scalar as [`crate::yaml`] spells it, `| yaml` writes lists and
//! tables, and a name that nobody defined is an error instead of nothing.

mod value;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use std::ops::Range;

/// The ending of a template's file.
pub const ENDING: &str = ".j2";

/// Templates that may include each other, by the name of the file that each makes.
pub struct Templates<'s> {
    environment: Environment<'s>,
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The name of the template that is wrong, which may be an included one.
    pub template: String,
    /// The bytes of its text that are wrong, when they are known.
    pub range: Option<Range<usize>>,
    /// What is wrong, in one lowercase sentence.
    pub message: String,
}

/// What a template makes: it decides how a value is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    /// YAML in files that are called so, plain text in all others.
    Files,
    /// A script of a POSIX shell: every scalar is one word, every list is words.
    Shell,
}

/// Whether a file of that name is YAML.
pub fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

impl<'s> Templates<'s> {
    /// No templates yet.
    pub fn new() -> Templates<'s> {
        Templates::of(Language::Files)
    }

    /// No templates yet; each makes a shell script. `{{ value }}` is one word, whatever is in it; only `| safe` prints it
    /// as it is.
    pub fn shell() -> Templates<'s> {
        Templates::of(Language::Shell)
    }

    fn of(language: Language) -> Templates<'s> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // A line that holds nothing but a tag leaves no line, and a file ends with a line break.
        let mut syntax = SyntaxConfig::builder();
        syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
        environment.set_syntax(syntax.build().expect("broken promise: the delimiters are Jinja's own"));
        // Otherwise an error carries the whole text of the template, for a renderer of its own.
        environment.set_debug(false);
        environment.set_auto_escape_callback(move |name| match language {
            Language::Shell => AutoEscape::Custom(value::SHELL.into()),
            Language::Files if is_yaml(name) => AutoEscape::Custom(value::YAML.into()),
            Language::Files => AutoEscape::None,
        });
        environment.set_formatter(value::write);
        environment.add_filter("yaml", value::yaml);
        Templates { environment }
    }

    /// Adds a template under the name of the file that it makes; a later one of the same name takes its place.
    ///
    /// # Errors
    /// When the text is no template.
    pub fn add(&mut self, name: &'s str, text: &'s str) -> Result<(), Failure> {
        self.environment.add_template(name, text).map_err(|error| failure(name, &error))
    }

    /// The text that a template makes of `context`.
    ///
    /// # Errors
    /// When it uses a name that is not in `context`, or prints what is no scalar.
    pub fn render<C: Serialize>(&self, name: &str, context: &C) -> Result<String, Failure> {
        let rendered =
            self.environment.get_template(name).and_then(|template| template.render(Serde(context)));
        rendered.map_err(|error| failure(name, &error))
    }
}

impl Default for Templates<'_> {
    fn default() -> Self {
        Templates::new()
    }
}

/// The innermost cause: an error inside an include is wrapped by one that only says that the include failed.
fn failure(name: &str, error: &minijinja::Error) -> Failure {
    let mut inner = error;
    while let Some(source) = std::error::Error::source(inner).and_then(|next| next.downcast_ref()) {
        inner = source;
    }
    let kind = inner.kind().to_string();
    let message = match inner.detail() {
        Some(detail) => format!("{kind}: {detail}"),
        None => kind,
    };
    Failure {
        template: inner.name().unwrap_or(name).to_owned(),
        range: inner.range().filter(|range| !range.is_empty()),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::Templates;
    use serde_json::json;

    fn render(name: &str, text: &str, context: serde_json::Value) -> Result<String, super::Failure> {
        let mut templates = Templates::new();
        templates.add(name, text)?;
        templates.render(name, &context)
    }

    #[test]
    fn an_unknown_name_is_an_error_with_its_place() {
        let text = "a: {{ cluster.nmae }}\n";
        let failure = render("a.yaml", text, json!({"cluster": {"name": "x"}})).expect_err("undefined");
        let range = failure.range.expect("a place");
        assert!(text[range.clone()].contains("nmae"), "{:?}", &text[range]);
        assert_eq!(failure.template, "a.yaml");
    }

    #[test]
    fn a_text_that_is_no_template_is_an_error_with_its_place() {
        let failure = render("a.yaml", "a: {% if %}\n", json!({})).expect_err("syntax");
        assert!(failure.message.starts_with("syntax error"), "{}", failure.message);
        assert!(failure.range.is_some());
    }

    #[test]
    fn the_place_of_an_error_is_in_the_included_template() {
        let mut templates = Templates::new();
        templates.add("a.yaml", "{% include 'b.yaml' %}").expect("a template");
        templates.add("b.yaml", "x: {{ nothing }}").expect("a template");
        let failure = templates.render("a.yaml", &json!({})).expect_err("undefined");
        assert_eq!((failure.template.as_str(), failure.range), ("b.yaml", Some(6..13)));
    }

    #[test]
    fn a_script_prints_words() {
        let render = |text: &str, context: serde_json::Value| {
            let mut templates = Templates::shell();
            templates.add("a", text).expect("a template");
            templates.render("a", &context)
        };
        let tricky = json!({"word": "it's $(x)", "list": ["a b", "", "c"], "number": 5, "yes": true});
        let text = render("{{ word }} {{ list }} {{ number }} {{ yes }}\n", tricky).expect("rendered");
        assert_eq!(text, "'it'\\''s $(x)' 'a b' '' c 5 true\n");
        let plain = json!({"word": "a b"});
        assert_eq!(render("'{{ word | safe }}'\n", plain.clone()).as_deref(), Ok("'a b'\n"));
        assert!(render("{{ nothing }}", plain).is_err());
        assert!(render("{{ table }}", json!({"table": {"a": 1}})).is_err());
    }

    #[test]
    fn only_yaml_files_print_yaml() {
        let context = json!({"word": "yes"});
        assert_eq!(render("a.yaml", "{{ word }}\n", context.clone()).as_deref(), Ok("\"yes\"\n"));
        assert_eq!(render("a.sh", "{{ word }}\n", context).as_deref(), Ok("yes\n"));
    }
}
