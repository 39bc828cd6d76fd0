//! Booleans and whole numbers.

use super::{Decode, Reader, Shape, Value, rules};
use crate::diagnostics::Diagnostic;
use toml::de::DeValue;

impl Decode for bool {
    fn shape() -> Shape {
        Shape::Boolean
    }

    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<bool> {
        if let DeValue::Boolean(value) = value.get_ref() {
            return Some(*value);
        }
        let quoted = value.get_ref().as_str().filter(|text| matches!(*text, "true" | "false"));
        reader.wrong_type_for(value, &Self::shape(), quoted.map(str::to_owned));
        None
    }

    fn literal(&self) -> String {
        self.to_string()
    }
}

macro_rules! whole_number {
    ($($type:ty),*) => {$(
        impl Decode for $type {
            fn shape() -> Shape {
                Shape::Integer { min: i64::from(<$type>::MIN), max: i64::from(<$type>::MAX) }
            }

            fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<$type> {
                let DeValue::Integer(number) = value.get_ref() else {
                    let quoted = value.get_ref().as_str().and_then(|text| text.parse::<$type>().ok());
                    reader.wrong_type_for(value, &Self::shape(), quoted.map(|number| number.to_string()));
                    return None;
                };
                if let Ok(number) = <$type>::from_str_radix(number.as_str(), number.radix()) {
                    return Some(number);
                }
                let span = reader.span(value);
                let expected = Self::shape().phrase();
                let message = format!("`{}` is {number}, expected {expected}", reader.path());
                reader.report(Diagnostic::new(&rules::OUT_OF_RANGE, span, message).here(expected));
                None
            }

            fn literal(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

whole_number!(u8, u16, u32);
