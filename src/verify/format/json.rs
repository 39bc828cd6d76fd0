//! For a program: one object, whose form `schema/verify.schema.json` fixes.

use super::Format;
use crate::verify::{Deviation, Verification};
use serde_json::{Value, json};

pub static FORMAT: Format =
    Format { name: "json", about: "for a program: one object, see schema/verify.schema.json", render };

/// Counts up when a reader of the form before would read the new one wrongly. New keys do not.
const FORMAT_VERSION: u32 = 1;

fn render(verification: &Verification) -> String {
    let addresses: Vec<Value> = (verification.addresses.iter())
        .map(|row| {
            json!({
                "address": row.address.to_string(),
                "pool": row.pool,
                "holder": row.holder,
                "service": row.service,
                "live": row.live,
                "nodes": row.nodes,
                "state": row.state.word(),
            })
        })
        .collect();
    let report = json!({
        "format_version": FORMAT_VERSION,
        "cluster": verification.cluster,
        "stage": verification.stage,
        "as_planned": verification.is_clean(),
        "compared": verification.compared,
        "later": verification.later,
        "deviations": verification.deviations.iter().map(deviation).collect::<Vec<_>>(),
        "addresses": addresses,
        "not_compared": verification.not_compared,
        "notes": verification.notes,
    });
    format!("{report:#}\n")
}

fn deviation(found: &Deviation) -> Value {
    let fields = found.fields.iter();
    json!({
        "sort": found.sort.word(),
        "group": found.object.group,
        "kind": found.object.kind,
        "namespace": found.object.namespace,
        "name": found.object.name,
        "fields": fields
            .map(|field| json!({ "path": field.path, "planned": field.planned, "live": field.live }))
            .collect::<Vec<_>>(),
        "about": found.about,
        "from": found.from,
        "file": found.file,
        "stage": found.stage,
    })
}

/// The JSON Schema of this form.
pub fn schema() -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    let maybe = |about: &str| json!({ "type": ["string", "null"], "description": about });
    let texts = |about: &str| json!({ "type": "array", "items": { "type": "string" }, "description": about });
    let count = |about: &str| json!({ "type": "integer", "minimum": 0, "description": about });
    let object = |about: &str, properties: Value| {
        let required: Vec<&String> =
            properties.as_object().into_iter().flat_map(|keys| keys.keys()).collect();
        json!({
            "type": "object",
            "description": about,
            "required": required,
            "additionalProperties": true,
            "properties": properties,
        })
    };
    let field = object(
        "A field that differs.",
        json!({
            "path": text("From the root of the object; `[NAME]` is an item of a list, or a key with a dot or a slash."),
            "planned": maybe("What is planned; null when the plan does not set it."),
            "live": maybe("What is there; null when the field is not."),
        }),
    );
    let deviation = object(
        "An object that is not as planned.",
        json!({
            "sort": { "enum": ["missing", "foreign", "different"], "description": "Planned and not there; there and not planned; there with other fields." },
            "group": text("Its API group; empty for the core group."),
            "kind": text("Its kind."),
            "namespace": maybe("Its namespace; null when it belongs to the cluster."),
            "name": text("Its name."),
            "fields": { "type": "array", "items": field, "description": "The fields, when it is different." },
            "about": text("What a person has to know; possibly nothing."),
            "from": texts("Key paths of the plan that want it."),
            "file": maybe("The file of the tree that holds it."),
            "stage": maybe("The stage that applies it."),
        }),
    );
    let address = object(
        "An address of the plan's pools, and who has it.",
        json!({
            "address": text("The address."),
            "pool": maybe("Its pool."),
            "holder": maybe("The key path of who shall have it; null when nobody shall."),
            "service": maybe("The Service that shall have it, as NAMESPACE/NAME."),
            "live": texts("The Services that have it."),
            "nodes": texts("The nodes that announce it, when MetalLB's status objects were dumped."),
            "state": {
                "enum": ["there", "later", "pending", "no service", "elsewhere", "unplanned"],
                "description": "Where it shall be; not due yet; its Service has not got it; its Service is missing; another has it; the plan gives it to nobody.",
            },
        }),
    );
    let mut report = object(
        "A cluster beside its plan.",
        json!({
            "format_version": { "const": FORMAT_VERSION, "description": "The version of this form." },
            "cluster": text("The cluster that was compared."),
            "stage": maybe("The stage at whose end it was compared; null for the end of all."),
            "as_planned": { "type": "boolean", "description": "Whether there are no deviations." },
            "compared": count("How many planned objects were compared."),
            "later": count("How many planned objects need not be there yet."),
            "deviations": { "type": "array", "items": deviation, "description": "Missing, then foreign, then different." },
            "addresses": { "type": "array", "items": address, "description": "By address." },
            "not_compared": texts("Kinds of which every cluster has some and the dump has none."),
            "notes": texts("What a reader has to know beside the deviations."),
        }),
    );
    report["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    report["title"] = json!("Report of plan verify --format json");
    report
}
