//! What the printer writes is read back as the same value by two YAML engines that share no code.

use k8s_openapi::api::networking::v1::NetworkPolicy;
use plan::yaml;
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Scalars that emitters are known to write so that a reader sees something else; each is tried as value and as key.
const TRICKY: [&str; 137] = [
    "yes",
    "Yes",
    "YES",
    "no",
    "on",
    "off",
    "y",
    "n",
    "Y",
    "N",
    "true",
    "True",
    "TRUE",
    "false",
    "null",
    "Null",
    "~",
    "",
    "0123",
    "0o17",
    "0x1F",
    "0b101",
    "1_000",
    "1e3",
    "1E3",
    "1.",
    "+1",
    ".5",
    "-.5",
    "1.0",
    "1e",
    "0.1.2",
    "12e03",
    "-2E+05",
    "+.inf",
    ".inf",
    ".NaN",
    "inf",
    "nan",
    "190:20:30",
    "1:30",
    "12:30:45",
    "80:80",
    "22:22",
    "2001-01-01",
    "2001-01-01T00:00:00Z",
    "2024-1-1",
    "=",
    "<<",
    "!foo",
    "&a",
    "*a",
    "@x",
    "`x",
    "%x",
    "#c",
    "a #b",
    "a: b",
    "a:b",
    "- a",
    "-",
    "--",
    "---",
    "...",
    "? a",
    "?",
    "{a}",
    "[a]",
    "{{ .Values.x }}",
    ",",
    "|",
    ">",
    "'q'",
    "\"q\"",
    "a'b",
    "a\"b",
    " lead",
    "trail ",
    "\ttab",
    "tab\tin",
    "multi\nline",
    "multi\nline\n",
    "\nlead nl",
    "multi\n\n\n",
    "  indented\nmulti",
    "a\r\nb",
    "\r",
    "nul\u{0}x",
    "bell\u{7}",
    "del\u{7f}",
    "nel\u{85}x",
    "ls\u{2028}x",
    "bom\u{feff}x",
    "nbsp\u{a0}",
    "emoji😀",
    "é",
    "\u{200b}zw",
    "back\\slash",
    "C:\\x\\n",
    "10.0.0.0/8",
    "fd00::/8",
    "::",
    "::1",
    "1::",
    "fe80::1",
    "0.0.0.0",
    "12345678901234567890123",
    "0xdeadbeef",
    "0777",
    "08",
    "09",
    "00",
    "0",
    "-0",
    "1",
    "-1",
    "1.2.3",
    "1.10",
    "123e4567",
    "12e3456",
    "5e10",
    "deadbeef",
    "7e5",
    "685230",
    "685_230.15",
    "6.8523015e+5",
    "0.",
    "._",
    "_1",
    "1__0",
    "0b",
    "0x",
    "+",
    "+-1",
    "-a",
    "a very long string that goes past the eighty column limit to see if the emitter folds it or leaves it on one line as kubectl would expect 0123456789 0123456789",
    "key: value\nlist:\n  - a\n  - b\n",
];

/// Prints, and requires that libyaml and granit both read the same.
#[track_caller]
fn round_trip(value: &Value) {
    let printed = yaml::to_string(value);
    let read: Value = serde_yaml::from_str(&printed).unwrap_or_else(|error| panic!("{error} in\n{printed}"));
    assert_eq!(&read, value, "serde_yaml, of\n{printed}");
    let read: Value =
        serde_saphyr::from_str(&printed).unwrap_or_else(|error| panic!("{error} in\n{printed}"));
    assert_eq!(&read, value, "serde-saphyr, of\n{printed}");
}

/// The text at every place where a scalar can stand.
fn everywhere(text: &str) -> Value {
    json!({ text: text, "list": [text, [text, text], { text: [text] }], "map": { "deep": { text: { text: text } } } })
}

#[test]
fn every_tricky_scalar_comes_back_as_value_and_as_key() {
    for text in TRICKY {
        round_trip(&everywhere(text));
        round_trip(&json!(text));
        round_trip(&json!([text]));
    }
}

#[test]
fn keys_over_the_limit_of_one_line_keys_come_back() {
    for key in ["k".repeat(999), "k".repeat(1001), "\0".repeat(400), "é\n".repeat(900)] {
        round_trip(&json!([{ &key: "v", "next": { &key: [{ &key: {} }, 1] } }, { &key: "a\nb" }]));
    }
}

/// Characters and pieces out of which trouble is made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ \t\n:#'\"|>&*!%@`,?=~<.+_0-9eExobTZ-]".prop_map(String::from),
        2 => "[a-zA-Z/{}\\[\\]\\\\$]".prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
        1 => prop::sample::select(&["\r", "\0", "\u{7f}", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}", "\u{fffe}", "é"][..])
            .prop_map(String::from),
        1 => prop::sample::select(&TRICKY[..]).prop_map(String::from),
        1 => prop::sample::select(&["true", "no", "null", "---", "...", ": ", " #", "\n\n", "\n  ", " \n", "0x", "1_0"][..])
            .prop_map(String::from),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..8).prop_map(|pieces| pieces.concat())
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => text().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..5).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string_comes_back(text in text()) {
        round_trip(&everywhere(&text));
    }

    #[test]
    fn any_tree_comes_back(tree in tree()) {
        round_trip(&tree);
    }
}

#[derive(Serialize)]
struct Shapes {
    unit: (),
    none: Option<u8>,
    some: Option<u8>,
    variant: Side,
    wrapped: Side,
    newtype: Wrapper,
    tuple: (i8, char),
    ports: BTreeMap<u16, Side>,
    empty: BTreeMap<u8, u8>,
    nothing: Nothing,
    lists: Vec<Vec<Vec<u8>>>,
    maps: Vec<BTreeMap<&'static str, Vec<u8>>>,
    address: std::net::IpAddr,
    script: &'static str,
    lines: Vec<&'static str>,
}

#[derive(Serialize)]
enum Side {
    Left,
    #[serde(rename = "on")]
    Right,
    Both(Vec<u8>),
}

#[derive(Serialize)]
struct Wrapper(&'static str);

#[derive(Serialize)]
struct Nothing {
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<u8>,
}

#[test]
fn every_shape_has_kubectl_style() {
    let shapes = Shapes {
        unit: (),
        none: None,
        some: Some(7),
        variant: Side::Right,
        wrapped: Side::Both(vec![1]),
        newtype: Wrapper("1.10"),
        tuple: (-5, 'n'),
        ports: BTreeMap::from([(80, Side::Left)]),
        empty: BTreeMap::new(),
        nothing: Nothing { skipped: None },
        lists: vec![vec![vec![1, 2], vec![]], vec![]],
        maps: vec![BTreeMap::from([("a", vec![1]), ("b", vec![])]), BTreeMap::new()],
        address: "192.168.1.201".parse().unwrap(),
        script: "set -e\n\n  echo hi\n",
        lines: vec!["a\nb", "a \nb"],
    };
    assert_eq!(
        yaml::to_string(&shapes),
        "\
unit: null
none: null
some: 7
variant: \"on\"
wrapped:
  Both:
  - 1
newtype: \"1.10\"
tuple:
- -5
- \"n\"
ports:
  \"80\": Left
empty: {}
nothing: {}
lists:
- - - 1
    - 2
  - []
- []
maps:
- a:
  - 1
  b: []
- {}
address: 192.168.1.201
script: |
  set -e

    echo hi
lines:
- |-
  a
  b
- \"a \\nb\"
"
    );
}

#[test]
fn core_objects_come_in_the_order_of_a_careful_engineer() {
    let policy: NetworkPolicy = serde_json::from_value(json!({
        "metadata": { "annotations": { "a": "1" }, "labels": { "l": "x" }, "name": "api", "namespace": "ns" },
        "spec": {
            "egress": [{ "ports": [{ "endPort": 99, "port": 80, "protocol": "TCP" }] }],
            "ingress": [{
                "from": [
                    { "ipBlock": { "cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"] } },
                    { "podSelector": { "matchExpressions": [{ "key": "k", "operator": "Exists" }], "matchLabels": { "a": "b" } },
                      "namespaceSelector": {} }
                ],
                "ports": [{ "port": "http" }]
            }],
            "podSelector": { "matchLabels": { "app": "api" } },
            "policyTypes": ["Ingress", "Egress"]
        }
    }))
    .unwrap();
    let expected = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: api
  namespace: ns
  labels:
    l: x
  annotations:
    a: \"1\"
spec:
  podSelector:
    matchLabels:
      app: api
  policyTypes:
  - Ingress
  - Egress
  ingress:
  - from:
    - ipBlock:
        cidr: 10.0.0.0/8
        except:
        - 10.1.0.0/16
    - namespaceSelector: {}
      podSelector:
        matchLabels:
          a: b
        matchExpressions:
        - key: k
          operator: Exists
    ports:
    - port: http
  egress:
  - ports:
    - protocol: TCP
      port: 80
      endPort: 99
";
    assert_eq!(yaml::to_string(&policy), expected);

    // The same inside a list, where the first field shares its line with a dash, and behind what is already there.
    let mut out = b"# two\n".to_vec();
    yaml::write_into(&mut out, &[&policy, &policy]);
    let listed = format!("- {}\n", expected.trim_end().replace('\n', "\n  "));
    assert_eq!(String::from_utf8(out).unwrap(), format!("# two\n{listed}{listed}"));
}

#[test]
fn a_float_is_refused_and_leaves_the_buffer_as_it_was() {
    let mut out = b"kept: 1\n".to_vec();
    assert_eq!(yaml::try_write_into(&mut out, &json!({ "a": 1, "b": [0.5] })), Err(yaml::Error::Float));
    assert_eq!(out, b"kept: 1\n");
    assert_eq!(yaml::try_write_into(&mut out, &BTreeMap::from([(true, 1)])), Err(yaml::Error::Key));
}
