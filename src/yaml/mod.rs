//! A serde printer whose YAML means the same to YAML 1.1 and YAML 1.2 readers.
//!
//! kubectl, Argo CD and Flux read through sigs.k8s.io/yaml, Ansible through PyYAML: both resolve plain scalars by
//! YAML 1.1, where `yes` is true, `1_000` is a number and `12:30:45` is 45045. The emitters of the serde_yaml family
//! leave those plain. This one quotes whatever either version, or either reader, would take for anything but a string.
//!
//! The style is kubectl's: two spaces, lists not indented under their key, `{}` and `[]` when empty, `|` for text of
//! several lines. Fields of the core objects come in the order of [`order`].
//!
//! Floats are refused: two readers rarely agree on how one is spelled, and no field of the model needs one.

pub mod order;
mod printer;
mod scalar;

use serde::Serialize;

/// The value as one YAML document that ends in a newline, without a `---` line.
///
/// # Panics
/// When the value holds what [`Error`] names; a value from outside goes through [`try_write_into`].
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> String {
    let mut out = Vec::with_capacity(1024);
    write_into(&mut out, value);
    String::from_utf8(out).expect("broken promise: the printer wrote bytes that are not UTF-8")
}

/// Appends the value to `out`, as [`to_string`] prints it; the buffer is the caller's to reuse.
///
/// # Panics
/// As [`to_string`].
pub fn write_into<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    try_write_into(out, value).expect("broken promise: a value of the model has no YAML form");
}

/// Appends the value to `out`, or leaves `out` as it was and says what has no YAML form.
pub fn try_write_into<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) -> Result<(), Error> {
    let before = out.len();
    printer::print(out, value).inspect_err(|_| out.truncate(before))
}

/// What the printer does not write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A float: readers disagree on its spelling.
    Float,
    /// A map key that is neither a string, a character, an integer nor the name of a variant.
    Key,
    /// A serde shape that Kubernetes data does not have.
    Shape(&'static str),
    /// What the value's own `Serialize` said.
    Message(String),
}

impl std::error::Error for Error {}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Float => f.write_str("a float has no one spelling in YAML 1.1 and 1.2"),
            Self::Key => f.write_str("a key that is not a string"),
            Self::Shape(shape) => write!(f, "{shape} has no YAML form here"),
            Self::Message(message) => f.write_str(message),
        }
    }
}

impl serde::ser::Error for Error {
    fn custom<M: std::fmt::Display>(message: M) -> Self {
        Self::Message(message.to_string())
    }
}
