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
    QueueFlushed,
    StreamStarted,
    StreamStopped,
    WireEvent,
)
from offhook.channels.exotel.wire import ExotelWire
from offhook.contracts.audio import AudioFormat

SID = "3357459c00aa18bl"
FORMAT = {"encoding": "base64", "sample_rate": "8000", "bit_rate": "128kbps"}


def start(**more: Any) -> dict[str, Any]:
    body = {
        "stream_sid": SID,
        "call_sid": "b0c8f1d200bb18bl",
        "account_sid": "acme1",
        "from": "09999900001",
        "to": "08041122233",
        "media_format": FORMAT,
    }
    return {"event": "start", "sequence_number": "1", "stream_sid": SID, "start": body | more}


def media(audio: bytes, sequence: str | int = "2", **more: Any) -> dict[str, Any]:
    payload = base64.b64encode(audio).decode()
    body = {"chunk": "2", "timestamp": "100", "payload": payload}
    return {"event": "media", "sequence_number": sequence, "stream_sid": SID, "media": body | more}


def feed(wire: ExotelWire, message: object) -> list[WireEvent]:
    return wire.receive(message if isinstance(message, str | bytes) else json.dumps(message))


def started(**more: Any) -> ExotelWire:
    wire = ExotelWire()
    feed(wire, {"event": "connected"})
    feed(wire, start(**more))
    return wire


def test_a_whole_stream_as_it_was_captured() -> None:
    wire = ExotelWire()
    told = StreamStarted(
        SID,
        "b0c8f1d200bb18bl",
        {"call_token": "abc"},
        AudioFormat("pcm16", 8000),
        from_number="+919999900001",
        to_number="+918041122233",
    )
    script: list[tuple[dict[str, Any], list[WireEvent]]] = [
        ({"event": "connected"}, []),
        (start(custom_parameters={"call_token": "abc"}), [told]),
        (media(b"\1\2" * 800), [AudioReceived(b"\1\2" * 800)]),
        (
            {"event": "dtmf", "sequence_number": "3", "stream_sid": SID, "dtmf": {"digit": "5", "duration": "100"}},
            [DigitReceived("5")],
        ),
        ({"event": "mark", "sequence_number": 4, "stream_sid": SID, "mark": {"name": "u"}}, [MarkReturned("u")]),
        ({"event": "clear", "sequence_number": "5", "stream_sid": SID}, [QueueFlushed()]),
        (
            {"event": "stop", "sequence_number": "6", "stream_sid": SID, "stop": {"reason": "callended"}},
            [StreamStopped()],
        ),
    ]
    for message, events in script:
        assert feed(wire, message) == events
    assert wire.stopped


@pytest.mark.parametrize(
    ("media_format", "rate_hz"),
    [
        (FORMAT, 8000),
        ({"sample_rate": 16000}, 16_000),
        ({"sample_rate": "24000", "encoding": "audio/x-mulaw", "bit_rate": 16}, 24_000),
        ({"sampleRate": "16000"}, 16_000),
        ({"encoding": "raw"}, 8000),
        ({"sample_rate": "?"}, 8000),
        ({"sample_rate": None}, 8000),
        (None, 8000),
    ],
)
def test_the_rate_is_what_start_says_whatever_it_calls_the_encoding(media_format: object, rate_hz: int) -> None:
    events = feed(ExotelWire(), start(media_format=media_format))
    assert isinstance(events[0], StreamStarted) and events[0].audio == AudioFormat("pcm16", rate_hz)


def test_a_rate_that_nobody_sends_is_refused() -> None:
    assert isinstance(feed(ExotelWire(), start(media_format={"sample_rate": "44100"}))[0], CloseSocket)


def test_the_other_spelling_is_understood_and_the_plain_one_spoken() -> None:
    wire = ExotelWire()
    told = feed(
        wire,
        {
            "event": "start",
            "sequenceNumber": 1,
            "streamSid": SID,
            "start": {
                "streamSid": SID,
                "callSid": "call",
                "mediaFormat": {"sampleRate": 16000},
                "customParameters": {"a": 1, "b": None},
            },
        },
    )
    assert told == [StreamStarted(SID, "call", {"a": "1"}, AudioFormat("pcm16", 16_000))]
    message = {"event": "media", "streamSid": SID, "sequenceNumber": "2", "media": {"payload": "AAA="}}
    assert feed(wire, message) == [AudioReceived(b"\0\0")]
    assert json.loads(wire.play(b"\1\2")[0]) == {"event": "media", "stream_sid": SID, "media": {"payload": "AQI="}}
    assert json.loads(wire.mark('"x')[0]) == {"event": "mark", "stream_sid": SID, "mark": {"name": '"x'}}
    assert json.loads(wire.clear()[0]) == {"event": "clear", "stream_sid": SID}


@pytest.mark.parametrize("odd", ["", [], {"list": [1], "none": None, "a": "b"}, 5])
def test_a_start_is_not_refused_for_odd_parameters(odd: object) -> None:
    (told,) = feed(ExotelWire(), start(custom_parameters=odd, media_format=odd))
    assert isinstance(told, StreamStarted) and told.params == ({"a": "b"} if isinstance(odd, dict) else {})


@given(st.binary(min_size=0, max_size=3000))
def test_any_even_length_is_audio_and_an_odd_one_is_counted(audio: bytes) -> None:
    wire = started()
    whole = audio[: len(audio) - len(audio) % 2]
    expected: list[WireEvent] = [Oddity("odd_payload")] if len(audio) % 2 else []
    expected += [AudioReceived(whole)] if whole else []
    assert feed(wire, media(audio)) == (expected or [Oddity("empty_media")])


@pytest.mark.parametrize("digit", ['"5"', 5, "5"])
def test_keys_come_quoted_or_as_numbers(digit: object) -> None:
    wire = started()
    event = {"event": "dtmf", "sequence_number": "2", "stream_sid": SID, "dtmf": {"digit": digit}}
    assert feed(wire, event) == [DigitReceived("5")]


def test_extras_only_where_they_are_asked_for() -> None:
    wire = ExotelWire(media_extras=True)
    feed(wire, start())
    sent = [json.loads(wire.play(bytes(3200))[0])["media"] for _ in range(2)]
    assert [(one["chunk"], one["timestamp"]) for one in sent] == [("1", "0"), ("2", "200")]
    assert base64.b64decode(sent[0]["payload"]) == bytes(3200)


def test_no_message_is_larger_than_is_legal() -> None:
    sizes = [len(base64.b64decode(json.loads(text)["media"]["payload"])) for text in started().play(bytes(200_000))]
    assert sizes == [99_840, 99_840, 320]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["start", "media", "mark", "dtmf", "clear", "stop", "connected", "x"]), json_values, json_values)
def test_nothing_that_a_peer_sends_raises(event: str, body: object, number: object) -> None:
    wire = started()
    for message in ({"event": event, event: body, "sequence_number": number, "stream_sid": SID}, body, "\ud800", b"x"):
        feed(wire, message)
