"""What a rule is, and how one is switched off for a line."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file."""

    path: Path
    """Relative to the repository."""
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The top-level package under offhook, or "" outside."""
        parts = self.path.parts
        return parts[2] if parts[:2] == ("src", "offhook") and len(parts) > 3 else ""


@dataclass(frozen=True, slots=True)
class Finding:
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A check over one file. `# lint: <name>: <why>` at the end of a line (or of the one above) excuses that line."""

    name: str
    summary: str
    check: Callable[[Source], Iterator[Finding]]


def excused(source: Source, rule: Rule, line: int) -> bool:
    lines = source.text.splitlines()
    marker = f"# lint: {rule.name}: "
    near = lines[max(0, line - 2) : line]
    return any(marker in text and text.split(marker, 1)[1].strip() for text in near)


def call_name(node: ast.Call) -> str:
    """The dotted name that is called, as far as it is one: `asyncio.create_task`."""
    parts: list[str] = []
    target: ast.expr = node.func
    while isinstance(target, ast.Attribute):
        parts.append(target.attr)
        target = target.value
    parts.append(target.id if isinstance(target, ast.Name) else "()")
    return ".".join(reversed(parts))
