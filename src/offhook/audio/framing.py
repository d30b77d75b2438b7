"""Cutting a byte stream into frames of one size, and keeping the last moments of it."""

from __future__ import annotations

from collections import deque


class Framer:
    """Re-frames pieces of any size. What does not fill a frame waits for the next piece (less than one frame)."""

    def __init__(self, frame_bytes: int) -> None:
        """Raises ValueError unless `frame_bytes` is positive."""
        if frame_bytes <= 0:
            raise ValueError(f"a frame has at least 1 byte; got {frame_bytes}")
        self.frame_bytes = frame_bytes
        self._left = b""

    def push(self, data: bytes) -> list[bytes]:
        """The frames that are whole now, in order."""
        size = self.frame_bytes
        if not self._left and len(data) == size:
            return [data]
        data = self._left + data
        whole = len(data) - len(data) % size
        self._left = data[whole:]
        return [data[i : i + size] for i in range(0, whole, size)]

    def flush(self) -> bytes:
        """The leftover, shorter than a frame, perhaps empty; the framer is then as new."""
        left, self._left = self._left, b""
        return left


class Preroll:
    """The last `max_bytes` of a PCM16 stream: older audio is forgotten as newer comes (that is its purpose).

    A recogniser opened when speech has been found gets what was said before that from here.
    """

    def __init__(self, max_bytes: int) -> None:
        """`max_bytes` is rounded down to whole samples. Raises ValueError when it is negative."""
        if max_bytes < 0:
            raise ValueError(f"a pre-roll cannot hold {max_bytes} bytes")
        self.max_bytes = max_bytes - max_bytes % 2
        self._pieces: deque[bytes] = deque()
        self._held = 0

    def __len__(self) -> int:
        return self._held

    def push(self, pcm: bytes) -> None:
        if not pcm:
            return
        pieces = self._pieces
        pieces.append(pcm)
        self._held += len(pcm)
        excess = self._held - self.max_bytes
        while excess > 0:
            oldest = pieces[0]
            if len(oldest) > excess:
                pieces[0] = oldest[excess:]
                self._held -= excess
                return
            pieces.popleft()
            self._held -= len(oldest)
            excess -= len(oldest)

    def take(self) -> bytes:
        """All that is kept, oldest first; empties it."""
        held = b"".join(self._pieces)
        self.clear()
        return held

    def clear(self) -> None:
        self._pieces.clear()
        self._held = 0
