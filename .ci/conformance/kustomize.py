"""A folder with a kustomization.yaml builds to exactly the objects of the files that it lists."""

import pathlib

import yaml
from tree import KUSTOMIZATION, LOADER, canonical, identity, is_object, run


def check(tree, report, asked):
    for path in tree.yaml:
        if path.name != KUSTOMIZATION:
            continue
        report.seen["folders built"] += 1
        folder = path.parent
        built = run("kubectl", "kustomize", folder)
        if built.returncode != 0:
            report.failure(f"{tree.name(folder)}: {built.stderr.strip()}")
            continue
        compare(tree, report, folder, list(yaml.load_all(built.stdout, LOADER)))
        for other in tree.yaml:
            if other.parent != folder or other == path or is_root(tree, other, folder):
                continue
            if other not in listed(tree, folder):
                report.failure(f"{tree.name(other)}: lies beside a kustomization.yaml that does not list it")


def compare(tree, report, folder, built):
    written = {identity(each): canonical(each) for file in listed(tree, folder)
               for each in tree.documents.get(file, []) if is_object(each)}
    built = {identity(each): canonical(each) for each in built if each is not None}
    report.seen["objects built"] += len(built)
    for missing in sorted(written.keys() - built.keys()):
        report.failure(f"{tree.name(folder)}: {missing} is in a listed file and is not built")
    for extra in sorted(built.keys() - written.keys()):
        report.failure(f"{tree.name(folder)}: {extra} is built and is in no listed file")
    for same in sorted(written.keys() & built.keys()):
        if written[same] != built[same]:
            report.failure(f"{tree.name(folder)}: {same} is built with other content than its file has")


def is_root(tree, file, folder):
    """The Application that applies the folder is applied by hand; a folder that held it would apply itself."""
    paths = [each.get("spec", {}).get("source", {}).get("path", "") for each in tree.documents.get(file, [])
             if is_object(each) and each["kind"] == "Application"]
    return any(pathlib.PurePosixPath(path).name == folder.name for path in paths)


def listed(tree, folder):
    """The files that a kustomization names, through the folders that it names."""
    for document in tree.documents.get(folder / KUSTOMIZATION, []):
        for entry in document.get("resources") or []:
            path = (folder / entry).resolve()
            if path.is_dir():
                yield from listed(tree, path)
            else:
                yield path
