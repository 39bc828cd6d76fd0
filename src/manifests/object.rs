//! One object of a cluster: what it is, what it is called, and what the API server says to its fields.

use super::finding::{API_REFUSES, NOT_A_TEXT};
use super::label::{is_label_key, is_label_value};
use super::node::{Content, Node};
use super::scalar::Resolved;
use crate::connectivity::Labels;
use crate::diagnostics::Diagnostic;
use crate::source::Span;

/// An object with a kind.
#[derive(Clone, Copy)]
pub struct Object<'n> {
    pub node: &'n Node,
    pub api_version: &'n str,
    pub kind: &'n str,
}

/// The objects of a document: itself, or the items of the list that it is.
pub fn objects(document: &Node) -> Vec<Object<'_>> {
    let text = |node: &'_ Node, key: &str| node.text_at(&[key]).map(str::to_owned);
    let (Some(kind), Some(api_version)) = (document.text_at(&["kind"]), document.text_at(&["apiVersion"]))
    else {
        return Vec::new();
    };
    let Some(of) = kind.strip_suffix("List") else {
        return vec![Object { node: document, api_version, kind }];
    };
    let mut found = Vec::new();
    for item in document.at(&["items"]).map_or(&[][..], Node::items) {
        match (text(item, "kind"), text(item, "apiVersion")) {
            (Some(_), Some(_)) => found.extend(objects(item)),
            // Items of `NetworkPolicyList` and the like do not repeat what the list says.
            _ if !of.is_empty() => found.push(Object { node: item, api_version, kind: of }),
            _ => {}
        }
    }
    found
}

impl Object<'_> {
    /// `namespace/name`, or the name alone where there is no namespace.
    pub fn name(&self) -> &str {
        self.node
            .text_at(&["metadata", "name"])
            .or(self.node.text_at(&["metadata", "generateName"]))
            .unwrap_or_default()
    }

    /// The namespace, `default` where none is written: that is where kubectl puts it.
    pub fn namespace(&self) -> &str {
        self.node.text_at(&["metadata", "namespace"]).unwrap_or("default")
    }

    /// The place of its name.
    pub fn span(&self) -> Span {
        self.node.at(&["metadata", "name"]).map_or(self.node.span, |name| name.span)
    }

    /// Whether the API group is this one, in any version.
    pub fn is_of(&self, group: &str) -> bool {
        match self.api_version.split_once('/') {
            Some((written, _)) => written == group,
            None => group.is_empty(),
        }
    }
}

/// Reads fields of one object, and collects what the API server would refuse.
pub struct Judge<'f> {
    /// `namespace/name` of the object, for messages.
    pub name: String,
    pub found: &'f mut Vec<Diagnostic>,
}

impl Judge<'_> {
    /// Says why the API server refuses the object.
    pub fn refuse<T>(&mut self, span: Span, message: impl Into<String>) -> Option<T> {
        let (name, message) = (&self.name, message.into());
        let finding =
            Diagnostic::new(&API_REFUSES, span, format!("the API server refuses `{name}`: {message}"));
        let help = format!("mend `{name}`; until then no cluster has it, and it is left out here");
        self.found.push(finding.here(message).help(help).on(name.clone()));
        None
    }

    /// A scalar that has to be a text. One that means something else is told, and taken for the text that was meant.
    pub fn text(&mut self, node: &Node) -> Option<String> {
        match &node.content {
            Content::Scalar(scalar) => {
                if !matches!(scalar.means, Resolved::Text | Resolved::Null) {
                    self.not_a_text(node.span, &scalar.text, scalar.means);
                }
                // In a map of texts `null` becomes the empty text.
                Some(if scalar.means == Resolved::Null { String::new() } else { scalar.text.clone() })
            }
            _ => self.refuse(node.span, format!("expected a text, found {}", node.word())),
        }
    }

    pub fn not_a_text(&mut self, span: Span, text: &str, means: Resolved) {
        let name = &self.name;
        let message = format!("in `{name}`, `{text}` without quotes is {}, not a text", means.word());
        let finding = Diagnostic::new(&NOT_A_TEXT, span, message).here("kubectl reads YAML 1.1 here");
        let quoted = format!("\"{text}\"");
        self.found.push(finding.help(format!("write {quoted}")).fix(span, quoted).on(name.clone()));
    }

    /// A whole number.
    pub fn integer(&mut self, node: &Node, what: &str) -> Option<i64> {
        match &node.content {
            Content::Scalar(scalar) => match scalar.means {
                Resolved::Integer(number) => Some(number),
                _ => self.refuse(node.span, format!("{what} is {}, not a number", node.word())),
            },
            _ => self.refuse(node.span, format!("{what} is {}, not a number", node.word())),
        }
    }

    /// A map with no other keys than these; `{}` may be written as nothing.
    pub fn map(&mut self, node: &Node, what: &str, keys: &[&str]) -> Option<()> {
        if !matches!(node.content, Content::Map(_)) && !node.is_null() {
            return self.refuse(node.span, format!("{what} is {}, not a map", node.word()));
        }
        let mut good = Some(());
        for entry in node.entries() {
            if !keys.contains(&&*entry.key.text) {
                good = self.refuse(entry.span, format!("{what} has no field `{}`", entry.key.text));
            }
        }
        good
    }

    /// The items of a list.
    pub fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.content {
            Content::List(items) => Some(items),
            _ => self.refuse(node.span, format!("{what} is {}, not a list", node.word())),
        }
    }

    /// Labels, or what a selector says of them.
    pub fn labels(&mut self, node: &Node) -> Option<Labels> {
        let Content::Map(entries) = &node.content else {
            return self.refuse(node.span, format!("labels are {}, not a map", node.word()));
        };
        let mut labels = Labels::new();
        let mut good = true;
        for entry in entries {
            let key = &entry.key.text;
            if !matches!(entry.key.means, Resolved::Text) {
                self.not_a_text(entry.span, key, entry.key.means);
            }
            let Some(value) = self.text(&entry.value) else {
                good = false;
                continue;
            };
            if !is_label_key(key) {
                good = false;
                self.refuse::<()>(entry.span, format!("`{key}` is not a label key"));
            } else if !is_label_value(&value) {
                good = false;
                self.refuse::<()>(entry.value.span, format!("`{value}` is not a label value"));
            }
            labels.insert(key.clone(), value);
        }
        good.then_some(labels)
    }
}
