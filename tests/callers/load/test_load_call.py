"""One load caller in virtual time: what it says when, and what it measures."""

from __future__ import annotations

import base64
import json

import pytest

from offhook.callers.load.load_call import NO_REPLY_MS, REPLY_OVER_MS, STARVED_MS, THINK_MS, LoadCall
from offhook.callers.load.material import FRAME_MS, Material, Utterance

QUIET, SPEECH, OVER = (base64.b64encode(code * 160).decode() for code in (b"\xff", b"\x10", b"\x20"))
MATERIAL = Material(
    utterances=(Utterance((SPEECH,) * 10, 200, 0), Utterance((SPEECH,) * 5, 100, 0)),
    interruption=Utterance((OVER,) * 30, 600, 40),
    quiet=(QUIET,),
)


class Line:
    """The call and the clock; each step sends one frame."""

    def __init__(self, **options: int) -> None:
        self.now_ms = 0.0
        self.call = LoadCall(MATERIAL, "MZ1", 0.0, **options)
        self.call.counting = True
        self.sent: list[str] = []
        self.marks: list[str] = []

    def step(self, frames: int = 1) -> None:
        for _ in range(frames):
            self.now_ms += FRAME_MS
            self.marks += [json.loads(m)["mark"]["name"] for m in self.call.owed(self.now_ms)]
            self.sent.append(json.loads(self.call.frame(self.now_ms))["media"]["payload"])

    def hear(self, audio_ms: int, after_ms: float = 0.0) -> None:
        payload = base64.b64encode(b"\xff" * (audio_ms * 8)).decode()
        message = {"event": "media", "streamSid": "MZ1", "media": {"payload": payload}}
        self.call.received(json.dumps(message).encode(), self.now_ms + after_ms)

    def tell(self, event: str, **more: object) -> None:
        self.call.received(json.dumps({"event": event, "streamSid": "MZ1", **more}).encode(), self.now_ms)

    def until_speech(self) -> int:
        """Frames until the caller speaks again."""
        for n in range(2000):
            self.step()
            if self.sent[-1] != QUIET:
                return n
        raise AssertionError("the caller never speaks")


def test_the_caller_waits_for_the_greeting_speaks_and_measures_the_reply() -> None:
    line = Line()
    line.step(5)
    line.hear(1000)
    assert line.call.figures.greeting_ms == 100
    waited_ms = line.until_speech() * FRAME_MS
    assert waited_ms == pytest.approx(1000 + REPLY_OVER_MS + THINK_MS, abs=FRAME_MS)
    line.step(4)  # an utterance of five frames; the first is said
    line.step(10)
    line.hear(500, after_ms=7)
    assert line.call.figures.reply_ms == [10 * FRAME_MS + 7]
    assert (line.call.figures.replies, line.call.figures.starved) == (1, 0)


def test_a_caller_who_is_not_greeted_begins() -> None:
    line = Line(greeting_within_ms=1000)
    assert line.until_speech() == pytest.approx(1000 / FRAME_MS, abs=1)
    line.step(20)
    line.hear(100)
    assert line.call.figures.greeting_ms is None, "that was a reply"
    assert line.call.figures.replies == 1


def test_a_gap_in_a_reply_is_starvation_once_and_jitter_is_none() -> None:
    line = Line()
    line.hear(100)
    line.until_speech()
    line.step(20)
    line.hear(40)
    line.step(2)
    line.hear(40, after_ms=STARVED_MS - 1)
    assert line.call.figures.starved == 0
    line.step(10)
    line.hear(40)
    line.step(10)
    line.hear(40)
    assert line.call.figures.starved == 1


def test_marks_come_back_when_played_and_at_once_on_clear() -> None:
    line = Line()
    line.hear(100)
    line.tell("mark", mark={"name": "a"})
    line.hear(10_000)
    line.tell("mark", mark={"name": "b"})
    line.step(4)
    assert line.marks == []
    line.step(2)
    assert line.marks == ["a"]
    line.tell("clear")
    line.step()
    assert line.marks == ["a", "b"]


def test_an_interruption_is_measured_from_its_first_sound() -> None:
    line = Line(interrupt_every=1)
    line.hear(5000)
    line.until_speech()
    assert line.sent[-1] == OVER
    line.step(12)
    line.tell("clear")
    (clear_ms,) = line.call.figures.clear_ms
    assert clear_ms == 12 * FRAME_MS - 40
    line.step(40)
    line.hear(100)
    assert line.call.figures.replies == 1
    assert line.call.figures.not_cleared == 0


def test_what_never_comes_is_counted() -> None:
    line = Line(interrupt_every=1)
    line.hear(60_000)
    line.until_speech()
    line.step(30)
    assert line.call.figures.not_cleared == 1
    line.step(round(NO_REPLY_MS / FRAME_MS) + 2)
    assert line.call.figures.unanswered == 1
    assert line.sent[-1] != QUIET, "the caller tries again"
    line.call.received(b"{", line.now_ms)
    line.tell("what")
    assert line.call.figures.faults == 2
