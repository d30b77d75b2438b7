from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.channels.events import (
    AudioReceived,
    CloseSocket,
    DigitReceived,
    MarkReturned,
    Oddity,
    StreamStarted,
    StreamStopped,
    WireEvent,
)
from offhook.channels.twilio.wire import TwilioWire

START: dict[str, Any] = {
    "event": "start",
    "sequenceNumber": "1",
    "streamSid": "MZ00",
    "start": {
        "streamSid": "MZ00",
        "accountSid": "AC00",
        "callSid": "CA00",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"call_token": "abc"},
    },
}
CONNECTED = {"event": "connected", "protocol": "Call", "version": "1.0.0"}


def media(payload: str = "//8=", **more: Any) -> dict[str, Any]:
    body = {"track": "inbound", "chunk": "1", "timestamp": "20", "payload": payload}
    return {"event": "media", "sequenceNumber": "2", "streamSid": "MZ00", "media": body | more}


def started() -> TwilioWire:
    wire = TwilioWire()
    wire.receive(json.dumps(CONNECTED))
    wire.receive(json.dumps(START))
    return wire


def feed(wire: TwilioWire, message: object) -> list[WireEvent]:
    return wire.receive(message if isinstance(message, str | bytes) else json.dumps(message))


def test_a_whole_stream() -> None:
    wire = TwilioWire()
    script: list[tuple[dict[str, Any], list[WireEvent]]] = [
        (CONNECTED, []),
        (START, [StreamStarted("MZ00", "CA00", {"call_token": "abc"})]),
        (media(), [AudioReceived(b"\xff\xff")]),
        (
            {"event": "dtmf", "sequenceNumber": "3", "streamSid": "MZ00", "dtmf": {"track": "x", "digit": "1"}},
            [DigitReceived("1")],
        ),
        (
            {"event": "mark", "sequenceNumber": "4", "streamSid": "MZ00", "mark": {"name": "utt-7"}},
            [MarkReturned("utt-7")],
        ),
        ({"event": "stop", "sequenceNumber": "5", "streamSid": "MZ00", "stop": {}}, [StreamStopped()]),
    ]
    for message, events in script:
        assert feed(wire, message) == events
    assert wire.stopped
    assert feed(wire, media()) == [Oddity("after_stop")]


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("", "bad_json"),
        ("{", "bad_json"),
        ("\ud800", "bad_json"),
        ('{"event": "x", "y": ' + "[" * 60_000, "bad_json"),
        ("[]", "bad_shape"),
        ("null", "bad_shape"),
        ("{}", "bad_shape"),
        ('{"event": 7}', "bad_shape"),
        ({"event": "media", "streamSid": "MZ00"}, "bad_shape"),
        ({"event": "media", "streamSid": "MZ00", "media": {}}, "bad_shape"),
        ({"event": "media", "streamSid": "MZ00", "media": {"payload": 1}}, "bad_shape"),
        (media("*"), "bad_base64"),
        (media("//8"), "bad_base64"),
        (media("é"), "bad_base64"),
        (media(""), "empty_media"),
        (media(track="outbound"), "foreign_track"),
        (media() | {"streamSid": "MZ99"}, "wrong_stream"),
        ({"event": "mark", "streamSid": "MZ99", "mark": {"name": "m"}}, "wrong_stream"),
        ({"event": "mark", "streamSid": "MZ00"}, "bad_shape"),
        ({"event": "mark", "streamSid": "MZ00", "mark": {"name": "m" * 300}}, "bad_shape"),
        ({"event": "dtmf", "streamSid": "MZ99", "dtmf": {"digit": "1"}}, "wrong_stream"),
        ({"event": "dtmf", "streamSid": "MZ00"}, "bad_shape"),
        ({"event": "dtmf", "streamSid": "MZ00", "dtmf": {"digit": "12"}}, "bad_digit"),
        ({"event": "dtmf", "streamSid": "MZ00", "dtmf": {"digit": ""}}, "bad_digit"),
        ({"event": "stop", "streamSid": "MZ99"}, "wrong_stream"),
        ({"event": "party", "streamSid": "MZ00"}, "unknown_event"),
        (START, "duplicate_start"),
        (CONNECTED, "out_of_order"),
    ],
)
def test_harmless_faults_are_told_and_the_stream_goes_on(message: object, kind: str) -> None:
    wire = started()
    assert Oddity(kind) in feed(wire, message)
    assert not wire.stopped
    assert AudioReceived(b"\xff\xff") in feed(wire, media())


@pytest.mark.parametrize(
    "message",
    [media(), {"event": "mark", "mark": {"name": "m"}}, {"event": "dtmf", "dtmf": {"digit": "1"}}],
    ids=["media", "mark", "dtmf"],
)
def test_nothing_counts_before_start(message: object) -> None:
    assert feed(TwilioWire(), message) == [Oddity("before_start")]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"\x00", 1003),
        (b"", 1003),
        ("x" * 65_537, 1009),
        (START | {"start": START["start"] | {"mediaFormat": {"encoding": "audio/l16", "sampleRate": 8000}}}, 1003),
        (START | {"start": START["start"] | {"mediaFormat": {"sampleRate": "16000"}}}, 1003),
        (START | {"start": START["start"] | {"mediaFormat": {"channels": 2}}}, 1003),
    ],
    ids=["binary", "empty-binary", "oversize", "encoding", "rate", "channels"],
)
def test_broken_protocol_closes(message: object, code: int) -> None:
    wire = TwilioWire()
    (event,) = feed(wire, message)
    assert isinstance(event, CloseSocket)
    assert event.code == code
    assert feed(wire, START) == [Oddity("after_stop")]
    assert wire.play(b"x") == []


def test_too_many_faults_close() -> None:
    wire = TwilioWire(max_faults=3)
    assert [feed(wire, "{") for _ in range(3)] == [[Oddity("bad_json")]] * 3
    assert feed(wire, "{") == [Oddity("bad_json"), CloseSocket(1008, "too many malformed messages")]


@pytest.mark.parametrize(
    "start",
    [
        {"event": "start", "start": {"streamSid": "MZ00"}},
        {"event": "start", "streamSid": "MZ00", "start": {}},
        {"event": "start", "streamSid": "MZ00", "start": {"mediaFormat": {"sampleRate": "8000", "channels": "1"}}},
    ],
)
def test_simple_clients_may_leave_things_out(start: dict[str, Any]) -> None:
    wire = TwilioWire()
    assert feed(wire, start) == [StreamStarted("MZ00", "", {})]
    assert feed(wire, {"event": "media", "media": {"payload": "AA=="}}) == [AudioReceived(b"\0")]


@pytest.mark.parametrize("start", [{"event": "start"}, {"event": "start", "start": {}}])
def test_start_without_a_stream_is_no_start(start: dict[str, Any]) -> None:
    wire = TwilioWire()
    assert feed(wire, start) == [Oddity("bad_shape")]
    assert feed(wire, START)[-1] == StreamStarted("MZ00", "CA00", {"call_token": "abc"})


@pytest.mark.parametrize(
    ("numbers", "odd"),
    [
        (["2", "3", "4"], [False, False, False]),
        ([2, 3, 4], [False, False, False]),
        (["2", "2", "3"], [False, True, False]),
        (["5", "3", "6"], [True, True, False]),
        (["", "", ""], [False, False, False]),
        (["x", "٣", "9" * 30], [True, True, True]),
    ],
)
def test_sequence_is_watched_and_audio_is_kept(numbers: list[str | int], odd: list[bool]) -> None:
    wire = started()
    for number, is_odd in zip(numbers, odd, strict=True):
        events = feed(wire, media() | {"sequenceNumber": number})
        assert (Oddity("out_of_order") in events) is is_odd
        assert events[-1] == AudioReceived(b"\xff\xff")


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "number": st.sampled_from(["2", "3", "4", "7", "", 3, 4, "x"]),
                "track": st.sampled_from(["inbound", "inbound", "inbound_track", "outbound"]),
                "sid": st.sampled_from(["MZ00", "MZ00", "", "MZ01"]),
                "payload": st.sampled_from(["//8=", "//8=", "", "?"]),
            }
        ),
        max_size=12,
    )
)
def test_bytes_mean_what_the_same_text_means(messages: list[dict[str, Any]]) -> None:
    by_text, by_bytes = started(), started()
    for message in messages:
        text = json.dumps(
            media(message["payload"], track=message["track"])
            | {"sequenceNumber": message["number"], "streamSid": message["sid"]}
        )
        taken = by_bytes.receive_utf8(memoryview(text.encode()))
        assert ([AudioReceived(taken)] if isinstance(taken, bytes) else taken) == by_text.receive(text)


def test_audio_in_its_place_comes_bare() -> None:
    wire = started()
    for number in ("2", "3", "4"):
        assert wire.receive_utf8(memoryview(json.dumps(media() | {"sequenceNumber": number}).encode())) == b"\xff\xff"


def test_what_goes_out() -> None:
    wire = started()
    assert [json.loads(text) for text in wire.play(b"\xff\x7f")] == [
        {"event": "media", "streamSid": "MZ00", "media": {"payload": "/38="}}
    ]
    assert [json.loads(text) for text in wire.mark('a"b\n')] == [
        {"event": "mark", "streamSid": "MZ00", "mark": {"name": 'a"b\n'}}
    ]
    assert [json.loads(text) for text in wire.clear()] == [{"event": "clear", "streamSid": "MZ00"}]
    assert wire.play(b"") == []


def test_nothing_goes_out_before_start() -> None:
    wire = TwilioWire()
    assert wire.play(b"x") + wire.mark("m") + wire.clear() == []


@given(st.binary(max_size=70_000), st.text(min_size=1, max_size=20))
def test_audio_out_survives_the_wire(payload: bytes, stream_sid: str) -> None:
    wire = TwilioWire(max_payload_bytes=1000)
    wire.receive(json.dumps({"event": "start", "streamSid": stream_sid, "start": {}}, ensure_ascii=True))
    if not wire.stream_sid:
        return
    messages = [json.loads(text) for text in wire.play(payload)]
    assert b"".join(base64.b64decode(message["media"]["payload"]) for message in messages) == payload
    assert {message["streamSid"] for message in messages} <= {stream_sid}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=10,
)
shapes = st.fixed_dictionaries(
    {"event": st.sampled_from(["connected", "start", "media", "dtmf", "mark", "stop", "x"]) | json_values},
    optional={
        "sequenceNumber": json_values,
        "streamSid": st.sampled_from(["MZ00", "MZ99", ""]) | json_values,
        "start": st.just(START["start"]) | json_values,
        "media": st.fixed_dictionaries({"payload": st.text(max_size=8) | st.just("//8=")}) | json_values,
        "dtmf": st.fixed_dictionaries({"digit": st.text(max_size=2)}) | json_values,
        "mark": st.fixed_dictionaries({"name": st.text(max_size=3)}) | json_values,
    },
)
messages = st.one_of(st.text(max_size=200), st.binary(max_size=50), shapes.map(json.dumps))


@given(st.lists(messages, max_size=30), st.booleans())
def test_never_raises_and_keeps_its_order(script: list[str | bytes], begin: bool) -> None:
    wire = started() if begin else TwilioWire(max_faults=5)
    begun, over = begin, False
    for message in script:
        for event in wire.receive(message):
            assert not over or event == Oddity("after_stop")
            match event:
                case StreamStarted():
                    assert not begun
                    begun = True
                case AudioReceived(payload):
                    assert begun
                    assert payload
                case DigitReceived() | MarkReturned():
                    assert begun
                case StreamStopped() | CloseSocket():
                    over = True
                case Oddity(kind):
                    assert kind
    assert wire.stopped is over


@given(st.data())
def test_damaged_real_messages_never_raise(data: st.DataObject) -> None:
    wire = started()
    text = json.dumps(data.draw(st.sampled_from([START, media(), CONNECTED])))
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(at, len(text)))
    wire.receive(text[:at] + data.draw(st.text(max_size=5)) + text[cut:])
