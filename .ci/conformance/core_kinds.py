"""A core object is what the schemas of the oldest, the middle and the newest supported Kubernetes allow."""

import functools
import re

import kubernetes_validate
from jsonschema import Draft202012Validator
from kubernetes_validate.utils import all_versions, schema_contents
from referencing import Registry, Resource
from tree import is_core, shape

VERSIONS = ["1.32", "1.33", kubernetes_validate.latest_version().rpartition(".")[0]]


def check(tree, report, asked):
    judged = {}
    for path, thing in tree.objects():
        if not is_core(thing):
            continue
        report.seen[thing["kind"]] += 1
        key = shape(thing)
        if key not in judged:
            judged[key] = [finding for version in VERSIONS for finding in findings(thing, version)]
        for finding in judged[key]:
            report.failure(f"{tree.name(path)}: {finding}")


def findings(thing, version):
    judge = validator(thing["kind"], thing["apiVersion"], version)
    if judge is None:
        yield f"Kubernetes {version} has no {thing['kind']} in {thing['apiVersion']}"
        return
    if not isinstance((thing.get("metadata") or {}).get("name"), str):
        yield "/metadata/name: expected a string"
    for error in judge.iter_errors(thing):
        yield f"Kubernetes {version}: /{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"


# `kubernetes_validate.validate` reads 2 MB of definitions for every object and stops at the first mistake.
@functools.cache
def validator(kind, api_version, version):
    # rbac.authorization.k8s.io/v1 lies in a file of rbac-v1.
    short = re.sub(r"^([^./]*)(?:[.][^/]*)?/", r"\1-", api_version)
    try:
        schema = schema_contents(f"{folder(version)}/{kind.lower()}-{short}.json", version)
    except FileNotFoundError:
        return None
    return Draft202012Validator(schema, registry=definitions(version))


@functools.cache
def definitions(version):
    return Resource.from_contents(schema_contents(f"{folder(version)}/_definitions.json", version)) @ Registry()


def folder(version):
    [exact] = [each for each in set(all_versions()) if each.startswith(f"{version}.")]
    return f"kubernetes-json-schema/v{exact}-local-strict"
