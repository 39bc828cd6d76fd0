//! An annotation is a text, whatever it was written as.

use crate::decode::{Raw, RawValue};

/// Annotations as Kubernetes takes them: `true` becomes `"true"`, a list or a table becomes its JSON.
pub(super) fn texts(raw: &Raw) -> impl Iterator<Item = (String, String)> {
    raw.0.iter().map(|(key, value)| {
        let text = match &value.value {
            RawValue::Text(text) => text.clone(),
            other => other.to_json().to_string(),
        };
        (key.value.clone(), text)
    })
}
