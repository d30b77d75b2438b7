"""How audio leaves for a carrier that wants pieces of certain sizes and no more than it can soon play. Sans-IO.

What is played is kept here and goes out in chunks, each a multiple of `step_bytes` and at least `least_bytes`, as long
as less than `ahead_ms` lies at the carrier. Chunks are small, because a carrier's `clear` does not stop the one that is
being played. Silence is added to a chunk only where nothing follows: the end of what is to be said (a mark, or nothing
more for `stale_ms`), when the carrier has almost played what it has. A mark leaves behind the chunk that holds the last
byte before it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from offhook.contracts.audio import AudioFormat


@dataclass(frozen=True, slots=True)
class ChunkRules:
    audio: AudioFormat
    least_bytes: int
    step_bytes: int
    chunk_ms: float = 100.0
    """Wished length; a chunk has `least_bytes` where that is longer."""
    ahead_ms: float = 400.0
    hurry_ms: float = 120.0
    """With less than that left at the carrier, what is there goes out."""
    stale_ms: float = 120.0
    max_waiting_ms: float = 120_000.0

    @property
    def chunk_bytes(self) -> int:
        wished = int(self.chunk_ms * self.audio.bytes_per_ms)
        return max(self.least_bytes, wished - wished % self.step_bytes)


@dataclass(frozen=True, slots=True)
class Mark:
    name: str


class Outflow:
    """Of one stream. Times are milliseconds of any steady clock."""

    def __init__(self, rules: ChunkRules) -> None:
        self._rules = rules
        self._chunk_bytes = rules.chunk_bytes
        self._waiting = bytearray()
        self._marks: deque[tuple[int, Mark]] = deque()
        """With the number of waiting bytes before each."""
        self._played_until_ms = float("-inf")
        """When the carrier will have played all that went out."""
        self._last_play_ms = float("-inf")

    @property
    def waiting_ms(self) -> float:
        return len(self._waiting) / self._rules.audio.bytes_per_ms

    def play(self, payload: bytes, now_ms: float) -> bool:
        """False: more waits than will ever be heard, and nothing was taken."""
        if len(self._waiting) + len(payload) > self._rules.max_waiting_ms * self._rules.audio.bytes_per_ms:
            return False
        self._waiting += payload
        self._last_play_ms = now_ms
        return True

    def mark(self, name: str) -> None:
        self._marks.append((len(self._waiting), Mark(name)))

    def clear(self, now_ms: float) -> None:
        """Forget what waits, marks included; the carrier is taken to have dropped what it had."""
        self._waiting.clear()
        self._marks.clear()
        self._played_until_ms = now_ms

    def take(self, now_ms: float) -> list[bytes | Mark]:
        """Chunks and marks that are to leave now, in order."""
        items: list[bytes | Mark] = []
        while True:
            while self._marks and self._marks[0][0] <= 0:
                items.append(self._marks.popleft()[1])
            size = self._size(now_ms)
            if size == 0:
                return items
            items.append(self._cut(size, now_ms))

    def due_ms(self, now_ms: float) -> float | None:
        """When to take again if nothing else happens before; None: nothing waits."""
        if not self._waiting:
            return None
        if len(self._waiting) >= self._chunk_bytes + self._rules.least_bytes:
            return max(now_ms, self._played_until_ms - self._rules.ahead_ms)
        hurry_ms = self._played_until_ms - self._rules.hurry_ms
        if not self._ends(now_ms) and len(self._waiting) < self._rules.least_bytes:
            hurry_ms = max(hurry_ms, self._last_play_ms + self._rules.stale_ms)
        return max(now_ms, hurry_ms)

    def _size(self, now_ms: float) -> int:
        """How many of the waiting bytes go into a chunk now; 0 for none."""
        rules, waiting = self._rules, len(self._waiting)
        left_ms = self._played_until_ms - now_ms
        if waiting == 0 or left_ms > rules.ahead_ms:
            return 0
        if waiting >= self._chunk_bytes + rules.least_bytes:
            return self._chunk_bytes
        if left_ms > rules.hurry_ms:
            return 0
        if self._ends(now_ms):
            return waiting
        return waiting - waiting % rules.step_bytes if waiting >= rules.least_bytes else 0

    def _ends(self, now_ms: float) -> bool:
        """Whether nothing more is on its way behind what waits."""
        marked = bool(self._marks) and self._marks[-1][0] == len(self._waiting)
        return marked or now_ms >= self._last_play_ms + self._rules.stale_ms

    def _cut(self, size: int, now_ms: float) -> bytes:
        rules = self._rules
        chunk = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._marks = deque((max(0, at - size), mark) for at, mark in self._marks)
        padded = max(rules.least_bytes, size + -size % rules.step_bytes)
        chunk = chunk.ljust(padded, b"\0")
        self._played_until_ms = max(now_ms, self._played_until_ms) + len(chunk) / rules.audio.bytes_per_ms
        return chunk
