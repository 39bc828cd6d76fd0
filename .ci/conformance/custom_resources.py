"""A custom resource is what its upstream definition allows, and nothing more: the API server would drop the rest."""

import functools

import cel
import yaml
from schema import applied_defaults, rules, validator
from tree import LOADER, group, is_core, shape

METADATA = {"name", "namespace", "labels", "annotations", "finalizers"}


def check(tree, report, asked):
    definitions = load(asked.crds)
    judged = {}
    for path, thing in tree.objects():
        if is_core(thing):
            continue
        report.seen[thing["kind"]] += 1
        key = shape(thing)
        if key not in judged:
            judged[key] = list(findings(thing, definitions, report))
        for finding in judged[key]:
            report.failure(f"{tree.name(path)}: {finding}")


def findings(thing, definitions, report):
    kind, version = thing["kind"], thing["apiVersion"].rpartition("/")[2]
    if (group(thing), kind) not in definitions:
        yield f"no definition of {kind} in group {group(thing)}"
        return
    scope, versions = definitions[group(thing), kind]
    if version not in versions:
        yield f"{kind} is served as {', '.join(versions)}, not as {version}"
        return
    yield from metadata_findings(thing, scope)
    schema, judge = versions[version]
    for error in judge.iter_errors(thing):
        yield f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
    for place, rule, value in rules(schema, applied_defaults(schema, thing)):
        report.seen["CEL rules evaluated"] += 1
        try:
            kept = program(rule["rule"]).execute({"self": value})
        except Exception as error:  # the binding raises several types, and each of them means: not shown to hold
            yield f"{place}: rule {rule['rule']} cannot be evaluated: {error}"
            continue
        if kept is not True:
            yield f"{place}: {rule.get('message', 'breaks a rule')} ({rule['rule']})"


def metadata_findings(thing, scope):
    metadata = thing.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        yield "/metadata/name: expected a string"
        return
    if scope == "Namespaced" and not isinstance(metadata.get("namespace"), str):
        yield "/metadata/namespace: a namespaced kind says its namespace"
    if scope == "Cluster" and "namespace" in metadata:
        yield "/metadata/namespace: a kind of the cluster has no namespace"
    for unknown in sorted(metadata.keys() - METADATA):
        yield f"/metadata/{unknown}: is not written by hand"
    for table in ("labels", "annotations"):
        for key, value in (metadata.get(table) or {}).items():
            if not isinstance(key, str) or not isinstance(value, str):
                yield f"/metadata/{table}/{key}: {value!r} is not a string"


@functools.cache
def load(folder):
    """(group, kind) -> (scope, version -> (schema, validator)), of the served versions."""
    definitions = {}
    for file in sorted(folder.glob("*.yaml")):
        for document in yaml.load_all(file.read_bytes(), LOADER):
            if not document or document.get("kind") != "CustomResourceDefinition":
                continue
            spec = document["spec"]
            served = {each["name"]: each["schema"]["openAPIV3Schema"] for each in spec["versions"] if each["served"]}
            definitions[spec["group"], spec["names"]["kind"]] = (
                spec["scope"], {name: (schema, validator(schema)) for name, schema in served.items()})
    if not definitions:
        raise SystemExit(f"there are no custom resource definitions in {folder}")
    return definitions


@functools.cache
def program(rule):
    return cel.compile(rule)
