"""Sessions as this process left them a moment ago, so that the turns of a live call need not read them again.

Another process may have changed a session since; whoever goes by what is kept here learns of it at the commit, which is
refused (compare-and-set), and reads anew. So it serves those who then decide again, and nobody who only looks.

Bounds: `MOST_SESSIONS`, the longest unchanged go first; none is older than `KEPT_MS`, far less than a session takes to
expire. What is kept is text, as in the database: what is changed in a state that was read is not changed here.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from offhook.contracts.conversation import SessionStatus

KEPT_MS = 60_000.0
MOST_SESSIONS = 4_096


@dataclass(frozen=True, slots=True)
class Recent:
    text: str
    """The state."""
    status: SessionStatus
    version: int
    kept_ms: float
    turns: frozenset[str]
    """Turns that are known to be stored; others may be."""


class RecentSessions:
    def __init__(self) -> None:
        self._kept: OrderedDict[str, Recent] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, session_id: str, text: str, status: SessionStatus, version: int, turn: str, now_ms: float) -> None:
        """The session was committed like this. `turn`: the turn stored with it, "" for none."""
        before = self._kept.get(session_id)
        turns = frozenset((turn,) if turn else ()) | (before.turns if before is not None else frozenset())
        self._kept[session_id] = Recent(text, status, version, now_ms, turns)
        self._kept.move_to_end(session_id)
        while len(self._kept) > MOST_SESSIONS or self._is_old(next(iter(self._kept.values())), now_ms):
            self._kept.popitem(last=False)

    def before_turn(self, session_id: str, turn: str, now_ms: float) -> Recent | None:
        """What a turn that was never run before begins with; None where that must be looked up."""
        kept = self._kept.get(session_id)
        return None if kept is None or turn in kept.turns or self._is_old(kept, now_ms) else kept

    def forget(self, session_id: str) -> None:
        self._kept.pop(session_id, None)

    def clear(self) -> None:
        self._kept.clear()

    def _is_old(self, kept: Recent, now_ms: float) -> bool:
        return now_ms - kept.kept_ms > KEPT_MS
