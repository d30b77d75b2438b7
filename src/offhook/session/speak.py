"""From sentences to the caller's ear: synthesis, encoding, sending ahead, marks.

Each sentence is sent as it is made and followed by a mark, so that what was heard is known to the sentence from the
carrier and to the word from the clock. No sentence is begun while more than `AHEAD_MS` of audio lies at the carrier: an
interruption does not waste much.

A sentence whose opening is at hand (port `Openings`) starts with it at once; its rest is made while the caller hears
that, and is joined to it (audio/seam.py). To everything else they are two sentences, each with its own text, mark and
retries: what was heard is known on both sides of the seam, and a voice that fails behind an opening is apologised for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace

from offhook.audio.codec import Codec
from offhook.audio.level import active_dbfs
from offhook.audio.seam import Joining, ending
from offhook.contracts.channel import MediaOut
from offhook.contracts.clock import Clock
from offhook.contracts.speech import Opening, Openings, Tts, TtsFailed, Voice
from offhook.kit.bounded_queue import BoundedQueue, QueueClosed
from offhook.kit.closing import closing
from offhook.kit.sentences import CLAUSE_ENDS
from offhook.kit.within import within
from offhook.session.prepared import Prepared
from offhook.turns.playout import Playout
from offhook.turns.voice_requests import RATES, VOLUMES, VoiceRequest, stepped

AHEAD_MS = 8_000
FIRST_MESSAGE_MS = 40
"""The first message of a reply is small so that it leaves at once; the following are large."""
MESSAGE_MS = 200
MOST_MESSAGE_MS = 1_000
COMMA_MS, COLON_MS = 150, 230
"""A speaker's pause behind an opening that ends with one; behind other openings there is none."""
HURRY_MS = 100
"""With less of the opening still to be heard, its rest waits no longer to be compared with it."""
RETRIES = 2
"""How often a sentence of which nothing was heard yet is tried again (an engine process restarts meanwhile)."""
RETRY_PAUSE_S = 0.35
SILENT_S = 4.0
"""A voice that gives nothing for so long has stalled: it is not asked again, the caller is told instead."""


class Aside(str):
    """A sentence that is said while the reply is waited for, and is no part of it."""


class TtsStalled(TtsFailed):
    """The voice neither speaks nor fails."""


class Speaker:
    """The voice of one call."""

    def __init__(
        self,
        *,
        tts: Tts,
        voice: Voice,
        rate_hz: int,
        codec: Codec,
        out: MediaOut,
        playout: Playout,
        clock: Clock,
        on_tts_ms: Callable[[float], None] = lambda ms: None,
    ) -> None:
        self._tts = tts
        self._openings = tts if isinstance(tts, Openings) else None
        self._voice = voice
        self._rate_hz = rate_hz
        self._codec = codec
        self._out = out
        self._playout = playout
        self._clock = clock
        self._on_tts_ms = on_tts_ms
        self._prepared: Prepared | None = None

    @property
    def voice(self) -> Voice:
        return self._voice

    def change(self, request: VoiceRequest) -> None:
        """Speak slower, louder, … from the next sentence on."""
        rate = stepped(self._voice.rate, request.rate, RATES)
        self._voice = replace(self._voice, rate=rate, volume=stepped(self._voice.volume, request.volume, VOLUMES))

    def speak_as(self, language: str) -> None:
        if language != self._voice.language:
            self._voice = replace(self._voice, language=language)

    async def prepare(self, sentence: str) -> None:
        """Make the audio of a sentence that may be said next; kept until another one is prepared or said. Saying it may
        begin before all of it is made."""
        prepared = self._prepared = Prepared(sentence, self._voice)
        async with closing(self._synthesized(sentence)) as made:
            await prepared.fill(made)

    async def speak(self, reply: int, sentences: BoundedQueue[str], on_first_audio: Callable[[], None]) -> None:
        """Say everything that comes out of `sentences`; returns when all of it is queued at the carrier.

        Raises TtsFailed when a sentence cannot be spoken even after retries.
        """
        first = True
        while True:
            try:
                sentence = await sentences.get()
            except QueueClosed:
                return
            if not sentence.strip():
                continue
            if isinstance(sentence, Aside):
                with suppress(TtsFailed):
                    await self._say(sentence, -reply, None)
                continue
            await self._wait_for_room()
            follows_dbfs = None
            if (opening := self._opening(sentence)) is not None:
                if first:
                    on_first_audio()
                    first = False
                self._on_tts_ms(0.0)
                self.play_ready(reply, sentence[: opening.characters], self._codec.encode(opening.audio))
                follows_dbfs = active_dbfs(opening.audio)
                sentence = sentence[opening.characters :]
            for attempt in range(RETRIES + 1):
                sent_ms = 0.0
                try:
                    sent_ms = await self._say(sentence, reply, on_first_audio if first else None, follows_dbfs)
                except TtsFailed as error:
                    if attempt == RETRIES or isinstance(error, TtsStalled):
                        raise
                    await asyncio.sleep(RETRY_PAUSE_S)
                    continue
                if sent_ms:
                    first = False
                break

    def play_ready(self, reply: int, text: str, payload: bytes) -> None:
        """Send audio that was made before (a stored apology)."""
        self._out.play(payload)
        self._playout.queued(reply, text, self._codec.duration_ms(payload), self._clock.mono_ms())
        self._out.mark(self._playout.mark_name())

    def _opening(self, sentence: str) -> Opening | None:
        """As it is to be played. A sentence whose prepared audio has begun needs none."""
        prepared = self._prepared
        begun = prepared is not None and prepared.begun and prepared.matches(sentence, self._voice)
        if begun or self._openings is None:
            return None
        opening = self._openings.opening(sentence, self._voice, self._rate_hz)
        if opening is None:
            return None
        last = sentence[opening.characters - 1]
        pause_ms = COMMA_MS if last == "," else COLON_MS if last in CLAUSE_ENDS else 0
        audio = ending(opening.audio, self._rate_hz, pause_ms)
        return replace(opening, audio=audio) if audio else None

    async def _say(
        self, sentence: str, reply: int, on_first_audio: Callable[[], None] | None, follows_dbfs: float | None = None
    ) -> float:
        """Speak one sentence; returns the length of its audio in ms. Raises TtsFailed only if nothing was sent."""
        asked_ms = self._clock.mono_ms()
        sent_ms = 0.0
        waiting = bytearray()
        full = self._bytes(FIRST_MESSAGE_MS)
        try:
            async with closing(self._joined(self._audio(sentence), follows_dbfs)) as pieces:
                async for pcm in pieces:
                    waiting += pcm
                    if len(waiting) < full:
                        continue
                    if not sent_ms:
                        self._on_tts_ms(self._clock.mono_ms() - asked_ms)
                        if on_first_audio is not None:
                            on_first_audio()
                    sent_ms += self._play(reply, "" if sent_ms else sentence, bytes(waiting))
                    waiting.clear()
                    full = self._bytes(self._message_ms())
        except TtsFailed:
            if not sent_ms:
                raise
            # Half a sentence was said; saying it again would stutter. The rest of the reply goes on.
        if waiting:
            if not sent_ms and on_first_audio is not None:
                on_first_audio()
            sent_ms += self._play(reply, "" if sent_ms else sentence, bytes(waiting))
        if sent_ms:
            self._playout.queued(reply, "", 0.0, self._clock.mono_ms())
            self._out.mark(self._playout.mark_name())
        return sent_ms

    async def _joined(self, audio: AsyncIterator[bytes], follows_dbfs: float | None) -> AsyncIterator[bytes]:
        """The audio as it is, or as the rest of an opening of that level."""
        joining = None if follows_dbfs is None else Joining(follows_dbfs, self._rate_hz)
        async with closing(audio) as pieces:
            async for pcm in pieces:
                if joining is None:
                    yield pcm
                    continue
                yield joining.feed(pcm)
                if self._playout.remaining_ms(self._clock.mono_ms()) < HURRY_MS:
                    yield joining.hurry()
        if joining is not None:
            yield joining.finish()

    async def _audio(self, sentence: str) -> AsyncIterator[bytes]:
        prepared, self._prepared = self._prepared, None
        if prepared is not None and prepared.matches(sentence, self._voice):
            async with closing(prepared.audio()) as made:
                async for pcm in made:
                    yield pcm
            return
        async with closing(self._synthesized(sentence)) as made:
            async for pcm in made:
                yield pcm

    async def _synthesized(self, sentence: str) -> AsyncIterator[bytes]:
        """Raises TtsStalled when a piece does not come in time."""
        async with closing(self._tts.synthesize(sentence, self._voice, self._rate_hz)) as made:
            while True:
                try:
                    pcm = await within(SILENT_S, anext(made))
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    raise TtsStalled(f"the voice gave nothing for {SILENT_S:g} s") from None
                yield pcm

    def _play(self, reply: int, text: str, pcm: bytes) -> float:
        payload = self._codec.encode(pcm)
        audio_ms = self._codec.duration_ms(payload)
        self._out.play(payload)
        self._playout.queued(reply, text, audio_ms, self._clock.mono_ms(), complete=False)
        return audio_ms

    def _bytes(self, length_ms: int) -> int:
        return length_ms * self._rate_hz // 1000 * 2

    def _message_ms(self) -> int:
        """The more audio waits at the carrier, the larger the next message may be without a gap before it."""
        waiting_ms = self._playout.remaining_ms(self._clock.mono_ms())
        return int(min(max(MESSAGE_MS, waiting_ms / 2), MOST_MESSAGE_MS))

    async def _wait_for_room(self) -> None:
        too_much_ms = self._playout.remaining_ms(self._clock.mono_ms()) - AHEAD_MS
        if too_much_ms > 0:
            await asyncio.sleep(too_much_ms / 1000)
