from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from offhook.channels.browser.wire import FRAME_BYTES, MOST_UNHEARD_BYTES, TOO_BIG, BrowserWire
from offhook.channels.events import AudioReceived, CloseSocket, MarkReturned, Oddity, StreamStopped
from offhook.channels.media_call import POLICY_VIOLATION, Message

FRAME = b"\x01\x02" * 320


def parsed(message: Message) -> dict[str, Any]:
    assert isinstance(message, str)
    body = json.loads(message)
    assert isinstance(body, dict)
    return body


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (FRAME, [AudioReceived(FRAME)]),
        (b"\x01\x02", [AudioReceived(b"\x01\x02")]),
        (b"\x01", [Oddity("half_sample")]),
        (b"", [Oddity("empty_media")]),
        ('{"type":"ready"}', []),
        ('{"type":"played","mark":"g0-1"}', [MarkReturned("g0-1")]),
        ('{"type":"played"}', [Oddity("bad_shape")]),
        ('{"type":"played","mark":""}', [Oddity("bad_shape")]),
        ('{"type":"played","mark":7}', [Oddity("bad_shape")]),
        (json.dumps({"type": "played", "mark": "x" * 257}), [Oddity("bad_shape")]),
        ('{"type":"end"}', [StreamStopped()]),
        ('{"type":"somersault"}', [Oddity("unknown_event")]),
        ('{"type":1}', [Oddity("bad_shape")]),
        ("[]", [Oddity("bad_shape")]),
        ("{", [Oddity("bad_json")]),
        ("\ud800", [Oddity("bad_json")]),
        ('{"type":' * 8_000, [Oddity("bad_shape")]),
        ("x" * 65_537, [CloseSocket(TOO_BIG, "message too big")]),
        (bytes(65_538), [CloseSocket(TOO_BIG, "message too big")]),
    ],
)
def test_what_comes_in(message: Message, expected: list[object]) -> None:
    assert BrowserWire().receive(message) == expected


@given(
    st.one_of(
        st.text(),
        st.binary(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(), lambda t: st.lists(t) | st.dictionaries(st.text(), t)
        ).map(json.dumps),
    )
)
def test_nothing_that_comes_in_raises(message: Message) -> None:
    wire = BrowserWire()
    wire.receive(message)
    if isinstance(message, str):
        wire.receive_utf8(memoryview(message.encode("utf-8", "surrogatepass")))


def test_too_many_faults_close_the_socket_and_nothing_counts_afterwards() -> None:
    wire = BrowserWire(max_faults=2)
    assert [wire.receive("{") for _ in range(3)][-1] == [
        Oddity("bad_json"),
        CloseSocket(POLICY_VIOLATION, "too many malformed messages"),
    ]
    assert wire.receive(FRAME) == [Oddity("after_stop")]
    assert (wire.play(FRAME), wire.mark("m"), wire.clear()) == ([], [], [])


def test_audio_leaves_in_frames_and_a_mark_sends_the_rest() -> None:
    wire = BrowserWire()
    assert wire.play(FRAME[:600]) == []
    assert wire.play(FRAME) == [FRAME[:600] + FRAME[:40]]
    *last, mark = wire.mark("m1")
    assert last == [(FRAME[40:]).ljust(FRAME_BYTES, b"\0")]
    assert parsed(mark) == {"type": "played", "mark": "m1"}
    assert len(wire.mark("m2")) == 1


def test_a_socket_that_comes_back_gets_what_it_has_not() -> None:
    wire = BrowserWire()
    sent = [*wire.play(FRAME * 2), *wire.mark("a"), *wire.play(FRAME), *wire.mark("b")]
    assert wire.again(2) == (2, sent[2:])
    assert wire.again(5) == (5, [])
    assert wire.again(None) == (0, sent)
    assert wire.again(99) == (0, sent), "a number that was never given"
    wire.receive('{"type":"played","mark":"a"}')
    assert wire.again(None) == (3, sent[3:])
    assert wire.again(1) == (3, sent[3:]), "what was heard is not said again"


def test_what_was_cleared_is_not_said_again() -> None:
    wire = BrowserWire()
    wire.play(FRAME * 3)
    (clear,) = wire.clear()
    assert parsed(clear) == {"type": "clear", "received": 4}
    assert wire.again(1) == (3, [clear])
    assert wire.again(None) == (3, [clear])


def test_a_client_that_reports_nothing_costs_no_more_than_some_seconds() -> None:
    wire = BrowserWire()
    for _ in range(3_000):
        wire.play(FRAME)
    first, kept = wire.again(None)
    assert first + len(kept) == 3_000
    assert sum(map(len, kept)) <= MOST_UNHEARD_BYTES


def test_ready_tells_the_client_where_it_is() -> None:
    assert parsed(BrowserWire().ready("call_1", "sess_1", resumed=True, received=7)) == {
        "type": "ready",
        "call_id": "call_1",
        "session_id": "sess_1",
        "resumed": True,
        "received": 7,
        "rate_hz": 16_000,
        "frame_ms": 20,
    }


class Reconnecting(RuleBasedStateMachine):
    """A client that counts as the protocol says, loses sockets at any time, and gets everything once and in order."""

    def __init__(self) -> None:
        super().__init__()
        self.wire = BrowserWire()
        self.sent: list[Message] = []
        self.line: list[Message] = []
        self.connected = True
        self.count = 0
        self.heard: list[Message] = []
        self.marks = 0

    def _out(self, messages: list[Message]) -> None:
        self.sent += messages
        if self.connected:
            self.line += messages

    @rule(frames=st.integers(1, 5))
    def say(self, frames: int) -> None:
        self._out(
            [message for n in range(frames) for message in self.wire.play(len(self.sent).to_bytes(2, "big") * 320)]
        )

    @rule()
    def mark(self) -> None:
        self.marks += 1
        self._out(self.wire.mark(f"m{self.marks}"))

    @rule(take=st.integers(0, 20))
    def arrive(self, take: int) -> None:
        for message in self.line[:take]:
            self.count += 1
            self.heard.append(message)
            if isinstance(message, str):
                self.wire.receive(message)
        self.line = self.line[take:]

    @rule()
    def lose(self) -> None:
        self.connected, self.line = False, []

    @rule()
    def come_back(self) -> None:
        self.connected = True
        first, self.line = self.wire.again(self.count)
        assert first == self.count

    @invariant()
    def nothing_is_missing_or_twice(self) -> None:
        assert self.heard == self.sent[: len(self.heard)]


TestReconnecting = Reconnecting.TestCase
