"""Writes docs/guide/tools.md from the desks' tools: `python -m tools.tools_page`. A test holds the page to them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from offhook.contracts.desk import AnyTool, Effect
from offhook.desks.registry import build_desks
from offhook.dialogue.tool_schemas import parameters, result_schema

PAGE = Path(__file__).resolve().parents[1] / "docs" / "guide" / "tools.md"
_HEAD = """\
# Tools

What each desk can do, for the rules and for a language model alike. This page is made from the tools themselves:
`python -m tools.tools_page`.

- READ changes nothing. WRITE changes the book: a brain that asks for it gets the desk's form, which reads everything
  back; it is written once, after the caller's yes in a later turn.
- Values come from what the caller said, as our own scanners read it: a number, date, name or sum that only a model
  came up with is dropped.
- Personal tools hold a customer's data: a model gets an answer only for a caller who has proved who they are, and only
  about themselves.
"""


def page() -> str:
    parts = [_HEAD]
    for name, desk in build_desks().items():
        parts.append(f"## {name}\n")
        parts += [_section(tool, desk.policy.confirmed) for tool in sorted(desk.tools, key=lambda one: one.name)]
    return "\n".join(parts)


def _section(tool: AnyTool, confirmed: frozenset[str]) -> str:
    marks = [tool.effect.name]
    if tool.effect is Effect.WRITE:
        marks.append(f"command `{tool.intent}`")
    if tool.name in confirmed:
        marks.append("after a read-back")
    if tool.personal:
        marks.append("personal")
    lines = [f"### `{tool.name}`\n", f"{', '.join(marks)}; {tool.deadline_ms} ms. {tool.description}\n"]
    fields = parameters(tool).get("properties", {})
    if fields:
        lines += ["| argument | | |", "|---|---|---|"]
        lines += [f"| `{name}` | {_type(field)} | {field.get('description', '')} |" for name, field in fields.items()]
        lines.append("")
    returns = ", ".join(_returns(result_schema(tool)))
    lines.append(f"Returns {returns}.\n" if returns else "Returns nothing more.\n")
    return "\n".join(lines)


def _returns(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        yield f"`{name}` ({_type(field)})"


def _type(field: Mapping[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(str(one) for one in field["enum"])
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"])
    if field.get("type") == "array":
        items = field.get("items")
        return f"list of {_type(items)}" if isinstance(items, dict) else "list"
    return str(field.get("format") or field.get("type") or "value")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE} written\n")
