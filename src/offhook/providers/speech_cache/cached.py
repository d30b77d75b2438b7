"""A voice that remembers: the port `Tts` around a `Tts`, with clips in memory and on disk behind it.

Private by default. Only a text that was taught as fixed (`SpeechCache.learn`: words of a template that hold nobody's
data) goes to disk. Everything else, a name or a number among it, is kept in memory only, and not for long.

A clip is kept when its synthesis ran to its end; one that failed or was cut off is not. Writing to disk waits in a
bounded queue beside the calls (overflow: not written, counted as "not_stored"; it is written when it is next made).

A sentence that begins with a known opening (`learn_openings`) can start from the opening's clip while its rest is made
(port `Openings`). An opening's clip is a fixed one. It is made when it was first wanted, one after the other beside the
calls (overflow: not made; it is wanted again with its next sentence).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from offhook.contracts.clock import Clock
from offhook.contracts.speech import Opening, Tts, TtsCapabilities, TtsFailed, Voice
from offhook.kit.bounded_queue import BoundedQueue
from offhook.kit.closing import closing
from offhook.providers.speech_cache.clips import ClipKey, sentence_of
from offhook.providers.speech_cache.disk import ClipFolder, DamagedClip
from offhook.providers.speech_cache.memory import ClipMemory
from offhook.providers.speech_cache.openings import WORTH_MS, KnownOpenings, as_spoken

FIXED_MEMORY_BYTES = 32_000_000
"""Half an hour of telephone audio."""
PASSING_MEMORY_BYTES = 8_000_000
PASSING_KEEP_MS = 600_000.0
"""How long a sentence with somebody's data may stay in memory."""
_FORGET_EVERY_S = 30.0
_WAITING_WRITES = 256
_WAITING_OPENINGS = 512
_LONGEST_CLIP_S = 30
_FIRST_PIECE_MS, _PIECE_MS = 40, 500


@dataclass(frozen=True, slots=True)
class _Write:
    name: str
    audio: bytes


@dataclass(frozen=True, slots=True)
class _Wanted:
    tts: Tts
    key: ClipKey


class SpeechCache:
    """The clips of one process, shared by its voices. `open` it, then `run` it beside the calls.

    Args:
        folder: where fixed clips are kept, or None for memory only.
        openings: whether sentences start from kept openings; None: where the voice takes longer than `WORTH_MS`.
        on_result: told of each request "memory", "disk" or "miss"; further of each clip "damaged" (dropped),
            "unreadable" and "not_stored" (the disk failed, or too much waited).
    """

    def __init__(
        self,
        clock: Clock,
        *,
        folder: ClipFolder | None,
        openings: bool | None = None,
        on_result: Callable[[str], None] = lambda result: None,
    ) -> None:
        self._fixed: set[str] = set()  # grows with templates and businesses, not with calls
        self._clock = clock
        self._folder = folder
        self._on_result = on_result
        self._fixed_clips = ClipMemory(FIXED_MEMORY_BYTES)
        self._passing_clips = ClipMemory(PASSING_MEMORY_BYTES, PASSING_KEEP_MS)
        self._writes: BoundedQueue[_Write] = BoundedQueue(_WAITING_WRITES, "drop_new")
        self._disk = asyncio.Lock()
        self._openings = KnownOpenings()
        self._use_openings = openings
        self._wanted: BoundedQueue[_Wanted] = BoundedQueue(_WAITING_OPENINGS, "drop_new")
        self._wanting: set[ClipKey] = set()  # what is in the queue or being made

    @property
    def waiting(self) -> int:
        """Clips that wait to be written."""
        return len(self._writes)

    def learn(self, sentences: Iterable[str]) -> None:
        """These hold nobody's data and may be kept on disk."""
        self._fixed.update(sentence_of(sentence) for sentence in sentences)

    def learn_openings(self, language: str, openings: Iterable[str]) -> None:
        """Sentences of the language begin with these, before a value; the openings themselves hold nobody's data."""
        openings = tuple(openings)
        self._openings.learn(language, openings)
        self.learn(map(as_spoken, openings))

    def around(self, tts: Tts) -> Tts:
        """The voice with this cache; itself where its audio must not be kept."""
        return CachedTts(tts, self) if tts.capabilities.cacheable else tts

    async def open(self) -> None:
        """Without a usable folder the cache is in memory alone, and says so once as "unreadable"."""
        if self._folder is None:
            return
        try:
            await asyncio.to_thread(self._folder.open)
        except OSError:
            self._folder = None
            self._on_result("unreadable")

    async def run(self) -> None:
        """Write what waits, forget what is old. Ends by cancellation."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write_all(), name="speech cache writer")
            tasks.create_task(self._forget_old(), name="speech cache forgetting")
            tasks.create_task(self._make_wanted(), name="speech cache openings")

    async def find(self, key: ClipKey) -> bytes | None:
        """The clip, from memory or disk; None for a miss."""
        audio = self._in_memory(key)
        if audio is not None:
            self._on_result("memory")
            return audio
        audio = await self._from_disk(key)
        self._on_result("miss" if audio is None else "disk")
        if audio is not None:
            self._fixed_clips.put(key, audio, self._clock.mono_ms())
        return audio

    def opening(self, tts: Tts, sentence: ClipKey) -> Opening | None:
        """The opening of a sentence that is not there itself. Where it is not there either, it is made for later."""
        if not self._opens(tts) or self._in_memory(sentence) is not None:
            return None
        known = self._openings.in_sentence(sentence.text, sentence.voice.language)
        if known is None:
            return None
        key = replace(sentence, text=as_spoken(known))
        audio = self._in_memory(key)
        if audio is None:
            self.want(tts, key)
            return None
        self._on_result("memory")
        return Opening(len(known), audio)

    def want(self, tts: Tts, key: ClipKey) -> None:
        """Have an opening's clip made, unless it is there or will be, or would not be used."""
        if not self._opens(tts) or key in self._wanting or self._in_memory(key) is not None:
            return
        if self._wanted.put_nowait(_Wanted(tts, key)):
            self._wanting.add(key)

    def keep(self, key: ClipKey, audio: bytes) -> None:
        now_ms = self._clock.mono_ms()
        if key.text not in self._fixed:
            self._passing_clips.put(key, audio, now_ms)
            return
        self._fixed_clips.put(key, audio, now_ms)
        if self._folder is not None and not self._writes.put_nowait(_Write(key.file_name, audio)):
            self._on_result("not_stored")

    def _opens(self, tts: Tts) -> bool:
        usual_ms = tts.capabilities.first_audio_ms
        return self._use_openings if self._use_openings is not None else usual_ms is None or usual_ms >= WORTH_MS

    def _in_memory(self, key: ClipKey) -> bytes | None:
        now_ms = self._clock.mono_ms()
        return self._fixed_clips.get(key, now_ms) or self._passing_clips.get(key, now_ms)

    async def _from_disk(self, key: ClipKey) -> bytes | None:
        folder = self._folder
        if folder is None or key.text not in self._fixed or (name := key.file_name) not in folder:
            return None
        try:
            async with self._disk:
                return await asyncio.to_thread(folder.read, name)
        except DamagedClip:
            self._on_result("damaged")
        except OSError:
            self._on_result("unreadable")
        return None

    async def _write_all(self) -> None:
        while True:
            write = await self._writes.get()
            folder = self._folder
            if folder is None:
                continue
            try:
                async with self._disk:
                    await asyncio.to_thread(folder.write, write.name, write.audio)
            except OSError:
                self._on_result("not_stored")

    async def _make_wanted(self) -> None:
        while True:
            wanted = await self._wanted.get()
            key = wanted.key
            with suppress(TtsFailed):  # it is wanted again with its next sentence
                async with closing(wanted.tts.synthesize(key.text, key.voice, key.rate_hz)) as pieces:
                    async for _ in pieces:
                        pass
            self._wanting.discard(key)

    async def _forget_old(self) -> None:
        while True:
            await asyncio.sleep(_FORGET_EVERY_S)
            self._passing_clips.forget_old(self._clock.mono_ms())


class CachedTts:
    """Ports `Tts` and `Openings`."""

    def __init__(self, tts: Tts, cache: SpeechCache) -> None:
        self._tts = tts
        self._cache = cache

    @property
    def name(self) -> str:
        return self._tts.name

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._tts.capabilities

    async def warm(self, voice: Voice, rate_hz: int) -> None:
        await self._tts.warm(voice, rate_hz)

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        key = self._key(text, voice, rate_hz)
        audio = await self._cache.find(key)
        if audio is not None:
            first, other = (rate_hz * ms // 1000 * 2 for ms in (_FIRST_PIECE_MS, _PIECE_MS))
            yield audio[:first]
            for at in range(first, len(audio), other):
                yield audio[at : at + other]
            return
        made = bytearray()
        most_bytes = _LONGEST_CLIP_S * rate_hz * 2
        async with closing(self._tts.synthesize(text, voice, rate_hz)) as pieces:
            async for piece in pieces:
                if len(made) <= most_bytes:
                    made += piece
                yield piece
        if made and len(made) <= most_bytes:
            self._cache.keep(key, bytes(made))

    def opening(self, sentence: str, voice: Voice, rate_hz: int) -> Opening | None:
        """A sentence with other white space than a template's has none: its characters would be counted wrong."""
        key = self._key(sentence, voice, rate_hz)
        return self._cache.opening(self, key) if sentence.startswith(key.text) else None

    def make_openings(self, openings: Iterable[str], voice: Voice, rate_hz: int) -> None:
        for opening in openings:
            self._cache.want(self, self._key(as_spoken(opening), voice, rate_hz))

    async def aclose(self) -> None:
        await self._tts.aclose()

    def _key(self, text: str, voice: Voice, rate_hz: int) -> ClipKey:
        return ClipKey(self._tts.name, voice, rate_hz, sentence_of(text))
