"""What waits to be written to a media socket: bounded in bytes, with one reader.

Overflow policy: nothing is dropped silently. A peer that does not read makes the box overflow; `put` then refuses, and
the channel ends that call ("slow_reader"). `drop_audio` (at a clear) takes out audio that was not written yet and
keeps marks, because the other side of the call waits for them.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Outbox:
    """Messages in order for one writer task. Single loop, not thread-safe.

    Args:
        max_bytes: most that may wait. One MiB is about 95 s of telephone audio on the wire.
    """

    def __init__(self, max_bytes: int = 1_048_576) -> None:
        self.waiting_bytes = 0
        self._max_bytes = max_bytes
        self._items: deque[tuple[str | bytes, bool]] = deque()
        self._filled = asyncio.Event()
        self._closed = False

    def put(self, message: str | bytes, *, audio: bool) -> bool:
        """Queue a message; False when it would overflow (nothing is queued) or the box is closed."""
        if self._closed or self.waiting_bytes + len(message) > self._max_bytes:
            return False
        self.waiting_bytes += len(message)
        self._items.append((message, audio))
        self._filled.set()
        return True

    def drop_audio(self) -> int:
        """Forget audio that was not taken yet; returns how many bytes of messages that was."""
        kept = deque(item for item in self._items if not item[1])
        kept_bytes = sum(len(message) for message, _ in kept)
        dropped = self.waiting_bytes - kept_bytes
        self._items, self.waiting_bytes = kept, kept_bytes
        return dropped

    async def take(self) -> str | bytes | None:
        """The next message; None once the box is closed and empty. What was taken no longer counts as waiting."""
        while not self._items:
            if self._closed:
                return None
            self._filled.clear()
            await self._filled.wait()
        message, _ = self._items.popleft()
        self.waiting_bytes -= len(message)
        return message

    def close(self) -> None:
        """No more puts; what waits can still be taken. Idempotent."""
        self._closed = True
        self._filled.set()
