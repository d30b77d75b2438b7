"""The tts port over a pool of espeak-ng processes.

Text goes to the engines sentence by sentence, each asked for only once the former has been taken: calls take turns, a
slow reader holds nobody up, and a long text is cancelled between and within sentences. A process that dies in the
middle of a sentence costs a pause: the sentence is made again and what had been given of it already is left out.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Callable

from offhook.contracts.clock import Clock
from offhook.contracts.speech import TtsCapabilities, TtsFailed, Voice
from offhook.kit.closing import closing
from offhook.kit.sentences import SentenceSplitter
from offhook.providers.engine.errors import EngineDied, EngineError
from offhook.providers.engine.pool import EnginePool
from offhook.providers.engine.process import EngineSpec
from offhook.providers.engine.status import PoolEvent, PoolStatus
from offhook.providers.tts.espeak.voices import LANGUAGES, candidates, known_voices, words_per_minute
from offhook.providers.tts.spoken import spoken

FIRST_AUDIO_DEADLINE_MS = 3000.0
"""Past this a sentence is given up; the usual wait is single milliseconds."""
MAX_SENTENCE_CHARS = 240
USUAL_FIRST_AUDIO_MS = 2.0
"""p95 on an idle machine; benchmarks/openings.py measures it."""
_SENTENCE_GAP_MS, _CLAUSE_GAP_MS = 180, 60
"""Silence after a piece: between sentences, and where a sentence was cut."""
_ATTEMPTS = 2


class EspeakTts:
    """Port `Tts` (contracts/speech.py). Voice names are espeak-ng's ("en-us+f3"), "" is the language's own voice."""

    def __init__(
        self, clock: Clock, *, pool_size: int = 1, on_event: Callable[[PoolEvent], None] | None = None
    ) -> None:
        spec = EngineSpec("espeak", "offhook.providers.tts.espeak.engine:create", env={"OMP_NUM_THREADS": "1"})
        self._pool = EnginePool(spec, size=pool_size, clock=clock, on_event=on_event)
        self._pool_size = pool_size

    @property
    def name(self) -> str:
        return "espeak"

    @property
    def capabilities(self) -> TtsCapabilities:
        voices, variants = known_voices()
        return TtsCapabilities(
            streaming=True,
            languages=LANGUAGES,
            voices=voices,
            variants=variants,
            first_audio_ms=USUAL_FIRST_AUDIO_MS,
        )

    def engine_status(self) -> PoolStatus:
        return self._pool.status()

    async def warm(self, voice: Voice, rate_hz: int) -> None:
        """Start the processes and have each measure the voice's level. Raises TtsFailed."""
        try:
            await self._pool.start()
            work = _work("", voice, rate_hz, 0)
            await asyncio.gather(
                *(self._pool.request("warm", work, deadline_ms=FIRST_AUDIO_DEADLINE_MS) for _ in range(self._pool_size))
            )
        except EngineError as error:
            raise TtsFailed(f"espeak: {error}") from None

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        """See the port. Text without anything to say gives no audio."""
        for sentence in sentences(text):
            words = spoken(sentence, voice.language)
            if not any(character.isalnum() for character in words):
                continue
            gap_ms = _SENTENCE_GAP_MS if words[-1] in ".!?।" else _CLAUSE_GAP_MS
            async with closing(self._sentence(_work(words, voice, rate_hz, gap_ms))) as pieces:
                async for piece in pieces:
                    yield piece

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def _sentence(self, work: dict[str, object]) -> AsyncIterator[bytes]:
        given_bytes = 0
        for attempt in range(1, _ATTEMPTS + 1):
            to_skip = given_bytes
            try:
                async with closing(
                    self._pool.stream("synthesize", work, deadline_ms=FIRST_AUDIO_DEADLINE_MS)
                ) as pieces:
                    async for piece in pieces:
                        assert isinstance(piece, bytes)
                        fresh = piece[to_skip:]
                        to_skip -= len(piece) - len(fresh)
                        if fresh:
                            given_bytes += len(fresh)
                            yield fresh
                return
            except EngineDied as error:
                if attempt == _ATTEMPTS:
                    raise TtsFailed(f"espeak: {error}") from None
            except EngineError as error:
                raise TtsFailed(f"espeak: {error}") from None


def sentences(text: str) -> list[str]:
    """What to say, without control characters (a NUL would end the text unheard), in pieces of a sentence at most."""
    clean = "".join(" " if unicodedata.category(character) in ("Cc", "Cs") else character for character in text)
    splitter = SentenceSplitter(first_clause_chars=0, most_chars=MAX_SENTENCE_CHARS)
    pieces = splitter.push(clean) + splitter.flush()
    return [stripped for piece in pieces if (stripped := piece.strip())]


def _work(text: str, voice: Voice, rate_hz: int, gap_ms: int) -> dict[str, object]:
    return {
        "text": text,
        "voices": list(candidates(voice)),
        "words_per_minute": words_per_minute(voice.rate),
        "rate_hz": rate_hz,
        "volume": voice.volume,
        "gap_ms": gap_ms,
    }
