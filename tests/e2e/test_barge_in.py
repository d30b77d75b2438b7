"""A caller who speaks over the agent: the carrier's buffer is cleared, and memory keeps only what was heard."""

from __future__ import annotations

import pytest
from e2e_server import HEARD, ServerProcess
from wire_call import http

from offhook.callers.cli import embedded_speaker
from offhook.callers.events import AgentSaid, BufferCleared, CallerSaid
from offhook.callers.phone import Phone, PhoneSettings
from offhook.callers.script import Script, Step
from offhook.kit.clock import SystemClock

pytestmark = pytest.mark.e2e


async def test_the_reply_is_cut_and_the_record_holds_what_was_heard(fixed_words_server: ServerProcess) -> None:
    server = fixed_words_server
    over_the_greeting = Step(say="Sorry, may I ask you about your opening hours first?", barge_in_after_ms=1500)
    script = Script(steps=(over_the_greeting, Step(hang_up=True)), from_number="+12025550193")
    async with embedded_speaker() as speaker:
        phone = Phone(PhoneSettings(url=server.url, limit_s=60), speaker, SystemClock(), lambda _: None)
        outcome = await phone.call(script)
    record = outcome.record
    assert record is not None
    assert outcome.failures == []

    order = [event for event in outcome.events if isinstance(event, CallerSaid | BufferCleared | AgentSaid)]
    kinds = [type(event).__name__ for event in order]
    assert kinds.index("CallerSaid") < kinds.index("BufferCleared") < len(kinds) - 1 - kinds[::-1].index("AgentSaid")
    (cleared,) = [event for event in order if isinstance(event, BufferCleared)]
    assert cleared.dropped_ms > 0, "there was something left to drop"

    greeting, answer = record.turns[0], record.turns[-1]
    assert (greeting.source, greeting.interrupted) == ("greeting", True)
    assert greeting.agent_heard
    assert greeting.agent.startswith(greeting.agent_heard)
    assert len(greeting.agent_heard) < len(greeting.agent)
    assert "help you" not in greeting.agent_heard, "the end of the greeting was never played"
    assert (answer.heard, answer.interrupted, answer.agent_heard) == (HEARD, False, answer.agent)
    assert record.counters["barge_in"] == 1

    async with http(server.url) as client:
        transcript = (await client.get(f"/api/calls/{outcome.call_sid}/transcript")).json()
        state = (await client.get(f"/api/sessions/{record.session_id}")).json()
    first_line = transcript["lines"][0]
    assert (first_line["content"], first_line["interrupted"]) == (greeting.agent_heard, True)
    assert [(message["role"], message["content"]) for message in state["messages"]] == [
        ("assistant", greeting.agent_heard),
        ("user", HEARD),
        ("assistant", answer.agent),
    ]
