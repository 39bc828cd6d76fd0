"""Every tree is judged by the programs that will read it.

    python .ci/conformance [--crds FOLDER] [--only CHECK] [--sparse] [--results FILE] TREE...

Exit status 1: something was found, or a check saw nothing to judge in any tree and so has shown nothing.
`--sparse` says that the trees are small cases, of which none need hold everything.
"""

import argparse
import collections
import pathlib
import sys

import ansible
import core_kinds
import custom_resources
import kustomize
import machine_traces
import shell
import yaml_alike
import yaml_style
from tree import Report, Tree

CHECKS = [kustomize, custom_resources, core_kinds, ansible, yaml_alike, yaml_style, shell, machine_traces]
SHOWN = 20


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("trees", nargs="+", type=pathlib.Path)
    arguments.add_argument("--crds", type=pathlib.Path)
    arguments.add_argument("--only", choices=[check.__name__ for check in CHECKS])
    arguments.add_argument("--sparse", action="store_true")
    arguments.add_argument("--results", type=pathlib.Path)
    asked = arguments.parse_args()

    failed = False
    seen = collections.defaultdict(collections.Counter)
    checks = [check for check in CHECKS if asked.only in (None, check.__name__)]
    if custom_resources in checks and asked.crds is None:
        print("SKIP  custom_resources: no folder of upstream custom resource definitions here")
        checks.remove(custom_resources)

    for folder in asked.trees:
        tree = Tree(folder)
        for check in checks:
            report = Report()
            check.check(tree, report, asked)
            seen[check] += report.seen
            failed |= show(f"{tree.root.name} {check.__name__}", report, asked.results)

    for check in checks:
        if not seen[check] and not asked.sparse and not getattr(check, "MAY_SEE_NOTHING", False):
            report = Report()
            report.failure("no tree holds anything for this check to judge")
            failed |= show(f"all {check.__name__}", report, asked.results)
        if asked.results:
            with asked.results.open("a") as file:
                file.writelines(f"counted {count} {check.__name__}: {what}\n" for what, count in seen[check].items())
    sys.exit(1 if failed else 0)


def show(name, report, results):
    """One line for a check of a tree, under it what was found; the same verdict goes to the file that is summed up."""
    verdict = "failed" if report.failures else "passed"
    print(f"{'FAIL' if report.failures else 'ok  '}  {name}: {report.counts()}", flush=True)
    for failure in report.failures[:SHOWN]:
        print(f"      {failure}")
    if len(report.failures) > SHOWN:
        print(f"      and {len(report.failures) - SHOWN} more")
    if results:
        with results.open("a") as file:
            file.write(f"{verdict} {name}\n")
    return bool(report.failures)


main()
