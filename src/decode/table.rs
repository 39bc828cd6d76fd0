//! Tables with a fixed set of keys: `table!` declares each key once.

use super::{Decode, Key, Reader, Shape, TableShape, Value, rules};
use crate::diagnostics::{Diagnostic, Names, nearest};
use crate::source::{Located, Span};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A type that `table!` declared.
pub trait ReadTable: Sized {
    const NAME: &'static str;
    const DOCS: &'static str;

    /// Every key in the order of declaration.
    fn keys() -> Vec<Key>;

    /// The names of every key, without building their shapes.
    fn names(into: &mut Vec<&'static str>);

    /// Takes its keys out of the table; `None` after a finding was reported.
    fn read(table: &mut TableReader<'_, '_, '_, '_>) -> Option<Self>;
}

/// The entries of a table that are not read yet.
pub struct TableReader<'t, 'i, 'r, 'd> {
    entries: Vec<Option<(&'t Spanned<DeString<'i>>, &'t Value<'i>)>>,
    /// Required keys that are not there: told at the end, because a misspelt key may be one of them.
    missing: Vec<(&'static str, Diagnostic)>,
    pub reader: &'r mut Reader<'d>,
    pub span: Span,
}

impl TableReader<'_, '_, '_, '_> {
    /// Reads the value at `key`: `Ok(None)` when it is not there, `Err` after a finding was reported.
    pub fn optional<T: Decode>(&mut self, key: &'static str) -> Result<Option<Located<T>>, ()> {
        let slot = self.entries.iter_mut().find(|entry| entry.is_some_and(|(name, _)| name.get_ref() == key));
        let Some((_, value)) = slot.and_then(Option::take) else { return Ok(None) };
        let span = self.reader.span(value);
        let read = self.reader.within(key, |reader| T::decode(value, reader));
        read.map(|value| Some(Located { value, span })).ok_or(())
    }

    /// Reads the value at `key`; that it is not there is a finding.
    pub fn required<T: Decode>(&mut self, key: &'static str, example: &str) -> Result<Located<T>, ()> {
        if let Some(value) = self.optional(key)? {
            return Ok(value);
        }
        let path = self.reader.path();
        let place = if path.is_empty() { "the plan".to_owned() } else { format!("`{path}`") };
        let finding = Diagnostic::new(&rules::MISSING_KEY, self.span, format!("{place} has no `{key}`"))
            .here(format!("`{key}` is missing"))
            .help(format!("add: {key} = {example}"));
        self.missing.push((key, finding));
        Err(())
    }

    /// Reports what nobody read, with the key that was probably meant, and what is missing.
    fn finish(mut self, names: &[&'static str], unwritten: &[&'static str]) {
        for (key, _) in self.entries.into_iter().flatten() {
            let path = self.reader.path();
            let place = if path.is_empty() { "the plan".to_owned() } else { format!("`{path}`") };
            let span = self.reader.span(key);
            let message = format!("{place} has no key `{}`", key.get_ref());
            let mut finding =
                Diagnostic::new(&rules::UNKNOWN_KEY, span, message).here("nothing reads this key");
            finding = match nearest(key.get_ref(), unwritten.iter().copied()) {
                Some(name) => {
                    self.missing.retain(|(missing, _)| *missing != name);
                    finding.help(format!("did you mean `{name}`?")).spell(
                        span,
                        key.get_ref(),
                        unwritten.iter().copied(),
                        Names::Fixed,
                        crate::diagnostics::key,
                    )
                }
                None => finding.help(format!("the keys are: {}", names.join(", "))),
            };
            self.reader.report(finding);
        }
        for (_, finding) in self.missing {
            self.reader.report(finding);
        }
    }
}

/// Reads a whole table as `T` and reports every key that `T` does not have.
pub fn read_whole<T: ReadTable>(table: &DeTable<'_>, span: Span, reader: &mut Reader<'_>) -> Option<T> {
    let entries = table.iter().map(Some).collect();
    let written = table;
    let mut table = TableReader { entries, missing: Vec::new(), reader, span };
    let read = T::read(&mut table);
    let mut names = Vec::new();
    T::names(&mut names);
    // A key that is there already is not what another one was meant to be.
    let unwritten: Vec<&str> = names.iter().copied().filter(|name| !written.contains_key(*name)).collect();
    table.finish(&names, &unwritten);
    read
}

/// Reads a value that must be a table of keys.
pub fn decode_table<T: ReadTable>(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<T> {
    let DeValue::Table(table) = value.get_ref() else {
        reader.wrong_type(value, &table_shape::<T>());
        return None;
    };
    let span = reader.span(value);
    read_whole(table, span, reader)
}

/// The shape of a declared table.
pub fn table_shape<T: ReadTable>() -> Shape {
    Shape::Table(TableShape { name: T::NAME, docs: T::DOCS, keys: T::keys })
}

/// The key of a field: Rust's raw identifiers are a matter of Rust.
pub fn key_name(field: &'static str) -> &'static str {
    field.strip_prefix("r#").unwrap_or(field)
}

/// Declares a table of the plan.
///
/// ```text
/// table! {
///     /// What the table is.
///     Lan {
///         /// What the key is.
///         required cidr: Cidr = r#""192.168.1.0/24""#;
///         optional dhcp: OneOrMany<AddressRange> = r#""192.168.1.2-192.168.1.199""#;
///         default(1500) mtu: u16 = "9000";
///         flatten shared: Shared;
///     }
/// }
/// ```
///
/// A `required` key becomes `Located<T>`, the others `Option<Located<T>>`; a `default` key also gets a method of its
/// name that returns the value or the default. `or` fills what was not written from another table of the same type.
#[macro_export]
macro_rules! table {
    ($(#[doc = $docs:literal])* $name:ident $(: $derive:ident)? {
        $($(#[doc = $doc:literal])* $presence:ident $(($default:expr))? $field:ident : $type:ty $(= $example:literal)?;)*
    }) => {
        $(#[doc = $docs])*
        #[derive(Clone, Debug $(, $derive)?)]
        pub struct $name {
            $($(#[doc = $doc])* pub $field: $crate::table!(@type $presence $type),)*
            /// Where the table was written.
            pub span: $crate::source::Span,
        }

        impl $crate::decode::ReadTable for $name {
            const NAME: &'static str = stringify!($name);
            const DOCS: &'static str = concat!($($docs, "\n",)* "");

            fn keys() -> Vec<$crate::decode::Key> {
                let mut keys = Vec::new();
                $($crate::table!(@key keys $presence $(($default))? $field, $type, concat!($($doc, "\n",)* ""), concat!($($example)?));)*
                keys
            }

            fn names(into: &mut Vec<&'static str>) {
                $($crate::table!(@name into $presence $field, $type);)*
            }

            #[allow(unused_variables, clippy::question_mark)]
            fn read(table: &mut $crate::decode::TableReader<'_, '_, '_, '_>) -> Option<Self> {
                $(let $field = $crate::table!(@read table $presence $field, $type, concat!($($example)?));)*
                Some($name { $($field: $field.ok()?,)* span: table.span })
            }
        }

        impl $crate::decode::Decode for $name {
            fn shape() -> $crate::decode::Shape {
                $crate::decode::table_shape::<$name>()
            }

            fn decode(
                value: &$crate::decode::Value<'_>,
                reader: &mut $crate::decode::Reader<'_>,
            ) -> Option<$name> {
                $crate::decode::decode_table(value, reader)
            }
        }

        #[allow(dead_code)]
        impl $name {
            $($crate::table!(@accessor $presence $(($default))? $field, $type);)*

            /// The same table, with what was not written taken from `other`.
            #[must_use]
            pub fn or(&self, other: &$name) -> $name {
                $name { $($field: $crate::table!(@or self other $presence $field),)* span: self.span }
            }
        }
    };

    (@type required $type:ty) => { $crate::source::Located<$type> };
    (@type flatten $type:ty) => { $type };
    (@type $presence:ident $type:ty) => { Option<$crate::source::Located<$type>> };

    (@key $keys:ident flatten $field:ident, $type:ty, $doc:expr, $example:expr) => {
        $keys.extend(<$type as $crate::decode::ReadTable>::keys())
    };
    (@key $keys:ident $presence:ident $(($default:expr))? $field:ident, $type:ty, $doc:expr, $example:expr) => {
        $keys.push($crate::decode::Key {
            name: $crate::decode::key_name(stringify!($field)),
            docs: $doc,
            example: $example,
            presence: $crate::table!(@presence $presence $(($default))? $type),
            shape: <$type as $crate::decode::Decode>::shape(),
            reads: |value, reader| <$type as $crate::decode::Decode>::decode(value, reader).is_some(),
        })
    };

    (@presence required $type:ty) => { $crate::decode::Presence::Required };
    (@presence optional $type:ty) => { $crate::decode::Presence::Optional };
    (@presence default ($default:expr) $type:ty) => {{
        let default: $type = $default;
        $crate::decode::Presence::Default($crate::decode::Decode::literal(&default))
    }};

    (@name $into:ident flatten $field:ident, $type:ty) => { <$type as $crate::decode::ReadTable>::names($into) };
    (@name $into:ident $presence:ident $field:ident, $type:ty) => {
        $into.push($crate::decode::key_name(stringify!($field)))
    };

    (@read $table:ident flatten $field:ident, $type:ty, $example:expr) => {
        <$type as $crate::decode::ReadTable>::read($table).ok_or(())
    };
    (@read $table:ident required $field:ident, $type:ty, $example:expr) => {
        $table.required::<$type>($crate::decode::key_name(stringify!($field)), $example)
    };
    (@read $table:ident $presence:ident $field:ident, $type:ty, $example:expr) => {
        $table.optional::<$type>($crate::decode::key_name(stringify!($field)))
    };

    (@accessor default ($default:expr) $field:ident, $type:ty) => {
        /// The value that was written, or the default.
        pub fn $field(&self) -> $type {
            match &self.$field {
                Some(written) => written.value.clone(),
                None => $default,
            }
        }
    };
    (@accessor $presence:ident $field:ident, $type:ty) => {};

    (@or $self:ident $other:ident required $field:ident) => { $self.$field.clone() };
    (@or $self:ident $other:ident flatten $field:ident) => { $self.$field.or(&$other.$field) };
    (@or $self:ident $other:ident $presence:ident $field:ident) => {
        $self.$field.clone().or_else(|| $other.$field.clone())
    };
}
