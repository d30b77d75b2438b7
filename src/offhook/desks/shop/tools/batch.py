"""WRITE tool: several entries of one sentence in one transaction: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from offhook.contracts.desk import AnyTool, Effect, Ok, Tool, ToolContext, ToolOutcome

BATCH = "batch"
"""The command that several of one sentence become."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    tool: str
    arguments: dict[str, Any]


class BatchRequest(msgspec.Struct, frozen=True, kw_only=True):
    steps: Annotated[list[Step], Meta(min_length=2, max_length=8)]


class BatchDone(msgspec.Struct, frozen=True, kw_only=True):
    results: list[dict[str, Any]]
    """One for each step, as the step's tool brings it."""


def batch_of(tools: Mapping[str, AnyTool]) -> Tool[BatchRequest, BatchDone]:
    """`tools`: the WRITE tools that may be steps, by name."""

    async def run(ctx: ToolContext, request: BatchRequest) -> ToolOutcome[BatchDone]:
        results: list[dict[str, Any]] = []
        for step in request.steps:
            tool = tools[step.tool]
            outcome = await tool.run(ctx, msgspec.convert(step.arguments, tool.arguments))
            if not isinstance(outcome, Ok):
                return outcome  # the runner rolls the steps before it back
            results.append(msgspec.to_builtins(outcome.value))
        return Ok(BatchDone(results=results))

    return Tool(
        name=BATCH,
        effect=Effect.WRITE,
        description="Several entries at once: all or none.",
        arguments=BatchRequest,
        result=BatchDone,
        run=run,
        intent=BATCH,
    )
