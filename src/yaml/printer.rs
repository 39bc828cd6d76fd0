//! Block style, written straight into the buffer: a value never looks back except to put its fields in order.

use super::order::{self, Row};
use super::{Error, scalar};
use serde::ser::{self, Impossible, Serialize};
use std::fmt::Write;

/// Appends one document to `out`; after an error `out` ends anywhere.
pub fn print<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) -> Result<(), Error> {
    let mut printer = Printer { out, fields: Vec::new(), shown: String::new() };
    value.serialize(Value { printer: &mut printer, place: Place::Alone, indent: 0 })
}

struct Printer<'o> {
    out: &'o mut Vec<u8>,
    /// The fields of the structs that are open and have an order, innermost last.
    fields: Vec<Field>,
    /// What a `Display` said, kept for its capacity.
    shown: String,
}

/// One field of a struct, as it stands in the buffer.
struct Field {
    rank: usize,
    start: usize,
    /// Known once the struct is complete.
    end: usize,
}

/// What stands before a value on its line.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Nothing: the value is the document.
    Alone,
    /// `key:` at column `indent`.
    Key,
    /// Nothing yet, but a dash belongs at column `indent`.
    Dash,
}

/// A value about to be written at a place.
struct Value<'p, 'o> {
    printer: &'p mut Printer<'o>,
    place: Place,
    indent: usize,
}

impl<'p, 'o> Value<'p, 'o> {
    fn scalar(self, write: impl FnOnce(&mut Vec<u8>, usize)) -> Result<(), Error> {
        let out = &mut *self.printer.out;
        match self.place {
            Place::Alone => {}
            Place::Key => out.push(b' '),
            Place::Dash => {
                scalar::write_spaces(out, self.indent);
                out.extend_from_slice(b"- ");
            }
        }
        write(out, self.indent + 2);
        out.push(b'\n');
        Ok(())
    }

    fn word(self, word: &str) -> Result<(), Error> {
        self.scalar(|out, _| out.extend_from_slice(word.as_bytes()))
    }

    fn integer(self, negative: bool, magnitude: u64) -> Result<(), Error> {
        self.scalar(|out, _| scalar::write_integer(out, negative, magnitude))
    }

    fn block(self, indent: usize, row: Option<Row>) -> Block<'p, 'o> {
        let fields = self.printer.fields.len();
        Block { value: self, indent, start: None, row, fields }
    }

    fn mapping(self, row: Option<Row>) -> Block<'p, 'o> {
        let indent = if self.place == Place::Alone { 0 } else { self.indent + 2 };
        self.block(indent, row)
    }

    fn sequence(self) -> Block<'p, 'o> {
        let indent = if self.place == Place::Dash { self.indent + 2 } else { self.indent };
        self.block(indent, None)
    }
}

/// An open mapping or sequence, whose entries start at column `indent`.
struct Block<'p, 'o> {
    value: Value<'p, 'o>,
    indent: usize,
    /// Where the first entry begins, once there is one: an empty block is written as `{}` or `[]`.
    start: Option<usize>,
    row: Option<Row>,
    /// How many of the printer's `fields` belong to the blocks around this one.
    fields: usize,
}

impl Block<'_, '_> {
    fn begin_entry(&mut self) {
        if self.start.is_none() {
            if self.value.place == Place::Key {
                self.value.printer.out.push(b'\n');
            }
            self.start = Some(self.value.printer.out.len());
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.begin_entry();
        value.serialize(Value { printer: self.value.printer, place: Place::Dash, indent: self.indent })
    }

    fn key(&mut self, key: &str) {
        self.begin_entry();
        let printer = &mut *self.value.printer;
        if let Some(row) = self.row {
            printer.fields.push(Field { rank: row.rank(key), start: printer.out.len(), end: 0 });
        }
        scalar::write_spaces(printer.out, self.indent);
        let start = printer.out.len();
        scalar::write_key(printer.out, key);
        // A key before `:` may have 1,024 characters (YAML 1.2.2, 7.4.2); a longer one is announced by `?`.
        if printer.out.len() - start > 1000 {
            printer.out.splice(start..start, *b"? ");
            printer.out.push(b'\n');
            scalar::write_spaces(printer.out, self.indent);
        }
        printer.out.push(b':');
    }

    fn after_key<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Value { printer: self.value.printer, place: Place::Key, indent: self.indent })
    }

    fn finish(self, empty: &str) -> Result<(), Error> {
        let Some(start) = self.start else { return self.value.word(empty) };
        let printer = self.value.printer;
        if self.row.is_some() {
            sort_fields(printer.out, &mut printer.fields[self.fields..]);
            printer.fields.truncate(self.fields);
        }
        // The first entry was indented past the dash, so that sorting could move it like any other.
        if self.value.place == Place::Dash {
            printer.out[start + self.value.indent] = b'-';
        }
        Ok(())
    }
}

/// Puts the fields at the end of `out` in the order of their ranks; equal ranks keep their order.
fn sort_fields(out: &mut Vec<u8>, fields: &mut [Field]) {
    if fields.is_sorted_by_key(|field| field.rank) {
        return;
    }
    let (start, end) = (fields[0].start, out.len());
    let mut next = end;
    for field in fields.iter_mut().rev() {
        field.end = next;
        next = field.start;
    }
    fields.sort_by_key(|field| field.rank);
    // A sorted copy behind the text, then over it: no second buffer.
    for field in fields {
        out.extend_from_within(field.start..field.end);
    }
    out.copy_within(end.., start);
    out.truncate(end);
}

impl<'p, 'o> ser::Serializer for Value<'p, 'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Block<'p, 'o>;
    type SerializeTuple = Block<'p, 'o>;
    type SerializeTupleStruct = Block<'p, 'o>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Block<'p, 'o>;
    type SerializeStruct = Block<'p, 'o>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.word(if value { "true" } else { "false" })
    }
    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }
    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }
    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }
    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.integer(value < 0, value.unsigned_abs())
    }
    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.integer(false, value.into())
    }
    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.integer(false, value.into())
    }
    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.integer(false, value.into())
    }
    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.integer(false, value)
    }
    fn serialize_f32(self, _: f32) -> Result<(), Error> {
        Err(Error::Float)
    }
    fn serialize_f64(self, _: f64) -> Result<(), Error> {
        Err(Error::Float)
    }
    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.scalar(|out, indent| scalar::write_value(out, value, indent))
    }
    fn collect_str<T: std::fmt::Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        let mut shown = std::mem::take(&mut self.printer.shown);
        shown.clear();
        write!(shown, "{value}").map_err(ser::Error::custom)?;
        self.scalar(|out, indent| scalar::write_value(out, &shown, indent))
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        Err(Error::Shape("a byte string"))
    }
    fn serialize_none(self) -> Result<(), Error> {
        self.word("null")
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Error> {
        self.word("null")
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.word("null")
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut block = self.mapping(None);
        block.key(variant);
        block.after_key(value)?;
        block.finish("{}")
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Block<'p, 'o>, Error> {
        Ok(self.sequence())
    }
    fn serialize_tuple(self, _: usize) -> Result<Block<'p, 'o>, Error> {
        Ok(self.sequence())
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Block<'p, 'o>, Error> {
        Ok(self.sequence())
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error::Shape("a variant with several values"))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Block<'p, 'o>, Error> {
        Ok(self.mapping(None))
    }
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Block<'p, 'o>, Error> {
        Ok(self.mapping(order::row(name)))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error::Shape("a variant with fields"))
    }
}

impl ser::SerializeSeq for Block<'_, '_> {
    type Ok = ();
    type Error = Error;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.element(value)
    }
    fn end(self) -> Result<(), Error> {
        self.finish("[]")
    }
}

impl ser::SerializeTuple for Block<'_, '_> {
    type Ok = ();
    type Error = Error;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.element(value)
    }
    fn end(self) -> Result<(), Error> {
        self.finish("[]")
    }
}

impl ser::SerializeTupleStruct for Block<'_, '_> {
    type Ok = ();
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.element(value)
    }
    fn end(self) -> Result<(), Error> {
        self.finish("[]")
    }
}

impl ser::SerializeMap for Block<'_, '_> {
    type Ok = ();
    type Error = Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        key.serialize(Key { block: self })
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.after_key(value)
    }
    fn end(self) -> Result<(), Error> {
        self.finish("{}")
    }
}

impl ser::SerializeStruct for Block<'_, '_> {
    type Ok = ();
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        self.key(key);
        self.after_key(value)
    }
    fn end(self) -> Result<(), Error> {
        self.finish("{}")
    }
}

/// The key of a map. An integer is written in quotes: JSON, which kubectl turns all YAML into, has string keys only.
struct Key<'b, 'p, 'o> {
    block: &'b mut Block<'p, 'o>,
}

macro_rules! integer_keys {
    ($($method:ident $integer:ty),*) => {$(
        fn $method(self, key: $integer) -> Result<(), Error> {
            self.serialize_str(&key.to_string())
        }
    )*};
}

macro_rules! not_a_key {
    ($($method:ident($($argument:ty),*) -> $result:ty;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<$result, Error> {
            Err(Error::Key)
        }
    )*};
}

impl ser::Serializer for Key<'_, '_, '_> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Impossible<(), Error>;
    type SerializeStruct = Impossible<(), Error>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_str(self, key: &str) -> Result<(), Error> {
        self.block.key(key);
        Ok(())
    }
    fn serialize_char(self, key: char) -> Result<(), Error> {
        self.serialize_str(key.encode_utf8(&mut [0; 4]))
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, key: &T) -> Result<(), Error> {
        key.serialize(self)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), Error> {
        Err(Error::Key)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(Error::Key)
    }
    integer_keys!(
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64
    );
    not_a_key! {
        serialize_bool(bool) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}
