"""Parses each file once and runs every rule on it. Exit code 1 when something was found."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tools.lint.base import Source, excused
from tools.lint.rules import RULES
from tools.lint.sizes import oversized
from tools.lint.tests_mirror import strangers, twins


def main() -> int:
    root = Path(__file__).resolve().parents[2]
    found = 0
    for path in sorted((root / "src").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        source = Source(path.relative_to(root), text, ast.parse(text))
        for rule in RULES:
            for finding in rule.check(source):
                if not excused(source, rule, finding.line):
                    print(f"{source.path}:{finding.line}: {rule.name}: {finding.message}")
                    found += 1
    for message in [*oversized(root), *strangers(root), *twins(root)]:
        print(message)
        found += 1
    if found:
        print(f"{found} findings. A line is excused by `# lint: <rule>: <why>`.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
