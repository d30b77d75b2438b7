"""What the agent says in one room, paced: a queue of sound with marks between. Sans-IO.

The media library takes sound in pieces and keeps a short queue of its own (`LIBRARY_QUEUE_MS`), which is emptied by a
clear as well. A mark is reached when that queue has played past its place.
"""

from __future__ import annotations

from collections import deque

from offhook.channels.livekit.wire import RATE_HZ

BYTES_PER_MS = RATE_HZ // 1000 * 2
FRAME_MS = 20
PIECE_MS = 100
"""At most so much is handed over at once, in whole frames of 20 ms as LiveKit sends them: each hand-over costs the
library an event for every room of the process."""
LIBRARY_QUEUE_MS = 200
_FRAME_BYTES = FRAME_MS * BYTES_PER_MS
MOST_MS = 60_000
"""Sound that may wait; the server sends at most some seconds ahead."""


class Mouth:
    """Tell it what is to be said; take pieces from it; ask it which marks were reached."""

    def __init__(self) -> None:
        self._sound = bytearray()
        self._taken_bytes = 0
        self._marks: deque[tuple[str, int]] = deque()
        """(name, its place), places counted in bytes since the beginning."""

    @property
    def waiting_ms(self) -> float:
        return len(self._sound) / BYTES_PER_MS

    def play(self, pcm: bytes) -> bool:
        """False when too much waits: it is not taken."""
        if self.waiting_ms + len(pcm) / BYTES_PER_MS > MOST_MS:
            return False
        self._sound += pcm
        return True

    def mark(self, name: str) -> None:
        self._marks.append((name, self._taken_bytes + len(self._sound)))

    def clear(self) -> None:
        self._sound.clear()
        self._marks.clear()

    def take(self) -> bytes:
        """The next piece, in whole frames; b"" when none waits. Less than a frame waits for more, unless a mark says
        that nothing follows: then it is filled up with silence."""
        most = min(len(self._sound), PIECE_MS * BYTES_PER_MS)
        over = most % _FRAME_BYTES
        ends = bool(self._marks) and self._marks[-1][1] == self._taken_bytes + len(self._sound)
        if over and most == len(self._sound) and ends:
            piece, fill = bytes(self._sound), bytes(_FRAME_BYTES - over)
        else:
            piece, fill = bytes(self._sound[: most - over]), b""
        del self._sound[: len(piece)]
        self._taken_bytes += len(piece)
        return piece + fill

    def reached(self, queued_ms: float) -> list[str]:
        """Marks whose sound was played, while so much of what was taken waits in the library."""
        played = self._taken_bytes - queued_ms * BYTES_PER_MS
        names = []
        while self._marks and self._marks[0][1] <= self._taken_bytes and self._marks[0][1] <= played:
            names.append(self._marks.popleft()[0])
        return names

    def next_mark_ms(self, queued_ms: float) -> float | None:
        """When the next mark that was handed over will be reached; None while there is none."""
        if not self._marks or self._marks[0][1] > self._taken_bytes:
            return None
        return max(0.0, queued_ms - (self._taken_bytes - self._marks[0][1]) / BYTES_PER_MS)
