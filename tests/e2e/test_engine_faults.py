"""Engine processes that die in a live call: restarted, something is said, the call goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

import pytest
from e2e_server import HEARD, ServerProcess
from wire_call import http

from offhook.callers.cli import embedded_speaker
from offhook.callers.events import AgentSaid, CallerSaid, CallEvent
from offhook.callers.phone import CallOutcome, Phone, PhoneSettings
from offhook.callers.script import Script, Step
from offhook.kit.clock import SystemClock

pytestmark = pytest.mark.e2e

STT, TTS = "pocketsphinx.engine", "espeak.engine"
HOURS = Step(say="What are your opening hours on Saturday?")
HOURS_AGAIN = Step(say="When are you open on Saturday?")


async def test_a_recogniser_killed_in_an_utterance_is_replaced_and_the_caller_answered(
    speaking_server: ServerProcess,
) -> None:
    server = speaking_server
    before = server.engines(STT)
    killed: list[int] = []

    def on_event(event: CallEvent) -> None:
        if isinstance(event, CallerSaid) and not killed:
            killed.extend(before)
            asyncio.get_running_loop().call_later(0.8, _signal_all, before, signal.SIGKILL)

    outcome = await _call(server, on_event, HOURS, HOURS_AGAIN)
    record = outcome.record
    assert record is not None
    assert (outcome.failures, record.counters.get("stt_lost")) == ([], 1)
    after = server.engines(STT)
    assert len(after) == len(before) > 0
    assert not set(after) & set(killed)
    greeting, *answers = [event.text for event in outcome.events if isinstance(event, AgentSaid)]
    assert greeting
    assert len(answers) >= 2, "both sentences got an answer"
    assert all(answers)
    assert "Saturday" in str(answers[-1]), "the recogniser that came back understands"


async def test_a_voice_killed_in_a_reply_is_replaced_and_the_reply_heard_to_its_end(
    fixed_words_server: ServerProcess,
) -> None:
    """The engine is held while the reply is due, so that it dies with the sentence in its hands."""
    server = fixed_words_server
    (before,) = server.engines(TTS)
    held: list[asyncio.Task[None]] = []

    async def hold_and_kill() -> None:
        os.kill(before, signal.SIGSTOP)
        try:
            await _turn_begun(server)
        finally:
            os.kill(before, signal.SIGKILL)

    def on_event(event: CallEvent) -> None:
        if isinstance(event, CallerSaid) and not held:
            held.append(asyncio.get_running_loop().create_task(hold_and_kill()))

    outcome = await _call(server, on_event, HOURS, HOURS_AGAIN)
    await held[0]
    record = outcome.record
    assert record is not None
    assert outcome.failures == []
    assert [turn.heard for turn in record.turns if turn.source == "caller"] == [HEARD, HEARD]
    said = [event for event in outcome.events if isinstance(event, AgentSaid)]
    assert all("Saturday" in str(event.text) for event in said[1:])
    assert len(said) == 3
    assert min(event.audio_ms for event in said) > 1000, "each was spoken, not just decided"
    assert not record.counters.get("reply_failed"), "no apology was needed: the sentence was made again"
    (after,) = server.engines(TTS)
    assert after != before
    assert server.counters().get('offhook_errors_total{kind="engine_stopped"}', 0) >= 1


async def _turn_begun(server: ServerProcess) -> None:
    """Until a caller's turn of the live call has its words: the voice is asked for its sentence then."""
    async with http(server.url) as client, asyncio.timeout(20):
        (live,) = [row["call_sid"] for row in server.rows("select call_sid from calls where status = 'in-progress'")]
        while True:
            record = (await client.get(f"/api/calls/{live}")).json()
            if any(turn["source"] == "caller" for turn in record["turns"]):
                await asyncio.sleep(0.2)
                return
            await asyncio.sleep(0.02)


async def _call(server: ServerProcess, on_event: Callable[[CallEvent], None], *steps: Step) -> CallOutcome:
    script = Script(steps=(*steps, Step(hang_up=True)), from_number="+12025550192")
    async with embedded_speaker() as speaker:
        return await Phone(PhoneSettings(url=server.url, limit_s=90), speaker, SystemClock(), on_event).call(script)


def _signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, number)
