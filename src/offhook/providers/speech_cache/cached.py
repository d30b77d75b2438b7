"""A voice that remembers: the port `Tts` around a `Tts`, with clips in memory and on disk behind it.

Private by default. Only a text that was taught as fixed (`SpeechCache.learn`: words of a template that hold nobody's
data) goes to disk. Everything else, a name or a number among it, is kept in memory only, and not for long.

A clip is kept when its synthesis ran to its end; one that failed or was cut off is not. Writing to disk waits in a
bounded queue beside the calls (overflow: not written, counted as "not_stored"; it is written when it is next made).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass

from offhook.contracts.clock import Clock
from offhook.contracts.speech import Tts, TtsCapabilities, Voice
from offhook.kit.bounded_queue import BoundedQueue
from offhook.kit.closing import closing
from offhook.providers.speech_cache.clips import ClipKey, sentence_of
from offhook.providers.speech_cache.disk import ClipFolder, DamagedClip
from offhook.providers.speech_cache.memory import ClipMemory

FIXED_MEMORY_BYTES = 32_000_000
"""Half an hour of telephone audio."""
PASSING_MEMORY_BYTES = 8_000_000
PASSING_KEEP_MS = 600_000.0
"""How long a sentence with somebody's data may stay in memory."""
_FORGET_EVERY_S = 30.0
_WAITING_WRITES = 256
_LONGEST_CLIP_S = 30
_FIRST_PIECE_MS, _PIECE_MS = 40, 500


@dataclass(frozen=True, slots=True)
class _Write:
    name: str
    audio: bytes


class SpeechCache:
    """The clips of one process, shared by its voices. `open` it, then `run` it beside the calls.

    Args:
        folder: where fixed clips are kept, or None for memory only.
        on_result: told of each request "memory", "disk" or "miss"; further of each clip "damaged" (dropped),
            "unreadable" and "not_stored" (the disk failed, or too much waited).
    """

    def __init__(
        self,
        clock: Clock,
        *,
        folder: ClipFolder | None,
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

    @property
    def waiting(self) -> int:
        """Clips that wait to be written."""
        return len(self._writes)

    def learn(self, sentences: Iterable[str]) -> None:
        """These hold nobody's data and may be kept on disk."""
        self._fixed.update(sentence_of(sentence) for sentence in sentences)

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

    async def find(self, key: ClipKey) -> bytes | None:
        """The clip, from memory or disk; None for a miss."""
        now_ms = self._clock.mono_ms()
        audio = self._fixed_clips.get(key, now_ms) or self._passing_clips.get(key, now_ms)
        if audio is not None:
            self._on_result("memory")
            return audio
        audio = await self._from_disk(key)
        self._on_result("miss" if audio is None else "disk")
        if audio is not None:
            self._fixed_clips.put(key, audio, now_ms)
        return audio

    def keep(self, key: ClipKey, audio: bytes) -> None:
        now_ms = self._clock.mono_ms()
        if key.text not in self._fixed:
            self._passing_clips.put(key, audio, now_ms)
            return
        self._fixed_clips.put(key, audio, now_ms)
        if self._folder is not None and not self._writes.put_nowait(_Write(key.file_name, audio)):
            self._on_result("not_stored")

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

    async def _forget_old(self) -> None:
        while True:
            await asyncio.sleep(_FORGET_EVERY_S)
            self._passing_clips.forget_old(self._clock.mono_ms())


class CachedTts:
    """Port `Tts`."""

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
        key = ClipKey(self._tts.name, voice, rate_hz, sentence_of(text))
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

    async def aclose(self) -> None:
        await self._tts.aclose()
