"""A shell script of the tree is one that shellcheck finds nothing in."""

from tree import run

# A tree of a plan that needs no script has none.
MAY_SEE_NOTHING = True


def check(tree, report, asked):
    for path in tree.files:
        if path.suffix != ".sh":
            continue
        report.seen["scripts"] += 1
        checked = run("shellcheck", "--norc", "--format=gcc", path)
        for line in checked.stdout.splitlines() + checked.stderr.splitlines():
            report.failure(line.replace(f"{tree.root}/", ""))
