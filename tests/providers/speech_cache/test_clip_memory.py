from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from offhook.contracts.speech import Voice
from offhook.providers.speech_cache.clips import ClipKey
from offhook.providers.speech_cache.memory import ClipMemory

MOST, KEEP_MS = 1000, 500.0


def key(text: str) -> ClipKey:
    return ClipKey("espeak", Voice(), 8000, text)


class Memory(RuleBasedStateMachine):
    """Against a plain list of what was put, newest use last."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = ClipMemory(MOST, KEEP_MS)
        self.now_ms = 0.0
        self.put_at: dict[str, tuple[bytes, float]] = {}

    @rule(text=st.sampled_from("abcdefgh"), size=st.integers(1, 400))
    def put(self, text: str, size: int) -> None:
        audio = text.encode() * size
        self.memory.put(key(text), audio, self.now_ms)
        self.put_at[text] = (audio, self.now_ms)

    @rule(text=st.sampled_from("abcdefgh"))
    def get(self, text: str) -> None:
        got = self.memory.get(key(text), self.now_ms)
        if got is not None:
            audio, since_ms = self.put_at[text]
            assert got == audio
            assert self.now_ms - since_ms <= KEEP_MS

    @rule(ms=st.floats(0, 400))
    def wait(self, ms: float) -> None:
        self.now_ms += ms

    @rule()
    def forget(self) -> None:
        self.memory.forget_old(self.now_ms)
        assert all(self.now_ms - since_ms <= KEEP_MS for text, (_, since_ms) in self.put_at.items() if self.holds(text))

    @invariant()
    def bounded(self) -> None:
        assert 0 <= self.memory.bytes <= MOST
        assert (self.memory.bytes == 0) == (len(self.memory) == 0)

    def holds(self, text: str) -> bool:
        return self.memory.get(key(text), self.put_at[text][1]) is not None


TestMemory = Memory.TestCase
TestMemory.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_the_one_not_used_for_longest_goes_first() -> None:
    memory = ClipMemory(400)
    for text in "abcd":
        memory.put(key(text), b"x" * 100, 0.0)
    assert memory.get(key("a"), 1.0)
    memory.put(key("e"), b"x" * 100, 2.0)
    assert [text for text in "abcde" if memory.get(key(text), 3.0)] == ["a", "c", "d", "e"]


def test_what_would_fill_a_quarter_is_not_kept() -> None:
    memory = ClipMemory(400)
    memory.put(key("a"), b"x" * 101, 0.0)
    assert memory.get(key("a"), 0.0) is None
