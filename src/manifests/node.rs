//! A YAML document is a tree of values, each with its place.
//!
//! Read event by event, because a finding needs the place of a value, and whether `y` is a text or a boolean depends
//! on its quotes: a reader into plain values knows neither.

use super::scalar::{Resolved, Scalar};
use crate::source::Span;
use granit_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeMap;

/// A value and where it was written.
#[derive(Clone, Debug)]
pub struct Node {
    pub content: Content,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Content {
    Scalar(Scalar),
    List(Vec<Node>),
    /// In the order in which it was written.
    Map(Vec<Entry>),
}

/// One key of a map.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Scalar,
    pub span: Span,
    pub value: Node,
}

/// Why a text is not YAML, and where.
#[derive(Clone, Debug)]
pub struct Unreadable {
    pub message: String,
    pub span: Span,
}

/// A file of aliases to aliases grows without bound; no real one has so many values.
const MOST_VALUES: usize = 20_000_000;

/// Every document of a text, and why the rest could not be read. Values of JSON one after the other, as two calls of
/// `kubectl get -o json` print them, are documents too, for kubectl reads them so.
pub fn documents(text: &str, source: u16) -> (Vec<Node>, Option<Unreadable>) {
    let mut all = Vec::new();
    for part in json_values(text) {
        let (mut nodes, unreadable) = yaml(&text[part.clone()], source);
        if part.start > 0 {
            nodes.iter_mut().for_each(|node| node.shift(part.start));
        }
        all.append(&mut nodes);
        if let Some(Unreadable { message, span }) = unreadable {
            let range = span.range();
            let span = Span::new(source, range.start + part.start..range.end + part.start);
            return (all, Some(Unreadable { message, span }));
        }
    }
    (all, None)
}

/// Where the JSON objects of a text are; the whole text when it is anything else.
fn json_values(text: &str) -> Vec<Range> {
    let whole = 0..text.len();
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return vec![whole];
    }
    let (mut values, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' => depth += 1,
            b'}' => {
                let Some(left) = depth.checked_sub(1) else { return vec![whole] };
                depth = left;
                if depth == 0 {
                    values.push(start..at + 1);
                    start = at + 1;
                }
            }
            // The mark of the byte order has three bytes; anything else is YAML.
            _ if depth == 0 && !byte.is_ascii_whitespace() && at > 2 => return vec![whole],
            _ => {}
        }
    }
    if depth > 0 || values.len() < 2 { vec![whole] } else { values }
}

fn yaml(text: &str, source: u16) -> (Vec<Node>, Option<Unreadable>) {
    let mut builder = Builder {
        source,
        text,
        anchors: BTreeMap::new(),
        open: Vec::new(),
        documents: Vec::new(),
        values: 0,
    };
    for event in Parser::new_from_str(text) {
        let result = match event {
            Ok((event, span)) => builder.take(event, span.byte_range().unwrap_or(0..0)),
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
                Err((error.kind().to_string(), at..at))
            }
        };
        if let Err((message, range)) = result {
            return (builder.documents, Some(Unreadable { message, span: Span::new(source, range) }));
        }
    }
    (builder.documents, None)
}

/// What an unfinished collection waits for.
enum Open {
    List { items: Vec<Node>, start: usize, anchor: usize },
    Map { entries: Vec<Entry>, key: Option<(Scalar, Span)>, start: usize, anchor: usize },
}

struct Builder<'t> {
    source: u16,
    text: &'t str,
    anchors: BTreeMap<usize, Node>,
    open: Vec<Open>,
    documents: Vec<Node>,
    values: usize,
}

type Range = std::ops::Range<usize>;

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, range: Range) -> Result<(), (String, Range)> {
        match event {
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = tag.as_ref().is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let scalar = match style {
                    ScalarStyle::Plain if !is_text => Scalar::plain(text.into_owned()),
                    _ => Scalar::text(text),
                };
                self.add(Content::Scalar(scalar), range, anchor)?;
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open.push(Open::List { items: Vec::new(), start: range.start, anchor });
            }
            Event::MappingStart(_, anchor, _) => {
                self.open.push(Open::Map { entries: Vec::new(), key: None, start: range.start, anchor });
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List { items, start, anchor }) => {
                    self.add(Content::List(items), self.trimmed(start, range.end), anchor)?;
                }
                Some(Open::Map { entries, start, anchor, .. }) => {
                    self.add(Content::Map(merged(entries)), self.trimmed(start, range.end), anchor)?;
                }
                None => return Err(("a collection ends that did not begin".to_owned(), range)),
            },
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    return Err(("an alias refers to itself".to_owned(), range));
                };
                self.values += size(&node);
                self.add(node.content, range, 0)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A block collection ends where the next thing begins; its place ends with its last value.
    fn trimmed(&self, start: usize, end: usize) -> Range {
        let end = end.clamp(start, self.text.len());
        let kept = self.text.get(start..end).map_or(0, |text| text.trim_end().len());
        start..start + kept
    }

    fn add(&mut self, content: Content, range: Range, anchor: usize) -> Result<(), (String, Range)> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err(("its aliases make too many values".to_owned(), range));
        }
        let node = Node { content, span: Span::new(self.source, range.clone()) };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                None => match node.content {
                    Content::Scalar(scalar) => *key = Some((scalar, node.span)),
                    _ => return Err(("a key is a list or a map".to_owned(), range)),
                },
                Some((key, span)) => {
                    let merges = key.text == "<<" && key.means == Resolved::Text;
                    if !merges && entries.iter().any(|entry| entry.key == key) {
                        return Err((format!("the key `{}` is there twice", key.text), span.range()));
                    }
                    entries.push(Entry { key, span, value: node });
                }
            },
        }
        Ok(())
    }
}

/// The keys of `<<` maps are there unless the map has them itself.
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    if !entries.iter().any(|entry| entry.key.text == "<<") {
        return entries;
    }
    let (merges, mut own): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|entry| entry.key.text == "<<");
    for merge in merges {
        let maps = match merge.value.content {
            Content::List(items) => items,
            content => vec![Node { content, span: merge.span }],
        };
        for map in maps {
            let Content::Map(entries) = map.content else { continue };
            for entry in entries {
                if !own.iter().any(|known| known.key == entry.key) {
                    own.push(entry);
                }
            }
        }
    }
    own
}

fn size(node: &Node) -> usize {
    match &node.content {
        Content::Scalar(_) => 1,
        Content::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Content::Map(entries) => 1 + entries.iter().map(|entry| 1 + size(&entry.value)).sum::<usize>(),
    }
}

impl Node {
    /// Moves it and all that is in it so many bytes further on.
    fn shift(&mut self, by: usize) {
        let shift = |span: &mut Span| {
            let range = span.range();
            *span = Span::new(span.source, range.start + by..range.end + by);
        };
        shift(&mut self.span);
        match &mut self.content {
            Content::Scalar(_) => {}
            Content::List(items) => items.iter_mut().for_each(|item| item.shift(by)),
            Content::Map(entries) => {
                for entry in entries {
                    shift(&mut entry.span);
                    entry.value.shift(by);
                }
            }
        }
    }

    /// The value at a path of keys; `null` is as good as missing.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.entry(key).map(|entry| &entry.value))
    }

    /// The entry of a key, unless its value is `null`.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        let entry = self.entries().iter().find(|entry| entry.key.text == key)?;
        (!entry.value.is_null()).then_some(entry)
    }

    /// The entries of a map; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Node] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar(scalar) if scalar.means == Resolved::Null)
    }

    /// The text of a scalar, whatever it means.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) if scalar.means != Resolved::Null => Some(&scalar.text),
            _ => None,
        }
    }

    /// The text at a path of keys, whatever it means.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.text()
    }

    /// What it is, for a sentence.
    pub fn word(&self) -> &'static str {
        match &self.content {
            Content::Scalar(scalar) => scalar.means.word(),
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }
}
