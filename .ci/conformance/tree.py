"""A tree is read once; the checks share what was read.

An object is a YAML document with `apiVersion` and `kind`, wherever it lies, except the lists of kustomize. Files under
`ansible/` and `values/` hold plain data. A file that PyYAML cannot read has no documents here: yaml_alike reports it.
"""

import collections
import hashlib
import json
import subprocess

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KUSTOMIZATION = "kustomization.yaml"


class Report:
    """What a check found (`failures`), and how much it judged (`seen`)."""

    def __init__(self):
        self.failures = []
        self.seen = collections.Counter()

    def failure(self, message):
        self.failures.append(message)

    def counts(self):
        return ", ".join(f"{count} {what}" for what, count in sorted(self.seen.items())) or "nothing to judge"


class Tree:
    def __init__(self, root):
        self.root = root.resolve()
        if not self.root.is_dir():
            raise SystemExit(f"there is no tree at {root}")
        self.files = sorted(path for path in self.root.rglob("*") if path.is_file())
        self.yaml = [path for path in self.files if path.suffix in (".yaml", ".yml")]
        self.documents = {path: read(path) for path in self.yaml}

    def name(self, path):
        return str(path.relative_to(self.root))

    def objects(self):
        """(path, object) for every Kubernetes object."""
        for path, documents in self.documents.items():
            if {"ansible", "values"} & set(path.relative_to(self.root).parts[:-1]) or path.name == KUSTOMIZATION:
                continue
            yield from ((path, each) for each in documents if is_object(each))


def read(path):
    try:
        return [each for each in yaml.load_all(path.read_bytes(), LOADER) if each is not None]
    except (yaml.YAMLError, ValueError):
        return []


def is_object(document):
    return isinstance(document, dict) and all(isinstance(document.get(key), str) for key in ("apiVersion", "kind"))


def group(thing):
    return thing["apiVersion"].rpartition("/")[0]


def is_core(thing):
    """Kubernetes itself serves the group, so no definition is installed for it."""
    return "." not in group(thing) or group(thing).endswith(".k8s.io")


def identity(thing):
    metadata = thing.get("metadata") or {}
    return (thing["apiVersion"], thing["kind"], metadata.get("namespace", ""), metadata.get("name", ""))


def shape(thing):
    """The same for objects that differ in their name alone, so that one of them is judged for all."""
    metadata = {key: value for key, value in (thing.get("metadata") or {}).items() if key != "name"}
    named = isinstance((thing.get("metadata") or {}).get("name"), str)
    return hashlib.sha256(canonical({**thing, "metadata": metadata, "named": named}).encode()).hexdigest()


def canonical(data):
    """Text that differs where data differ: `1`, `1.0` and `true` are three things, which Python's `==` does not say."""
    if isinstance(data, dict):
        return "{" + ",".join(sorted(f"{canonical(key)}:{canonical(value)}" for key, value in data.items())) + "}"
    if isinstance(data, list):
        return "[" + ",".join(map(canonical, data)) + "]"
    return json.dumps(data, default=repr)


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
