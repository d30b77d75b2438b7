"""One timeline as a whole call in virtual time: the real session and turn machine between a scripted caller, detector,
recogniser (words come as they are said, late as a real one's), model, synthesis and carrier.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from timelines import BEGIN_MS, Segment, Timeline, word_ms

from offhook.contracts.audio import VoiceFaded, VoiceStarted, VoiceStopped, VoiceVerdict
from offhook.contracts.speech import Expectation, PartialHeard, SttCapabilities, SttConfig, SttEvent, Transcript
from offhook.contracts.turn import TurnPolicy
from offhook.turns.overheard import meaning
from support.scripted_call import Reply, ScriptedCall, ScriptedTts
from support.virtual_time import VirtualClock, run_virtual

STT_MS, TTS_MS = 100.0, 50.0
"""The delays of recogniser and first audio, as in our other benchmarks."""
START_KNOWN_MS, FADE_KNOWN_MS, STOP_KNOWN_MS = (41.0, 116.0), (37.0, 108.0), (95.0, 175.0)
"""How late the detector tells that speech began, that it faded, that it stopped: p5 to p95 of benchmarks/vad.py."""
CLOSURE_MS, CLOSURE_EVERY_MS = 100.0, 700.0
"""A closure inside a word looks like a fading voice, so often."""
PARTIAL_EVERY_MS, PARTIAL_LAG_MS = 200.0, 180.0
KNOWN_FROM = 0.7
"""Of a word, so much must be heard for a recogniser to name it."""
AFTER_MS = 5000.0
LONG_REPLY = " ".join(["We have several times free on that day and I can tell you about each of them in turn"] * 3)
Verdict = tuple[float, VoiceVerdict]
"""When it is told, and what."""


@dataclass(frozen=True, slots=True)
class Outcome:
    cut_off: bool = False
    """The agent spoke while the caller was not done."""
    dead_air_ms: float | None = None
    """From the end of a turn that was not cut to the agent's first audio; None: there was none."""
    whole: bool = True
    """Whether the turn that was answered held all the words."""
    stopped_ms: float | None = None
    """Over the agent: from the onset to the stop; None: he spoke on."""
    after_partial_ms: float | None = None
    """From the first text with a word that asks for it to the stop."""
    resumed: bool = False


@dataclass
class TimelineStt:
    """Hears the words of the timeline that were said since the utterance began."""

    timeline: Timeline
    segments: tuple[Segment, ...]
    clock: VirtualClock
    partials: bool
    delay_ms: float
    name: str = "timeline"
    told: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.capabilities = SttCapabilities(partials=self.partials, n_best=False, continuous=False)
        self._on_event: Callable[[SttEvent], None] = lambda event: None
        self._utterance: int | None = None
        self._from_ms = 0.0
        self._said = [(end, word) for segment in self.segments for end, word in timed(segment)]

    async def warm(self, config: SttConfig) -> None:
        return None

    async def open(self, config: SttConfig, on_event: Callable[[SttEvent], None]) -> TimelineStt:
        self._on_event = on_event
        return self

    def expect(self, expectation: Expectation) -> None:
        return None

    def begin(self, utterance: int) -> None:
        self._utterance = utterance

    def push(self, pcm: bytes) -> None:
        return None

    def end(self, utterance: int) -> None:
        if self._utterance == utterance:
            self._utterance = None
            self._from_ms = self.clock.mono_ms() - 300.0

    async def finalize(self, utterance: int) -> Transcript:
        text = self.heard(self.clock.mono_ms() - 40.0)
        await asyncio.sleep(self.delay_ms / 1000)
        self.told.append((self.clock.mono_ms(), text))
        return Transcript(utterance, text, decode_ms=self.delay_ms)

    def heard(self, until_ms: float) -> str:
        if self.timeline.kind == "noise":
            return self.timeline.misheard if until_ms >= self.segments[0].end_ms - 100.0 else ""
        return " ".join(word for end, word in self._said if self._from_ms < end <= until_ms)

    async def tell_partials(self) -> None:
        last = ""
        while True:
            await asyncio.sleep(PARTIAL_EVERY_MS / 1000)
            text = self.heard(self.clock.mono_ms() - PARTIAL_LAG_MS)
            if self._utterance is not None and text and text != last:
                last = text
                self.told.append((self.clock.mono_ms(), text))
                self._on_event(PartialHeard(self._utterance, text))

    async def aclose(self) -> None:
        return None


def timed(segment: Segment) -> list[tuple[float, str]]:
    """When enough of each word has been said to be recognised."""
    words = segment.text.split()
    total_ms = sum(word_ms(word) for word in words) or 1.0
    at_ms = segment.start_ms
    ends = []
    for word in words:
        length_ms = (segment.end_ms - segment.start_ms) * word_ms(word) / total_ms
        ends.append((at_ms + length_ms * KNOWN_FROM, word))
        at_ms += length_ms
    return ends


def scripted_verdicts(timeline: Timeline) -> list[Verdict]:
    """What a detector would tell, and how late: the figures of benchmarks/vad.py."""
    chance = random.Random(timeline.seed + 1)  # noqa: S311  # repeatable, not secret
    found: list[Verdict] = []
    for segment in timeline.segments:
        begun_ms = segment.start_ms + chance.uniform(*START_KNOWN_MS)
        stop_ms = segment.end_ms + chance.uniform(*STOP_KNOWN_MS)
        found.append((begun_ms, VoiceStarted(segment.start_ms)))
        at_ms = begun_ms + chance.expovariate(1 / CLOSURE_EVERY_MS)
        while at_ms < segment.end_ms - CLOSURE_MS:
            found.append((at_ms + chance.uniform(*FADE_KNOWN_MS), VoiceFaded(at_ms)))
            at_ms += CLOSURE_MS + chance.expovariate(1 / CLOSURE_EVERY_MS)
        if (faded_ms := segment.end_ms + chance.uniform(*FADE_KNOWN_MS)) < stop_ms:
            found.append((faded_ms, VoiceFaded(segment.end_ms)))
        found.append((stop_ms, VoiceStopped(segment.end_ms)))
    return found


def play(
    timeline: Timeline,
    policy: TurnPolicy,
    verdicts: list[Verdict] | None = None,
    segments: tuple[Segment, ...] | None = None,
    *,
    think_ms: float = 5.0,
) -> Outcome:
    """Run the call. `verdicts` and `segments`: what a real detector told of real audio, and where its speech is."""
    told = scripted_verdicts(timeline) if verdicts is None else verdicts
    spoken = timeline.segments if segments is None else segments
    return run_virtual(lambda clock: _call(clock, timeline, policy, told, spoken, think_ms))


async def _call(
    clock: VirtualClock,
    timeline: Timeline,
    policy: TurnPolicy,
    verdicts: list[Verdict],
    segments: tuple[Segment, ...],
    think_ms: float,
) -> Outcome:
    chance = random.Random(timeline.seed + 2)  # noqa: S311  # repeatable, not secret
    stt = TimelineStt(timeline, segments, clock, chance.random() < 0.5, STT_MS + chance.uniform(-30, 30))
    asked = "open" if timeline.over else timeline.kind
    first = LONG_REPLY if timeline.over else "Hello there."
    replies: list[Reply | str] = [Reply(first, expect=asked), *[Reply("Right.", think_ms=think_ms)] * 8]
    call = ScriptedCall(clock, replies, policy=policy, stt=stt, tts=ScriptedTts(first_ms=TTS_MS))  # type: ignore[arg-type]
    starts = call.carrier.first_audio_ms
    end_ms = segments[-1].end_ms
    async with call.running():
        partials = asyncio.create_task(stt.tell_partials()) if stt.partials else None
        for at_ms, verdict in verdicts:
            await clock.at_ms(at_ms)
            call.voices.verdict(verdict)
        await clock.at_ms(max(end_ms, clock.mono_ms()) + AFTER_MS)
        if partials is not None:
            partials.cancel()
            await asyncio.wait([partials])
    sources = [turn.source for turn in call.record.turns]
    if timeline.over:
        return _over(call, stt, segments[0].start_ms, "resume" in sources or _resumed(call))
    onset_ms = segments[0].start_ms
    early = [at for at in starts if onset_ms < at < end_ms]
    later = [at for at in starts if at >= end_ms]
    answered = " ".join(turn.caller for turn in call.record.turns if turn.source == "caller")
    return Outcome(
        cut_off=bool(early),
        dead_air_ms=later[0] - end_ms if later and not early else None,
        whole=answered == " ".join(segment.text for segment in segments),
    )


def _resumed(call: ScriptedCall) -> bool:
    return len(call.record.turns) == 1 and bool(call.carrier.cleared_ms)


def _over(call: ScriptedCall, stt: TimelineStt, onset_ms: float, resumed: bool) -> Outcome:
    cleared = [at for at in call.carrier.cleared_ms if at >= onset_ms]
    if not cleared:
        return Outcome()
    shown = [at for at, text in stt.told if meaning(text) == "stop" and at <= cleared[0]]
    return Outcome(
        stopped_ms=cleared[0] - onset_ms, after_partial_ms=cleared[0] - shown[0] if shown else None, resumed=resumed
    )


assert BEGIN_MS > 1500, "the greeting has been heard when the caller begins"
