"""Speech in whole pieces rather than in a live stream: a recorded utterance heard, a text as a sound file.

For channels where somebody records and sends, or reads and listens. Calls come first: as few of these at once as
`AT_ONCE` allow, `WAITING` others wait.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from offhook.audio.resample import resample
from offhook.audio.wav import WavError, parse_wav, wav_bytes
from offhook.contracts.business import Business
from offhook.contracts.errors import Invalid, Unavailable
from offhook.contracts.speech import (
    Expectation,
    SpeechDomain,
    Stt,
    SttConfig,
    SttEvent,
    SttFailed,
    Transcript,
    Tts,
    TtsFailed,
    Voice,
)
from offhook.kit.closing import closing

AT_ONCE = 2
HEARING_HZ = 16_000
SPEAKING_HZ = 16_000
LONGEST_RECORDING_S = 30
SHORTEST_RECORDING_MS = 100
_RATES_HZ = range(8_000, 48_001)
_ASKED = 4
"""A recogniser that is given a whole recording at once is behind; it is asked so often."""
_SYNTHESIS_S = 15.0
_HEARING_S = 45.0
"""Both with the wait for a place."""
WAITING = 16
"""That may wait for a place, of each kind; one more is refused."""


@dataclass(frozen=True, slots=True)
class Recording:
    pcm: bytes
    """PCM16 mono."""
    rate_hz: int


def recording(audio: bytes, rate_hz: int | None) -> Recording:
    """A WAV file, or PCM16 little-endian mono at `rate_hz`. Raises Invalid."""
    if audio[:4] == b"RIFF":
        try:
            wav = parse_wav(audio)
        except WavError as error:
            raise Invalid(f"The audio cannot be read: {error}.", {"audio": str(error)}) from None
        pcm, rate_hz = wav.mono, wav.rate_hz
    elif rate_hz is None:
        raise Invalid(
            "The audio is no WAV file; PCM16 needs its rate.", {"rate": "the samples per second, or send a WAV file"}
        )
    elif len(audio) % 2:
        raise Invalid("The audio ends in half a sample.", {"audio": "PCM16 has two bytes a sample"})
    else:
        pcm = audio
    if rate_hz not in _RATES_HZ:
        raise Invalid("The rate cannot be used.", {"rate": "8000 to 48000 samples per second"})
    length_ms = len(pcm) * 500 // rate_hz
    if length_ms < SHORTEST_RECORDING_MS:
        raise Invalid("The recording is too short.", {"audio": f"at least {SHORTEST_RECORDING_MS} ms"})
    if length_ms > LONGEST_RECORDING_S * 1000:
        raise Invalid("The recording is too long.", {"audio": f"at most {LONGEST_RECORDING_S} s; send it in pieces"})
    return Recording(pcm, rate_hz)


class _Places:
    """`AT_ONCE` places and a queue before them that does not grow without end."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Raises Unavailable when too many wait."""
        if self._waiting >= WAITING:
            raise Unavailable("busy", "Too many others wait for speech just now; try again in a few seconds.")
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()


class RecordedSpeech:
    """Hears recordings and speaks texts, beside the calls.

    Args:
        domain: what callers of a business say.
    """

    def __init__(self, stt: Stt, tts: Tts, domain: Callable[[Business], Awaitable[SpeechDomain | None]]) -> None:
        self._stt = stt
        self._tts = tts
        self._domain = domain
        self._hearing = _Places()
        self._speaking = _Places()

    async def hear(self, heard: Recording, business: Business, language: str, expect: Expectation) -> Transcript:
        """Raises Unavailable when the recogniser gives no answer, or too many wait."""
        try:
            async with asyncio.timeout(_HEARING_S), self._hearing.one():
                pcm = await asyncio.to_thread(resample, heard.pcm, heard.rate_hz, HEARING_HZ)
                config = SttConfig(rate_hz=HEARING_HZ, language=language, domain=await self._domain(business))
                return await self._final(config, pcm, expect)
        except (SttFailed, TimeoutError):
            text = "The recording could not be read just now; send it again, or type it."
            raise Unavailable("not_recognised", text) from None

    async def _final(self, config: SttConfig, pcm: bytes, expect: Expectation) -> Transcript:
        stream = await self._stt.open(config, _ignore)
        try:
            stream.expect(expect)
            stream.begin(1)
            stream.push(pcm)
            for left in reversed(range(_ASKED)):
                try:
                    return await stream.finalize(1)
                except SttFailed:
                    if not left:
                        raise
        finally:
            await stream.aclose()
        raise AssertionError("unreachable")

    async def speak(self, text: str, voice: Voice) -> bytes:
        """The text as a WAV file. Raises Unavailable."""
        pcm = bytearray()
        try:
            async with (
                asyncio.timeout(_SYNTHESIS_S),
                self._speaking.one(),
                closing(self._tts.synthesize(text, voice, SPEAKING_HZ)) as pieces,
            ):
                async for piece in pieces:
                    pcm += piece
        except (TtsFailed, TimeoutError):
            raise Unavailable("no_voice", "The text could not be spoken just now; try again.") from None
        return wav_bytes(SPEAKING_HZ, bytes(pcm))

    @property
    def languages(self) -> tuple[str, ...]:
        """That the voice can speak."""
        return self._tts.capabilities.languages

    def knows(self, name: str) -> bool:
        """Whether there is a voice of this name, as far as can be told."""
        can = self._tts.capabilities
        if not can.voices:
            return _VOICE.fullmatch(name) is not None
        voice, plus, variant = name.partition("+")
        return voice.lower() in can.voices and (not plus or variant in can.variants)

    def voices(self, language: str) -> str:
        """For people: the names that may be used in a language."""
        can = self._tts.capabilities
        own = [name for name in can.voices if name.partition("-")[0] == language]
        variants = f"; behind it, after a +, one of {', '.join(can.variants)}" if can.variants else ""
        return f"one of {', '.join(own)}{variants}" if own else "a voice's name, such as en-us"


def voice_of(business: Business, language: str, name: str | None = None) -> Voice:
    """The business's own voice, or another by its name."""
    own = business.voice
    return Voice(own.name if name is None else name, language, own.rate, own.volume)


_VOICE = re.compile(r"[A-Za-z0-9_.+-]{1,64}")


def _ignore(event: SttEvent) -> None:
    """Nobody waits for guesses at a recording."""
