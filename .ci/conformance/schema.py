"""A structural schema of Kubernetes says more than JSON Schema knows, and is silent on unknown fields.

The rules mirror k8s.io/apiextensions-apiserver: fields are pruned unless x-kubernetes-preserve-unknown-fields, lists of
type `set` and `map` hold no two equal items, defaults are filled in before a CEL rule sees the value.
"""

import ipaddress
import re

import jsonschema

FORMATS = jsonschema.FormatChecker(formats=())


def validator(schema):
    return STRUCTURAL(closed(schema, root=True), format_checker=FORMATS)


def closed(schema, root=False):
    """The schema in the words of JSON Schema, with every unknown field refused."""
    strict = dict(schema)
    if "properties" in schema:
        strict["properties"] = {name: closed(each) for name, each in schema["properties"].items()}
        if root:
            strict["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {}}
            strict["required"] = sorted({*schema.get("required", []), "metadata"})
    if isinstance(schema.get("items"), dict):
        strict["items"] = closed(schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        strict["additionalProperties"] = closed(schema["additionalProperties"])
    elif schema.get("type") == "object" and not schema.get("x-kubernetes-preserve-unknown-fields"):
        strict.setdefault("additionalProperties", False)
    if schema.get("x-kubernetes-int-or-string"):
        strict["type"] = ["integer", "string"]
    if "pattern" in schema:
        strict["pattern"] = in_pythons_words(schema["pattern"])
    return strict


def in_pythons_words(pattern):
    """Go takes `(?i)` anywhere, Python at the start only."""
    flag = "(?i)"
    return flag + pattern.replace(flag, "") if re.match(r"\^?\(\?i\)", pattern) else pattern


def no_equal_items(_, kind, items, schema):
    if not isinstance(items, list) or kind == "atomic":
        return
    keys = schema.get("x-kubernetes-list-map-keys")
    seen = []
    for item in items:
        name = {key: item.get(key) for key in keys} if keys and isinstance(item, dict) else item
        if name in seen:
            yield jsonschema.ValidationError(f"two items of the list are the same: {name!r}")
        seen.append(name)


STRUCTURAL = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"x-kubernetes-list-type": no_equal_items})


@FORMATS.checks("int32")
def is_int32(value):
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@FORMATS.checks("int64")
def is_int64(value):
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@FORMATS.checks("cidr", raises=ValueError)
def is_network(value):
    return not isinstance(value, str) or bool(ipaddress.ip_network(value, strict=False))


def applied_defaults(schema, value):
    """The value as a CEL rule sees it."""
    if isinstance(value, dict):
        filled = dict(value)
        for name, each in schema.get("properties", {}).items():
            if name not in filled and "default" in each:
                filled[name] = each["default"]
        return {name: applied_defaults(below(schema, name), each) for name, each in filled.items()}
    if isinstance(value, list):
        return [applied_defaults(schema.get("items", {}), each) for each in value]
    return value


def rules(schema, value, place=""):
    """(place, rule, value) for every rule that says something about a new object; `oldSelf` speaks of updates."""
    if value is None:
        return
    for rule in schema.get("x-kubernetes-validations", []):
        if "oldSelf" not in rule["rule"]:
            yield place or "/", rule, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from rules(below(schema, name), each, f"{place}/{name}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from rules(schema.get("items", {}), each, f"{place}/{index}")


def below(schema, name):
    other = schema.get("additionalProperties")
    return schema.get("properties", {}).get(name, other if isinstance(other, dict) else {})
