//! The JSON Schema of a comparison, for programs that read it.

use super::json::FORMAT_VERSION;
use crate::diff::change::What;
use crate::diff::{Controller, Danger, Why};
use serde_json::{Value, json};

/// `schema/diff.schema.json`.
pub fn schema() -> Value {
    let dangers: Vec<&str> = Danger::ALL.iter().map(|danger| danger.word()).collect();
    let about: Vec<String> =
        Danger::ALL.iter().map(|danger| format!("{}: {}", danger.word(), danger.about())).collect();
    let whats: Vec<&str> = What::ALL.iter().map(|what| what.word()).collect();
    let counts = |words: &[&str], what: &str| {
        let numbers: Vec<(&str, Value)> =
            words.iter().map(|word| (*word, json!({ "type": "integer", "minimum": 0 }))).collect();
        object(what, numbers, &[])
    };
    let place = object(
        "Where a document is, and what it is called.",
        vec![
            ("path", text("The file, from the root of its side, with `/`.")),
            ("object", reference("object")),
        ],
        &["object"],
    );
    let change = object(
        "One object, or one file that holds no object, that is not the same on both sides.",
        vec![
            (
                "what",
                json!({ "enum": whats, "description": "What became of it. `renamed`: another name, namespace or kind, which is a removal and an addition for Kubernetes. `moved`: another file or cluster." }),
            ),
            ("danger", reference("danger")),
            ("old", or_null(reference("place"), "Where it was; null when it is added.")),
            ("new", or_null(reference("place"), "Where it is; null when it is removed.")),
            ("meanings", list(reference("meaning"), "What it does, the worst first.")),
            (
                "causes",
                list(
                    reference("cause"),
                    "The lines of the plans that it comes from; none when neither side is a plan.",
                ),
            ),
            (
                "fields",
                list(
                    reference("field"),
                    "Where both differ. Apply them in their order to the old value to get the new one.",
                ),
            ),
            (
                "hunks",
                list(
                    reference("hunk"),
                    "Where the lines of a file that holds no object differ; `fields` then say what its YAML or JSON says differently.",
                ),
            ),
            ("value", json!({ "description": "The whole object, when it is added or removed." })),
            ("text", text("The whole file that holds no object, when it is added or removed.")),
        ],
        &["fields", "hunks", "value", "text"],
    );
    let controllers = [Controller::ArgoCd, Controller::Flux, Controller::None].map(Controller::word);
    let definitions = json!({
        "danger": { "enum": dangers, "description": format!("How bad it is, the least first. {}.", about.join("; ")) },
        "object": object("The identity of a Kubernetes object.", vec![
            ("cluster", maybe("The cluster that its path says.")),
            ("group", text("The API group; empty for the core.")),
            ("kind", text("The kind.")),
            ("namespace", maybe("The namespace; null without one.")),
            ("name", text("The name; of a kustomization its file.")),
        ], &[]),
        "place": place,
        "change": change,
        "meaning": object("What a change does.", vec![
            ("name", text("The name of the rule that says so.")),
            ("danger", reference("danger")),
            ("sentence", text("What happens.")),
            ("advice", text("What to do; possibly empty.")),
        ], &[]),
        "cause": object("A line of a plan.", vec![
            ("side", json!({ "enum": ["old", "new"], "description": "Which plan." })),
            ("file", text("The plan.")),
            ("line", json!({ "type": "integer", "minimum": 1, "description": "The line." })),
            ("key", text("The key path.")),
        ], &[]),
        "field": object("A difference.", vec![
            ("name", text("The path as people write it.")),
            ("path", list(reference("step"), "The way down from the whole object.")),
            ("old", json!({ "description": "What was there; missing when there was nothing." })),
            ("new", json!({ "description": "What is there; missing when there is nothing." })),
        ], &["old", "new"]),
        "step": { "description": "One way down.", "oneOf": [
            { "type": "string", "description": "A key." },
            object("The item of a list with these values of its keys; a port without a protocol is TCP.", vec![
                ("item", json!({ "type": "object", "additionalProperties": { "type": "string" } })),
            ], &[]),
            object("The item at this place of a list in which the order counts, from 0.", vec![
                ("index", json!({ "type": "integer", "minimum": 0 })),
            ], &[]),
            object("The member of a set that equals `old`, or is to be `new`.", vec![
                ("member", json!({ "const": true })),
            ], &[]),
        ] },
        "hunk": object("Lines with their line breaks that are replaced. Apply the last one first.", vec![
            ("line", json!({ "type": "integer", "minimum": 0, "description": "The first of them in the old text, from 0." })),
            ("old", texts("The lines that go.")),
            ("new", texts("The lines that come.")),
        ], &[]),
        "holder": object("Who has an address.", vec![
            ("address", text("The address.")),
            ("holder", text("The key path, or `namespace/name` of the Service.")),
        ], &[]),
    });
    let address = object(
        "What became of the addresses of one holder.",
        vec![
            ("what", json!({ "enum": ["gained", "lost", "moved"] })),
            ("cluster", maybe("The cluster.")),
            ("holder", text("A key path such as `services.mlflow`, or `namespace/name` of a Service.")),
            ("service", text("`namespace/name` of the Service.")),
            ("old", texts("Its addresses before.")),
            ("new", texts("Its addresses now.")),
            ("hosts", texts("Names that resolve to them.")),
            ("ports", texts("Its ports, as `5000/TCP`.")),
            ("users", texts("Who calls it, as far as the plan says.")),
            ("given_to", list(reference("holder"), "Who has now what it lost.")),
            ("taken_from", list(reference("holder"), "Who had what it gained.")),
        ],
        &[],
    );
    let flow = object(
        "Pods that may open other connections than before, by the policies that are enforced.",
        vec![
            ("cluster", maybe("The cluster.")),
            (
                "from",
                texts(
                    "Who connects: `services.NAME`, `tenants.NAME` for all its pods, `namespace/name`, `namespace/*`, `lan`, a network, `internet`; `*` is every pod.",
                ),
            ),
            ("to", texts("To whom.")),
            ("gained", text("Ports of the pods that can be reached now; empty for none.")),
            ("lost", text("Ports of the pods that cannot be reached any more; empty for none.")),
            (
                "why",
                json!({ "enum": [Why::Policy.word(), Why::New.word(), Why::Gone.word()], "description": "`new` and `gone`: one of its ends is." }),
            ),
        ],
        &[],
    );
    let firewall = object(
        "A port of the machines that is opened or closed.",
        vec![
            ("cluster", maybe("The cluster.")),
            ("what", json!({ "enum": ["opened", "closed"] })),
            ("on", json!({ "enum": ["machines", "servers"] })),
            ("port", text("The protocol and port, or a rule in the words of the tool.")),
            ("sources", texts("Where it comes from; `any` is anywhere.")),
        ],
        &[],
    );
    let obstacle = object(
        "Why the controller does not get from the old side to the new one.",
        vec![
            ("name", text("The name of the rule that says so.")),
            ("controller", json!({ "enum": controllers })),
            ("sentence", text("What happens.")),
            ("advice", text("The way around.")),
            (
                "forever",
                json!({ "type": "boolean", "description": "Whether it never takes effect; otherwise it does after a while, or after a person helped." }),
            ),
            (
                "can_be_staged",
                json!({ "type": "boolean", "description": "Whether `plan diff --stage`, with the same plans, prints commits that get around it; `false` where a side is no plan." }),
            ),
            ("objects", list(reference("object"), "The objects that are in each other's way.")),
        ],
        &[],
    );
    let mut whole = object(
        "How two trees differ.",
        vec![
            (
                "format_version",
                json!({ "const": FORMAT_VERSION, "description": "The version of this form." }),
            ),
            ("old", text("What the old side is called.")),
            ("new", text("What the new side is called.")),
            ("same", json!({ "type": "boolean", "description": "Whether both sides say the same." })),
            ("danger", reference("danger")),
            (
                "counts",
                object(
                    "How many changes there are.",
                    vec![
                        ("what", counts(&whats, "By what became of them.")),
                        ("danger", counts(&dangers, "By their danger.")),
                    ],
                    &[],
                ),
            ),
            ("obstacles", list(obstacle, "What is in the way.")),
            ("addresses", list(address, "Every address that was gained, lost or moved.")),
            ("flows", list(flow, "Every connection that was gained or lost.")),
            ("firewall", list(firewall, "Every port of the machines that is opened or closed.")),
            ("changes", list(reference("change"), "Every change, the worst first.")),
            ("rewritten", texts("Files with other bytes that say the same.")),
        ],
        &[],
    );
    whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    whole["title"] = json!("Comparison of plan diff --format json");
    whole["$defs"] = definitions;
    whole
}

/// An object with these keys and no others; all but `optional` are there.
fn object(about: &str, properties: Vec<(&str, Value)>, optional: &[&str]) -> Value {
    let required: Vec<&str> =
        properties.iter().map(|(name, _)| *name).filter(|name| !optional.contains(name)).collect();
    let properties: serde_json::Map<String, Value> =
        properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    json!({
        "type": "object",
        "description": about,
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    })
}

fn text(about: &str) -> Value {
    json!({ "type": "string", "description": about })
}

fn maybe(about: &str) -> Value {
    json!({ "type": ["string", "null"], "description": about })
}

fn texts(about: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": about })
}

fn list(items: Value, about: &str) -> Value {
    json!({ "type": "array", "items": items, "description": about })
}

fn or_null(value: Value, about: &str) -> Value {
    json!({ "anyOf": [value, { "type": "null" }], "description": about })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}
