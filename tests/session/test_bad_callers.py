"""Callers who say nothing for an hour, and providers that never answer: whole calls in virtual time."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import dataclass

from structlog.testing import capture_logs

from offhook.contracts.speech import Transcript, Voice
from offhook.contracts.turn import TurnPolicy
from offhook.session.speak import SILENT_S
from support.scripted_call import Reply, ScriptedCall, ScriptedStt, ScriptedTts
from support.virtual_time import VirtualClock, virtual_time

HOUR_S = 3600
SILENCE = b"\xff" * 800
"""100 ms."""
NEVER_S = 100_000.0


async def keep_silent(call: ScriptedCall, until_s: float) -> None:
    """Frames of silence, as a telephone sends them, for as long as the call lasts."""
    while call.clock.mono_ms() < until_s * 1000 and call.carrier.hung_up is None:
        call.live.audio(SILENCE, call.clock.mono_ms())
        await asyncio.sleep(0.1)


@virtual_time(limit_s=2 * HOUR_S)
async def test_an_hour_of_silence_leaves_nothing_behind(clock: VirtualClock) -> None:
    """The settings allow it here; what is kept after an hour is what was kept after five minutes."""
    hour_ms = HOUR_S * 1000
    policy = TurnPolicy(no_input_ms=2 * hour_ms, max_call_ms=2 * hour_ms, call_warning_ms=0)
    call = ScriptedCall(clock, ["Hello."], policy=policy)
    with capture_logs() as logs:
        async with call.running():
            await keep_silent(call, 300)
            before = (len(call.events), len(call.record.turns), len(logs), len(asyncio.all_tasks()))
            gc.collect()
            tracemalloc.start(1)
            await keep_silent(call, HOUR_S)
            gc.collect()
            grown_bytes, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            after = (len(call.events), len(call.record.turns), len(logs), len(asyncio.all_tasks()))
    assert after == before
    assert grown_bytes < 32_000, "the kept audio turns over: as much as before, and no more"
    assert call.stt.pushed_bytes == 0, "silence is not sent to a recogniser"
    assert call.reason == "caller_hung_up"


@virtual_time(limit_s=2 * HOUR_S)
async def test_a_caller_who_is_asked_for_ever_is_told_goodbye_when_his_time_is_up(clock: VirtualClock) -> None:
    policy = TurnPolicy(no_input_attempts=1000, no_input_ms=8_000)
    call = ScriptedCall(clock, ["Hello."], policy=policy)
    async with call.running():
        await keep_silent(call, HOUR_S)
    sources = [turn.source for turn in call.conversations.turns]
    assert call.carrier.hung_up is not None and call.reason == "time_up"
    assert policy.max_call_ms <= clock.mono_ms() <= policy.max_call_ms + policy.max_call_grace_ms + 10_000
    assert sources.count("no_input") > 20 and sources[-1] == "goodbye"


@virtual_time(limit_s=2 * HOUR_S)
async def test_a_silent_caller_is_asked_twice_and_let_go_however_long_he_stays(clock: VirtualClock) -> None:
    replies = ["Hello.", "Are you there?", "Are you still there?", Reply("Goodbye.", hang_up=True)]
    call = ScriptedCall(clock, replies)
    async with call.running():
        await keep_silent(call, HOUR_S)
        ended_ms = clock.mono_ms()
        for _ in range(1000):
            call.live.audio(SILENCE, call.clock.mono_ms())
    assert ended_ms < 60_000 and call.carrier.hung_up is not None
    assert [turn.source for turn in call.conversations.turns] == ["greeting", "no_input", "no_input", "goodbye"]


@dataclass
class StalledStt(ScriptedStt):
    async def finalize(self, utterance: int) -> Transcript:
        await asyncio.sleep(NEVER_S)
        raise AssertionError("the call is over long before")


@dataclass
class StalledTts(ScriptedTts):
    """Speaks the greeting; after that nothing comes."""

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        if self.said:
            await asyncio.sleep(NEVER_S)
        async for pcm in super().synthesize(text, voice, rate_hz):
            yield pcm


@virtual_time
async def test_a_recogniser_that_never_answers_is_told_to_the_caller_in_time(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", "Sorry, say that again?"], stt=StalledStt())
    async with call.running():
        await call.speaks(2.0, 3.2, "an oil change")
        await call.at(10)
    assert [turn.source for turn in call.conversations.turns][:2] == ["greeting", "not_heard"]
    policy = TurnPolicy()
    waited_ms = call.carrier.first_audio_ms[1] - 3200
    assert waited_ms <= policy.endpoint_ms + policy.transcript_wait_ms + 100


@virtual_time
async def test_a_model_that_never_answers_is_announced_given_up_and_told_to_the_caller(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", Reply("Never.", think_ms=NEVER_S * 1000), "I could not do that."])
    async with call.running():
        await call.speaks(2.0, 3.2, "an oil change please")
        await call.at(20)
    policy = TurnPolicy()
    filler_ms, sorry_ms = call.carrier.first_audio_ms[1:3]
    assert filler_ms - 3200 <= policy.endpoint_ms + policy.filler_ms + 100
    assert sorry_ms - 3200 <= policy.endpoint_ms + policy.think_limit_ms + 200
    assert "failure" in [turn.source for turn in call.conversations.turns]


@virtual_time
async def test_a_tool_past_its_deadline_is_announced_at_once_and_then_answered(clock: VirtualClock) -> None:
    slow = Reply("We open at eight.", slow_tool_ms=300, think_ms=4000)
    call = ScriptedCall(clock, ["Hello.", slow], policy=TurnPolicy(filler_ms=2500))
    async with call.running():
        await call.speaks(2.0, 3.2, "when do you open please")
        await call.at(12)
    filler_ms, answer_ms = call.carrier.first_audio_ms[1:3]
    assert filler_ms - 3200 <= TurnPolicy().endpoint_ms + 300 + 100, "not after filler_ms"
    assert answer_ms - filler_ms >= 3900
    assert len(call.carrier.first_audio_ms) == 3, "announced once"


@virtual_time
async def test_a_voice_that_stalls_is_given_up_and_stored_words_are_said(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", "We open at eight."], tts=StalledTts())
    async with call.running():
        await call.speaks(2.0, 3.2, "when do you open please")
        await call.at(40)
    policy = TurnPolicy()
    assert len(call.carrier.first_audio_ms) >= 2, "something is said"
    assert call.carrier.first_audio_ms[1] - 3200 <= policy.endpoint_ms + 1000 * SILENT_S + 100
    assert call.carrier.hung_up is not None
