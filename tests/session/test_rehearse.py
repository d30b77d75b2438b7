from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from offhook.contracts.conversation import TurnInput
from offhook.contracts.speech import Hypothesis
from offhook.session.rehearse import Rehearsals, same_words
from support.scripted_call import Reply, ScriptedConversations
from support.virtual_time import VirtualClock, virtual_time

TURN = TurnInput(turn_id="c.2", source="speech", text="hello there")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (TURN, True),
        (replace(TURN, confidence=0.9), True),
        (replace(TURN, alternatives=(Hypothesis("hello there", -1),)), True),
        (replace(TURN, confidence=0.3), False),
        (replace(TURN, text="hello"), False),
        (replace(TURN, turn_id="c.3"), False),
        (replace(TURN, language="hi"), False),
        (replace(TURN, alternatives=(Hypothesis("hello there", -1), Hypothesis("hello dear", -2))), False),
    ],
)
def test_the_same_words(other: TurnInput, same: bool) -> None:
    assert same_words(TURN, other) is same


@virtual_time
async def test_a_rehearsal_is_used_once_and_only_for_its_own_words(clock: VirtualClock) -> None:
    prepared: list[str] = []

    async def prepare(sentence: str) -> None:
        prepared.append(sentence)

    conversations = ScriptedConversations([Reply("Hi. How are you?", think_ms=50)])
    async with asyncio.TaskGroup() as tasks:
        rehearsals = Rehearsals(conversations, "sess_1", lambda work, name: tasks.create_task(work, name=name), prepare)
        rehearsals.begin(TURN, 1)
        rehearsals.begin(replace(TURN, confidence=0.9), 1)
        found = await rehearsals.take(TURN)
        assert found is not None and "".join(found.said) == "Hi. How are you?"
        assert await rehearsals.take(TURN) is None
        rehearsals.begin(TURN, 1)
        await asyncio.sleep(0.01)
        assert await rehearsals.take(replace(TURN, text="hello")) is None
        assert await rehearsals.take(TURN) is None
    assert len(conversations.rehearsed) == 2
    assert [sentence.strip() for sentence in prepared] == ["Hi."]


@virtual_time
async def test_a_slow_rehearsal_does_not_hold_up_the_turn(clock: VirtualClock) -> None:
    async def prepare(sentence: str) -> None:
        raise AssertionError("nothing was found")

    conversations = ScriptedConversations([Reply("Hi.", think_ms=5000)])
    async with asyncio.TaskGroup() as tasks:
        rehearsals = Rehearsals(conversations, "sess_1", lambda work, name: tasks.create_task(work, name=name), prepare)
        rehearsals.begin(TURN, 1)
        began_ms = clock.mono_ms()
        assert await rehearsals.take(TURN) is None
        assert clock.mono_ms() - began_ms == 150
