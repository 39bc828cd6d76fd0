//! What a person says about an object in upstream's own words is laid over it last.

use crate::decode::Raw;
use crate::objects::AnyObject;
use crate::source::Located;
use serde_json::{Value, json};

/// The object with a raw override laid over its `spec`.
pub(super) fn with_spec(object: AnyObject, raw: Option<&Located<Raw>>) -> AnyObject {
    match raw {
        Some(raw) if !raw.value.is_empty() => laid_over(&object, &json!({ "spec": raw.value.to_json() })),
        _ => object,
    }
}

fn laid_over(object: &AnyObject, over: &Value) -> AnyObject {
    object.merged(over).expect("broken promise: an override below `spec` has no float and keeps the kind")
}
