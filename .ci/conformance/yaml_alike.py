"""A file means the same to a reader of YAML 1.1, to a reader of YAML 1.2 and to kubectl."""

import json

import ruamel.yaml
import yaml
from tree import LOADER, canonical, identity, run

AT_ONCE = 200
MARK = "read-by"


def check(tree, report, asked):
    for path in tree.yaml:
        report.seen["files read by PyYAML and ruamel.yaml"] += 1
        try:
            text = path.read_bytes().decode()
            old = [each for each in yaml.load_all(text, LOADER) if each is not None]
            new = [each for each in ruamel.yaml.YAML(typ="safe", pure=True).load_all(text) if each is not None]
        except (yaml.YAMLError, ruamel.yaml.error.YAMLError, ValueError) as error:
            report.failure(f"{tree.name(path)}: {' '.join(str(error).split())[:300]}")
            continue
        for place in [place for document in old for place in not_json(document)]:
            report.failure(f"{tree.name(path)}: {place}")
        if canonical(old) != canonical(new):
            report.failure(f"{tree.name(path)}: YAML 1.1 and YAML 1.2 differ: {difference(old, new)}")

    objects = {}
    for path, thing in tree.objects():
        objects.setdefault(path, []).append(thing)
    paths = list(objects)
    for start in range(0, len(paths), AT_ONCE):
        compare_kubectl(tree, report, {path: objects[path] for path in paths[start : start + AT_ONCE]})


def compare_kubectl(tree, report, objects):
    """`kubectl annotate --local` reads any kind without a server; the mark that it leaves is taken off again."""
    files = [word for path in objects for word in ("--filename", path)]
    read = run("kubectl", "annotate", "--local", "--overwrite", "--output=json", *files, f"{MARK}=kubectl")
    if read.returncode != 0:
        report.failure(f"kubectl cannot read: {read.stderr.strip().replace(str(tree.root), '')}")
    # Two clusters have objects of one name; kubectl answers in the order of the files.
    written = {}
    for path, things in objects.items():
        for thing in things:
            written.setdefault(identity(thing), []).append((path, thing))
    for thing in json_stream(read.stdout):
        report.seen["objects read by kubectl"] += 1
        unmark(thing)
        if not written.get(identity(thing)):
            report.failure(f"kubectl reads {identity(thing)}, which PyYAML does not see")
            continue
        path, expected = written[identity(thing)].pop(0)
        if canonical(without_empty_annotations(expected)) != canonical(thing):
            report.failure(f"{tree.name(path)}: kubectl reads it differently: {difference(expected, thing)}")
    for path, _ in (each for left in written.values() for each in left):
        if read.returncode == 0:
            report.failure(f"{tree.name(path)}: kubectl does not see an object of it")


def unmark(thing):
    del thing["metadata"]["annotations"][MARK]
    if not thing["metadata"]["annotations"]:
        del thing["metadata"]["annotations"]


def without_empty_annotations(thing):
    metadata = thing.get("metadata") or {}
    kept = {key: value for key, value in metadata.items() if key != "annotations" or value}
    return {**thing, "metadata": kept}


def json_stream(text):
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        thing, at = decoder.raw_decode(text, at)
        yield from thing["items"] if thing["kind"] == "List" else [thing]


def not_json(data, place=""):
    """Where YAML made something that JSON cannot hold, as it does of an unquoted date."""
    if isinstance(data, dict):
        for key, value in data.items():
            if not isinstance(key, str):
                yield f"{place}: the key {key!r} is not a string"
            yield from not_json(value, f"{place}/{key}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from not_json(value, f"{place}/{index}")
    elif not isinstance(data, (str, int, float, type(None))):
        yield f"{place}: {data!r} is a {type(data).__name__}, so an unquoted one"


def difference(one, other, place=""):
    """The first place where two readings part."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(key, one[key], other[key]) for key in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(index, left, right) for index, (left, right) in enumerate(zip(one, other))]
    else:
        return f"{place or '/'}: {str(one)[:100]!r} and {str(other)[:100]!r}"
    for key, left, right in pairs:
        if canonical(left) != canonical(right):
            return difference(left, right, f"{place}/{key}")
    return "nowhere"
