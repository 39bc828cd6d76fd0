"""A tree does not say where or when it was built."""

import os
import pathlib
import re

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PLACES = ["/tmp/", "/root/", f"{REPOSITORY}/"] + [f"{os.environ[name]}/" for name in ("HOME", "TMPDIR")
                                                  if len(os.environ.get(name, "")) > 1]
# A clock tells seconds; the hours of a plan's stages end with the minute.
MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")


def check(tree, report, asked):
    for path in tree.files:
        report.seen["files"] += 1
        for number, line in enumerate(path.read_bytes().decode(errors="replace").splitlines(), 1):
            found = [place for place in PLACES if place in line] + [match[0] for match in MOMENT.finditer(line)]
            for trace in dict.fromkeys(found):
                report.failure(f"{tree.name(path)}:{number}: holds {trace!r}")
