#!/usr/bin/env python3
"""Compact the upstream CRDs into the strict JSON schemas under src/upstream/data/schemas.

usage: .ci/compact_schemas.py CRDS_FOLDER [OUTPUT_FOLDER]

An API server prunes what a structural schema does not name; here an unknown key is a mistake instead, so every object
that lists its properties is closed. Descriptions, defaults and CEL rules are left out: nothing here evaluates them.
Equal parts of one schema are written once, under `$defs`. Service, Namespace and NetworkPolicy are core kinds without
a CRD; their schemas are written by hand and stay as they are.
"""
import json
import pathlib
import sys

import yaml

# CRD file, version of the kind, name of the schema file.
KINDS = [
    ("application-crd", "v1alpha1", "argo-application"),
    ("appproject-crd", "v1alpha1", "argo-appproject"),
    ("helm.toolkit.fluxcd.io_helmreleases", "v2", "flux-helmrelease"),
    ("kustomize.toolkit.fluxcd.io_kustomizations", "v1", "flux-kustomization"),
    ("metallb.io_bfdprofiles", "v1beta1", "metallb-bfdprofile"),
    ("metallb.io_bgpadvertisements", "v1beta1", "metallb-bgpadvertisement"),
    ("metallb.io_bgppeers", "v1beta2", "metallb-bgppeer"),
    ("metallb.io_communities", "v1beta1", "metallb-community"),
    ("metallb.io_ipaddresspools", "v1beta1", "metallb-ipaddresspool"),
    ("metallb.io_l2advertisements", "v1beta1", "metallb-l2advertisement"),
    ("operator.tigera.io_apiservers", "v1", "operator-apiserver"),
    ("operator.tigera.io_goldmanes", "v1", "operator-goldmane"),
    ("operator.tigera.io_installations", "v1", "operator-installation"),
    ("operator.tigera.io_whiskers", "v1", "operator-whisker"),
    ("projectcalico.org_bgpconfigurations", "v3", "calico-bgpconfiguration"),
    ("projectcalico.org_bgppeers", "v3", "calico-bgppeer"),
    ("projectcalico.org_felixconfigurations", "v3", "calico-felixconfiguration"),
    ("projectcalico.org_ipamconfigurations", "v3", "calico-ipamconfiguration"),
    ("projectcalico.org_ippools", "v3", "calico-ippool"),
    ("projectcalico.org_kubecontrollersconfigurations", "v3", "calico-kubecontrollersconfiguration"),
    ("projectcalico.org_stagedkubernetesnetworkpolicies", "v3", "calico-stagedkubernetesnetworkpolicy"),
    ("projectcalico.org_tiers", "v3", "calico-tier"),
    ("source.toolkit.fluxcd.io_gitrepositories", "v1", "flux-gitrepository"),
    ("source.toolkit.fluxcd.io_helmrepositories", "v1", "flux-helmrepository"),
]

KEPT = ["type", "enum", "const", "pattern", "required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"]
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
METADATA = {
    "type": "object",
    "properties": {
        "annotations": TEXTS,
        "finalizers": {"type": "array", "items": {"type": "string"}},
        "labels": TEXTS,
        "name": {"type": "string"},
        "namespace": {"type": "string"},
    },
    "additionalProperties": False,
}


def compact(schema, closing=True):
    """One schema without what is not checked here; `closing` is off inside anyOf and its like, which only add checks."""
    out = {key: schema[key] for key in KEPT if key in schema}
    if schema.get("x-kubernetes-int-or-string"):
        out["type"] = ["integer", "string"]
    elif "anyOf" in schema:
        out["anyOf"] = [compact(part, False) for part in schema["anyOf"]]
    for key in ("allOf", "oneOf"):
        if key in schema:
            out[key] = [compact(part, False) for part in schema[key]]
    if "not" in schema:
        out["not"] = compact(schema["not"], False)
    if schema.get("nullable") and "type" in out:
        out["type"] = [*([out["type"]] if isinstance(out["type"], str) else out["type"]), "null"]
    if "items" in schema:
        out["items"] = compact(schema["items"], closing)
    if "properties" in schema:
        out["properties"] = {name: compact(part, closing) for name, part in sorted(schema["properties"].items())}
    if isinstance(schema.get("additionalProperties"), dict):
        out["additionalProperties"] = compact(schema["additionalProperties"], closing)
    elif "properties" in schema and closing and not schema.get("x-kubernetes-preserve-unknown-fields"):
        out["additionalProperties"] = False
    return out


def parts(schema):
    """The schemas inside one schema that a `$ref` may stand for, each with the place to put it."""
    for name in schema.get("properties", {}):
        yield schema["properties"], name
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield schema, key


def share(root):
    """Write each part that occurs more than once under `$defs`, and refer to it."""
    text = lambda part: json.dumps(part, sort_keys=True, separators=(",", ":"))
    uses, seen, order = {}, set(), []

    def count(schema):
        for place, key in parts(schema):
            name = text(place[key])
            uses[name] = uses.get(name, 0) + 1
            if name not in seen:
                seen.add(name)
                order.append(name)
                count(place[key])

    count(root)
    names = {name: f"p{at}" for at, name in enumerate(n for n in order if uses[n] > 1 and len(n) > 80)}
    definitions = {}

    def refer(schema):
        for place, key in parts(schema):
            name = text(place[key])
            if name not in names:
                refer(place[key])
                continue
            if names[name] not in definitions:
                definitions[names[name]] = None
                shared = json.loads(name)
                refer(shared)
                definitions[names[name]] = shared
            place[key] = {"$ref": f"#/$defs/{names[name]}"}

    refer(root)
    if definitions:
        root["$defs"] = definitions
    return root


def main():
    crds = pathlib.Path(sys.argv[1])
    here = pathlib.Path(__file__).resolve().parent.parent
    output = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else here / "src/upstream/data/schemas"
    for file, wanted, name in KINDS:
        crd = yaml.safe_load((crds / f"{file}.yaml").read_text())
        version = next(v for v in crd["spec"]["versions"] if v["name"] == wanted)
        root = version["schema"]["openAPIV3Schema"]
        # Not for a manifest: `status` is the controller's, and Argo CD's `operation` would start a sync.
        for key in ("status", "operation"):
            root["properties"].pop(key, None)
        schema = compact(root)
        schema["properties"]["apiVersion"] = {"const": f"{crd['spec']['group']}/{wanted}"}
        schema["properties"]["kind"] = {"const": crd["spec"]["names"]["kind"]}
        schema["properties"]["metadata"] = json.loads(json.dumps(METADATA))
        # Keys are in a fixed order, so a new CRD shows as a small change.
        (output / f"{name}.json").write_text(json.dumps(share(schema), sort_keys=True, separators=(",", ":")) + "\n")


main()
