"""Ansible reads every inventory, finds the variables beside it, and can parse every playbook."""

import json
import os

from tree import run


def check(tree, report, asked):
    for path in tree.files:
        parts = path.relative_to(tree.root).parts
        if "ansible" not in parts[:-1]:
            continue
        if path.stem == "inventory" and "templates" not in parts:
            check_inventory(tree, report, path)
        elif is_playbook(tree, path):
            report.seen["playbooks"] += 1
            asked_syntax = ansible(path.parent, "ansible-playbook", "--syntax-check", path)
            if asked_syntax.returncode != 0:
                report.failure(f"{tree.name(path)}: {asked_syntax.stderr.strip()}")


def check_inventory(tree, report, path):
    report.seen["inventories"] += 1
    listed = ansible(path.parent, "ansible-inventory", "--inventory", path, "--list")
    if listed.returncode != 0 or "Failed to parse" in listed.stderr:
        report.failure(f"{tree.name(path)}: {listed.stderr.strip()}")
        return
    groups = json.loads(listed.stdout)
    variables = groups.pop("_meta")["hostvars"]
    hosts = members(groups, "all")
    report.seen["hosts"] += len(hosts)
    if not hosts:
        report.failure(f"{tree.name(path)}: has no host")
    if not (path.parent / "group_vars").is_dir():
        report.failure(f"{tree.name(path)}: has no group_vars beside it")
    for file in tree.yaml:
        parts = file.relative_to(path.parent).parts if path.parent in file.parents else ()
        if len(parts) < 2 or parts[0] not in ("group_vars", "host_vars"):
            continue
        report.seen["files of variables"] += 1
        # group_vars/NAME.yaml and group_vars/NAME/anything.yaml both belong to NAME.
        name = file.stem if len(parts) == 2 else parts[1]
        owners = members(groups, name) if parts[0] == "group_vars" else hosts & {name}
        if not owners:
            report.failure(f"{tree.name(file)}: no host of the inventory is in `{name}`, so nothing reads it")
        for key in {key for document in tree.documents[file] if isinstance(document, dict) for key in document}:
            for host in sorted(owners):
                if key not in variables.get(host, {}):
                    report.failure(f"{tree.name(file)}: `{key}` does not reach host {host}")


def members(groups, name):
    """The hosts of a group and of the groups under it."""
    group = groups.get(name, {})
    return set(group.get("hosts", [])).union(*(members(groups, child) for child in group.get("children", [])))


def is_playbook(tree, path):
    return any(isinstance(document, list) and document and all(
        isinstance(play, dict) and ({"hosts"} <= play.keys() or any("import_playbook" in key for key in play))
        for play in document) for document in tree.documents.get(path, []))


def ansible(folder, *command):
    """Settings come from the ansible.cfg of the folder, if it has one, not from the shell of whoever runs this."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    return run(*command, cwd=folder, env={**environment, "LC_ALL": "C.UTF-8"})
