"""What a pool tells of itself: events for the log, figures for health and metrics."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineStarted:
    engine: str
    pid: int
    start_ms: float


@dataclass(frozen=True, slots=True)
class EngineStopped:
    """A process ended, or did not get ready; another one is started after `restart_in_ms`."""

    engine: str
    reason: str
    restart_in_ms: float


PoolEvent = EngineStarted | EngineStopped


@dataclass(frozen=True, slots=True)
class ChildStatus:
    pid: int | None
    ready: bool
    restarts: int
    works: int
    channels: int
    backlog_bytes: int
    last_error: str


@dataclass(frozen=True, slots=True)
class PoolStatus:
    name: str
    children: tuple[ChildStatus, ...]
    queue_depth: int
    queue_max: int
    refused: int
    """Requests refused because the queue was full."""
    timed_out: int
    """Requests whose deadline passed while they waited in the queue."""
    dropped_messages: int
    """Channel messages that had no process to go to, or one too far behind."""

    @property
    def unanswered(self) -> int:
        """Requests that wait for a process or for its answer."""
        return self.queue_depth + sum(child.works for child in self.children)

    @property
    def ready(self) -> bool:
        return any(child.ready for child in self.children)
