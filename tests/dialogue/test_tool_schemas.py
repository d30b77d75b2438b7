"""One definition of a tool gives the schema that a model is told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.registry import build_desks
from offhook.dialogue.tool_schemas import llm_tool, parameters


class Part(msgspec.Struct):
    size: int


class Arguments(msgspec.Struct, kw_only=True):
    day: date
    kind: Literal["new", "used"] | None = None
    parts: list[Part] = []
    price: Annotated[int, msgspec.Meta(description="In rupees.", ge=0)] | None = None


async def _run(ctx: ToolContext, arguments: Arguments) -> ToolOutcome[Part]:
    return Ok(Part(1))


def tool(effect: Effect) -> Tool[Arguments, Part]:
    return Tool("try_it", effect, "Try it.", Arguments, Part, _run, intent="try")


def test_references_and_nulls_are_gone_and_descriptions_kept() -> None:
    made = llm_tool(tool(Effect.READ))
    assert (made.name, made.description) == ("try_it", "Try it.")
    assert made.parameters == {
        "type": "object",
        "properties": {
            "day": {"type": "string", "format": "date", "description": "ISO date, YYYY-MM-DD."},
            "kind": {"enum": ["new", "used"]},
            "parts": {
                "type": "array",
                "items": {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]},
            },
            "price": {"type": "integer", "minimum": 0, "description": "In rupees."},
        },
        "required": ["day"],
        "additionalProperties": False,
    }


def test_a_tool_that_writes_requires_nothing() -> None:
    assert parameters(tool(Effect.WRITE))["required"] == []


def test_every_tool_of_every_desk_has_a_schema_that_stands_alone() -> None:
    for desk in build_desks().values():
        assert desk.tools
        for one in desk.tools:
            schema = parameters(one)
            assert schema["type"] == "object"
            assert "$ref" not in msgspec.json.encode(schema).decode()
            assert one.description
