//! The JSON Schema of a plan. Editors read it through Taplo, which knows draft 7 best: `definitions`, no keyword beside a
//! `$ref`, and `x-taplo` for what each word of a closed set means.

use super::tables::{Table, json, of, prose, tables};
use crate::decode::{Key, Presence, Shape};
use serde_json::{Value, json};

/// The schema of `migration.toml`.
pub fn schema() -> Value {
    let tables = tables();
    let (root, others) = tables.split_first().expect("broken promise: there is a root table");
    let definitions: serde_json::Map<String, Value> =
        others.iter().map(|table| (table.id.clone(), object(table, &tables))).collect();
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "migration.toml",
    });
    let Value::Object(keys) = object(root, &tables) else {
        unreachable!("broken promise: a table is an object")
    };
    keys.into_iter().for_each(|(key, value)| schema[key] = value);
    schema["definitions"] = Value::Object(definitions);
    schema
}

fn object(table: &Table, tables: &[Table]) -> Value {
    let properties: serde_json::Map<String, Value> =
        table.keys.iter().map(|key| (key.name.to_owned(), property(key, tables))).collect();
    let required: Vec<&str> =
        (table.keys.iter()).filter(|key| key.presence == Presence::Required).map(|key| key.name).collect();
    let mut object = json!({
        "type": "object",
        "description": table.docs,
        "additionalProperties": false,
        "properties": properties,
    });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn property(key: &Key, tables: &[Table]) -> Value {
    let mut value = match value(&key.shape, tables) {
        // Draft 7 ignores what stands beside a `$ref`.
        reference if reference.get("$ref").is_some() => json!({ "allOf": [reference] }),
        value => value,
    };
    value["description"] = json!(prose(key.docs));
    if let Presence::Default(literal) = &key.presence
        && let Some(default) = json(literal)
    {
        value["default"] = default;
    }
    if let Some(example) = json(key.example) {
        value["examples"] = json!([example]);
    }
    value
}

fn value(shape: &Shape, tables: &[Table]) -> Value {
    match shape {
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Text { pattern: Some(pattern), .. } => json!({ "type": "string", "pattern": pattern }),
        Shape::Text { pattern: None, .. } => json!({ "type": "string", "minLength": 1 }),
        Shape::Word(words) => {
            let (words, docs): (Vec<&str>, Vec<&str>) =
                words.iter().map(|(word, docs)| (word, docs.trim())).unzip();
            json!({ "type": "string", "enum": words, "x-taplo": { "docs": { "enumValues": docs } } })
        }
        // JSON has no dates; Taplo hands one over as a string.
        Shape::Date => json!({ "type": "string", "format": "date" }),
        Shape::List(item) => json!({ "type": "array", "items": value(item, tables) }),
        Shape::OneOrMany(item) => {
            let item = value(item, tables);
            json!({ "anyOf": [item, { "type": "array", "items": item }] })
        }
        Shape::Map { value: item, .. } => {
            json!({ "type": "object", "additionalProperties": value(item, tables) })
        }
        Shape::Table(table) => json!({ "$ref": format!("#/definitions/{}", of(tables, table).id) }),
        Shape::Either(shapes) => {
            json!({ "anyOf": shapes.iter().map(|shape| value(shape, tables)).collect::<Vec<_>>() })
        }
        Shape::Raw => json!({ "type": "object" }),
    }
}

#[cfg(test)]
mod tests {
    use super::schema;
    use jsonschema::Validator;

    #[test]
    fn it_is_a_schema_and_refuses_what_the_reader_refuses() {
        let validator: Validator = jsonschema::draft7::new(&schema()).unwrap();
        let read = |text: &str| toml::from_str::<serde_json::Value>(text).unwrap();
        let good = "schema = 1\nname = \"x\"\n[lan]\ncidr = \"10.0.0.0/8\"\n[clusters]\n";
        assert!(validator.is_valid(&read(good)));
        for bad in [
            good.replace("name = \"x\"", "name = 1"),
            good.replace("name", "nmae"),
            good.replace("cidr", "cdir"),
            good.replace("10.0.0.0/8", "10.0.0.0"),
            good.replace("[clusters]", "[clusters.a]\ncni = \"weave\""),
        ] {
            assert!(!validator.is_valid(&read(&bad)), "{bad}");
        }
    }
}
