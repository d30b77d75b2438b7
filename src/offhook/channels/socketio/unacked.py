"""What a client was sent and has not acknowledged yet. Sans-IO: the shell asks what is due.

A client that never acknowledged anything is taken, after `BELIEVED` events, for one that does not: it is sent nothing
twice from then on, and misses nothing that a resume would not bring.
"""

from __future__ import annotations

from dataclasses import dataclass

from offhook.channels.socketio.wire import Out

PAUSES_MS = (3_000, 6_000, 12_000)
"""After each of these without an acknowledgement the event is sent again; then no more."""
MOST = 256
"""Events that may wait; the oldest are given up first. They come with a resume."""
BELIEVED = 16


@dataclass(slots=True)
class _Waiting:
    out: Out
    due_ms: float
    sent: int = 1


class Unacked:
    def __init__(self) -> None:
        self._waiting: dict[int, _Waiting] = {}
        self._number = 0
        self._acknowledges = False
        self._deaf = False

    def __len__(self) -> int:
        return len(self._waiting)

    def sent(self, out: Out, now_ms: float) -> int | None:
        """The event goes out: the key by which it will be acknowledged; None: nothing is waited for."""
        if self._deaf or not out.sure:
            return None
        self._number += 1
        self._waiting[self._number] = _Waiting(out, now_ms + PAUSES_MS[0])
        if not self._acknowledges and self._number > BELIEVED:
            self.off()
            return None
        if len(self._waiting) > MOST:
            del self._waiting[next(iter(self._waiting))]
        return self._number

    def acked(self, key: int) -> None:
        self._acknowledges = True
        self._waiting.pop(key, None)

    def off(self) -> None:
        """The client does not acknowledge."""
        self._deaf = True
        self._waiting.clear()

    def due(self, now_ms: float) -> list[tuple[int, Out]]:
        """What is to be sent again now, under the keys that it had."""
        due = [(key, waiting) for key, waiting in self._waiting.items() if waiting.due_ms <= now_ms]
        again = []
        for key, waiting in due:
            if waiting.sent > len(PAUSES_MS):
                del self._waiting[key]
                continue
            pause_ms = PAUSES_MS[min(waiting.sent, len(PAUSES_MS) - 1)]
            waiting.sent, waiting.due_ms = waiting.sent + 1, now_ms + pause_ms
            again.append((key, waiting.out))
        return again
