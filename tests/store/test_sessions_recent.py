"""What is kept of sessions: by turn, by age, bounded. (What it means to a store: test_sessions.py.)"""

from __future__ import annotations

from offhook.store.sessions_recent import KEPT_MS, MOST_SESSIONS, RecentSessions


def kept(recent: RecentSessions, session: str, turn: str = "", now_ms: float = 0.0, version: int = 1) -> None:
    recent.keep(session, "{}", "ACTIVE", version, turn, now_ms)


def test_a_turn_that_was_stored_is_looked_up() -> None:
    recent = RecentSessions()
    kept(recent, "a", "t1")
    kept(recent, "a", "t2", version=2)
    assert recent.before_turn("a", "t1", 0.0) is None
    assert recent.before_turn("a", "t2", 0.0) is None
    found = recent.before_turn("a", "t3", 0.0)
    assert found is not None and found.version == 2
    assert recent.before_turn("b", "t3", 0.0) is None


def test_what_is_old_or_forgotten_is_looked_up() -> None:
    recent = RecentSessions()
    kept(recent, "a")
    assert recent.before_turn("a", "t1", KEPT_MS) is not None
    assert recent.before_turn("a", "t1", KEPT_MS + 1) is None
    recent.forget("a")
    assert recent.before_turn("a", "t1", 0.0) is None


def test_the_longest_unchanged_go_first() -> None:
    recent = RecentSessions()
    for number in range(MOST_SESSIONS + 2):
        kept(recent, f"s{number}", now_ms=float(number))
    assert len(recent) == MOST_SESSIONS
    assert recent.before_turn("s1", "t1", 0.0) is None
    kept(recent, "new", now_ms=float(MOST_SESSIONS) + KEPT_MS)
    assert len(recent) == 3
