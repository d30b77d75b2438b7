"""A carrier's media path, as both lanes see it: who may open a socket, and what call is behind it.

The ordinary lane (`asgi_lane`) and the fast lane (`fast_lane`) ask the same door, so that gate, limits, request id and
call are the same whichever carries the socket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from offhook.channels.gate import Admitted, GateRules, Refused, UpgradeRequest, admit_media
from offhook.channels.media_call import MediaPeer, MediaSocket
from offhook.kit.ids import new_id
from offhook.telemetry.metrics import Metrics

LAST_WORDS_S = 2.0
"""How long a closing socket may take to write what is queued; then it is cut."""


@dataclass(slots=True)
class MediaDoor:
    """One path."""

    rules: GateRules
    call: Callable[[MediaSocket, Admitted], MediaPeer]
    """(socket, what let it in) -> its call."""
    metrics: Metrics
    max_outbox_bytes: int = 1_048_576
    open: int = 0
    """Sockets open now, on both lanes."""

    def admit(self, request: UpgradeRequest) -> Admitted | Refused:
        return admit_media(request, self.rules, open_sockets=self.open, new_request_id=bound_request_id())

    def refused(self, refusal: Refused) -> None:
        self.metrics.errors.labels(kind=refusal.code).inc()

    @contextmanager
    def held(self, request_id: str) -> Iterator[None]:
        """Counts the socket and binds its request id to what is logged meanwhile."""
        self.open += 1
        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                yield
        finally:
            self.open -= 1


def bound_request_id() -> str:
    """The id that the server gave this request, or one of our own where it gave none."""
    bound = structlog.contextvars.get_contextvars().get("request_id")
    return bound if isinstance(bound, str) and bound else new_id("req")
