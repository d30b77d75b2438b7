"""Sentences that start from a kept opening: whole calls in virtual seconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from offhook.audio.level import silence, tone
from offhook.contracts.speech import TtsFailed, Voice
from offhook.contracts.turn import TurnPolicy
from offhook.providers.speech_cache.cached import SpeechCache
from offhook.session.speak import COMMA_MS
from support.scripted_call import BYTES_PER_MS, Carrier, Reply, ScriptedCall, ScriptedTts
from support.virtual_time import VirtualClock, virtual_time

OPENING = "The earliest I have is"
REST = " Friday the twenty-seventh at ten in the morning."
WISH = "any day of the week is fine with me"
MS_PER_CHARACTER = 50
AROUND_MS = 120
"""Silence on both sides of what the voice says."""


@dataclass
class SlowTts(ScriptedTts):
    """A tone for each character, silence around it, all of it at once after a while."""

    first_ms: float = 300.0
    fails_on: str = "?"
    asked_ms: list[float] = field(default_factory=list)

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        self.said.append((text, voice))
        await asyncio.sleep(self.first_ms / 1000)
        if self.fails_on in text:
            raise TtsFailed("away")
        yield silence(AROUND_MS, rate_hz)
        yield tone(300, MS_PER_CHARACTER * len(text.strip()), rate_hz)
        yield silence(AROUND_MS, rate_hz)


class Rig:
    """A call whose first question is answered with `reply`. Its openings have been made before."""

    def __init__(
        self,
        clock: VirtualClock,
        reply: str,
        *,
        openings: bool = True,
        opening: str = OPENING,
        policy: TurnPolicy | None = None,
    ) -> None:
        self.tts = SlowTts()
        self.cache = SpeechCache(clock, folder=None, openings=openings)
        self.cache.learn_openings("en", [opening])
        self.call = ScriptedCall(
            clock,
            [Reply("Hi."), Reply(reply, writes=True), Reply("All right.")],
            policy=policy,
            tts=self.tts,
            around_tts=self.cache.around,
        )
        self.clock = clock
        self.opening = opening

    async def ready(self) -> None:
        voice = self.call.parts.tts
        assert hasattr(voice, "make_openings")
        voice.make_openings([self.opening], Voice(), 8000)
        running = asyncio.create_task(self.cache.run())
        await asyncio.sleep(1.0)
        running.cancel()
        self.tts.said.clear()

    @property
    def carrier(self) -> Carrier:
        return self.call.carrier

    @property
    def answer(self) -> float:
        """When the first audio of the answer left."""
        return self.carrier.first_audio_ms[1]


@virtual_time
async def test_the_opening_is_heard_at_once_and_the_rest_without_a_gap(clock: VirtualClock) -> None:
    answers: dict[bool, float] = {}
    for openings in (False, True):
        rig = Rig(clock, OPENING + REST, openings=openings)
        await rig.ready()
        now_s = clock.mono_ms() / 1000
        async with rig.call.running():
            await rig.call.speaks(now_s + 2.0, now_s + 3.0, WISH)
            await rig.call.at(now_s + 12.0)
        answers[openings] = rig.answer - now_s * 1000
        turn = rig.call.record.turns[1]
        assert turn.agent == turn.agent_heard == OPENING + REST
        assert len(rig.carrier.first_audio_ms) == 2, "the carrier ran dry in mid-sentence"
        texts = [text for text, _ in rig.tts.said]
        assert texts == ["Hi.", REST if openings else OPENING + REST]
    assert answers[False] - answers[True] == 300.0


@virtual_time
async def test_the_seam_is_as_long_as_a_speaker_pauses(clock: VirtualClock) -> None:
    for opening, pause_ms in ((OPENING, 0), ("As far as I can see,", COMMA_MS)):
        rig = Rig(clock, opening + REST, opening=opening)
        await rig.ready()
        now_s = clock.mono_ms() / 1000
        async with rig.call.running():
            await rig.call.speaks(now_s + 2.0, now_s + 3.0, WISH)
            await rig.call.at(now_s + 12.0)
        comma = 0 if opening.endswith(",") else 1
        spoken_ms = MS_PER_CHARACTER * (len(opening) + comma + len(REST.strip()))
        greeting_ms = 3 * MS_PER_CHARACTER + 2 * AROUND_MS
        around_ms = rig.carrier.sent_bytes / BYTES_PER_MS - greeting_ms - spoken_ms
        assert 0 <= around_ms - (2 * AROUND_MS + pause_ms) <= 30, "silence before the first word and behind the last"


@virtual_time
async def test_stopped_within_the_opening_memory_holds_words_of_it_alone(clock: VirtualClock) -> None:
    rig = Rig(clock, OPENING + REST)
    rig.tts.first_ms = 600.0
    await rig.ready()
    async with rig.call.running():
        await rig.call.speaks(3.0, 4.0, WISH)
        await rig.call.speaks(5.0, 5.9, "stop it please")
        await rig.call.at(9.0)
    assert rig.answer < 5000 < rig.carrier.cleared_ms[0] < rig.answer + MS_PER_CHARACTER * len(OPENING)
    (heard,) = [heard for turn, heard in rig.call.conversations.heard_calls if turn.endswith(".2")]
    assert OPENING.startswith(heard) and 0 < len(heard) < len(OPENING)
    assert rig.call.record.turns[1].agent_heard == heard


@virtual_time
async def test_stopped_within_the_rest_memory_holds_the_opening_and_some_of_it(clock: VirtualClock) -> None:
    rig = Rig(clock, OPENING + REST)
    await rig.ready()
    async with rig.call.running():
        await rig.call.speaks(3.0, 4.0, WISH)
        await rig.call.speaks(6.2, 7.2, "stop it please")
        await rig.call.at(10.0)
    (heard,) = [heard for turn, heard in rig.call.conversations.heard_calls if turn.endswith(".2")]
    played_ms = rig.carrier.cleared_ms[0] - rig.answer
    said_ms = played_ms - MS_PER_CHARACTER * (len(OPENING) + 1)
    assert 0 < said_ms < MS_PER_CHARACTER * len(REST)
    assert (OPENING + REST).startswith(heard)
    reached = len(OPENING) + said_ms / MS_PER_CHARACTER
    assert reached - 16 <= len(heard) <= reached + 1, "known to the word on both sides of the seam"


@virtual_time
async def test_after_a_cough_in_the_rest_the_agent_goes_on_from_there(clock: VirtualClock) -> None:
    rig = Rig(clock, OPENING + REST, policy=TurnPolicy(barge_in_by_words=False))
    await rig.ready()
    async with rig.call.running():
        await rig.call.speaks(3.0, 4.0, WISH)
        await rig.call.speaks(6.2, 6.7, "")
        await rig.call.at(14.0)
    stopped, resumed = rig.call.record.turns[1:]
    assert f"{stopped.agent_heard} {resumed.agent_heard}" == OPENING + REST
    assert rig.call.conversations.heard_calls == []


@virtual_time
async def test_a_rest_that_cannot_be_made_is_tried_again_and_then_apologised_for(clock: VirtualClock) -> None:
    rig = Rig(clock, OPENING + REST)
    await rig.ready()
    rig.tts.fails_on = "Friday"
    async with rig.call.running():
        await rig.call.speaks(3.0, 4.0, WISH)
        await rig.call.at(12.0)
    assert [text for text, _ in rig.tts.said].count(REST) == 3
    assert rig.call.record.turns[1].agent == f"{OPENING}{REST} Sorry."
    assert rig.call.record.counters["reply_failed"] == 1


@virtual_time
async def test_a_late_rest_is_still_said_and_heard_as_such(clock: VirtualClock) -> None:
    rig = Rig(clock, OPENING + REST)
    await rig.ready()
    rig.tts.first_ms = 2500.0
    async with rig.call.running():
        await rig.call.speaks(5.0, 6.0, WISH)
        await rig.call.speaks(10.0, 10.9, "stop it please")
        await rig.call.at(14.0)
    heard = rig.call.record.turns[1].agent_heard or ""
    assert heard.startswith(OPENING) and len(OPENING) < len(heard) < len(OPENING + REST)


@virtual_time
async def test_a_sentence_prepared_as_a_whole_has_no_seam(clock: VirtualClock) -> None:
    rig = Rig(clock, "unused")
    await rig.ready()
    rig.tts.first_ms = 50.0
    rig.call.conversations._replies[1] = Reply(OPENING + REST)
    async with rig.call.running():
        await rig.call.speaks(3.0, 4.0, WISH)
        await rig.call.at(9.0)
    assert [text for text, _ in rig.tts.said] == ["Hi.", OPENING + REST]
    assert rig.call.record.turns[1].agent_heard == OPENING + REST
