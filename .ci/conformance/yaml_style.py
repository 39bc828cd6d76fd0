"""Every YAML file keeps one style, so that a review shows meaning only."""

import pathlib

from yamllint import linter
from yamllint.config import YamlLintConfig

CONFIG = pathlib.Path(__file__).parent.parent / "yamllint.yaml"


def check(tree, report, asked):
    config = YamlLintConfig(file=str(CONFIG))
    for path in tree.yaml:
        report.seen["files"] += 1
        for problem in linter.run(path.read_bytes(), config, str(path)):
            report.failure(f"{tree.name(path)}:{problem.line}: {problem.desc} ({problem.rule})")
