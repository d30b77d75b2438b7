"""Tests live where the code lives: tests/<room>/… for src/offhook/<room>/…, so that a newcomer finds them by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

OTHER = {"benchmarks", "conformance", "scenarios", "e2e", "support", "tools"}


def strangers(root: Path) -> Iterator[str]:
    source = root / "src" / "offhook"
    for path in sorted((root / "tests").rglob("test_*.py")):
        parts = path.relative_to(root / "tests").parts
        folder = parts[0] if len(parts) > 1 else ""
        if folder and folder not in OTHER and not (source / folder).is_dir():
            yield f"tests/{'/'.join(parts)}: tests-mirror: no room src/offhook/{folder}"


def twins(root: Path) -> Iterator[str]:
    """Test files are collected by bare name: two of one name cannot be collected together."""
    seen: dict[str, Path] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        if path.name in seen:
            yield f"{path.relative_to(root)}: tests-mirror: {seen[path.name].relative_to(root)} has the same name"
        seen[path.name] = path
