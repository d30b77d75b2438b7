"""The walk through the declared graph does what LangGraph does with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from offhook.dialogue.brains.choice import Brains
from offhook.dialogue.desk import Work
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.graph import MOST_STEPS, Declared, GraphState, Walk, compiled, declare
from offhook.dialogue.late_writes import LateWrites
from offhook.dialogue.watch import Watch
from support.talk import Talk

TALK = (
    "hi",
    "hours",
    "what",
    "book an oil change",
    "joe",
    "friday at ten",
    "no",
    "friday at eleven",
    "nonsense",
    "bye",
)


async def test_both_ways_through_the_graph_end_alike(engine: DialogueEngine, talk: Talk) -> None:
    desk = engine._desks["dealership"]
    declared = declare(desk, Brains("rules", None), LateWrites(), Watch())
    library = compiled(declared)
    walks: list[GraphState] = []

    class Both(Walk):
        async def run(self, graph: GraphState, work: Work) -> GraphState:
            emitted: list[str] = []

            async def listen(text: str) -> None:
                emitted.append(text)

            async def speak(text: str) -> None:
                emitted.append(text)
                await work.emit(text)

            walked = await super().run(graph, replace(work, emit=speak))
            by_walk, emitted = "".join(emitted), []
            ended = await library.ainvoke(graph, context=replace(work, emit=listen))
            assert _without_ids(ended) == _without_ids(walked)
            assert "".join(emitted) == by_walk
            walks.append(walked)
            return walked

    engine._graphs["dealership"] = Both(declared)
    await talk.greeting()
    for text in TALK:
        await talk.say(text)
    assert len(walks) == 1 + len(TALK)
    assert {walk["agent"] for walk in walks} >= {"response", "booking", "faq"}


def _without_ids(graph: dict[str, Any] | GraphState) -> dict[str, Any]:
    """Parts carry ids of their own each time."""
    return {**graph, "parts": [msgspec.structs.replace(part, task_id="") for part in graph.get("parts", ())]}


async def test_a_turn_that_goes_round_is_stopped() -> None:
    seen: list[str] = []

    async def node(graph: GraphState, work: Work) -> GraphState:
        seen.append("x")
        return {}

    nodes = dict.fromkeys(("check_notifications", "router", "booking", "respond"), node)
    walk = Walk(Declared(nodes, ("booking",), lambda graph: "booking"))
    with pytest.raises(RuntimeError, match="steps"):
        await walk.run({}, None)  # type: ignore[arg-type]  # the nodes do not look at it
    assert len(seen) == MOST_STEPS
