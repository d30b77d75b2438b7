from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from offhook.audio.level import tone
from offhook.callers.carrier_side import Clear, Fault, Mark, Media
from offhook.callers.exotel_frames import ExotelFrames
from offhook.callers.line import CarrierLine, Cleared, MarkReturned, ServerFault

T0 = 1000.0
CALL = {"call_sid": "abc", "account_sid": "acme1", "from": "09999900001", "to": "08041122233"}


def frames(**more: int) -> ExotelFrames:
    return ExotelFrames("s1", CALL, **more)


def sent(event: str, **body: Any) -> str:
    return json.dumps({"event": event, "stream_sid": "s1", **({event: body} if body else {})})


def play(size: int) -> str:
    return sent("media", payload=base64.b64encode(tone(300, 10_000, 8000)[:size]).decode())


def test_messages_are_those_of_a_capture() -> None:
    one = frames()
    start = json.loads(one.start({"call_token": "t"}))
    assert start["sequence_number"] == "1" and start["stream_sid"] == "s1"
    assert start["start"]["media_format"] == {"encoding": "base64", "sample_rate": "8000", "bit_rate": "128kbps"}
    assert start["start"]["custom_parameters"] == {"call_token": "t"} and start["start"]["from"] == "09999900001"
    assert "custom_parameters" not in json.loads(frames().start({}))["start"]
    assert json.loads(one.media(b"\0\0", 100))["media"] == {"chunk": "1", "timestamp": "100", "payload": "AAA="}


@pytest.mark.parametrize(
    ("message", "read"),
    [
        (play(3200), Media),
        (play(99_840), Media),
        (sent("mark", name="u"), Mark("u")),
        (sent("clear"), Clear()),
        (play(3199), Fault("a chunk of 3199 bytes")),
        (play(3210), Fault("a chunk of 3210 bytes")),
        (play(100_160), Fault("a chunk of 100160 bytes")),
        (json.dumps({"event": "clear", "streamSid": "s1"}), Fault("wrong stream_sid")),
        (b"x", Fault("binary message")),
    ],
)
def test_a_server_is_read_strictly(message: str | bytes, read: object) -> None:
    said = frames().read(message)
    assert isinstance(said, read) if isinstance(read, type) else said == read


@pytest.mark.parametrize("rate_hz", [8000, 16_000, 24_000])
def test_speech_keeps_its_length_at_every_rate(rate_hz: int) -> None:
    speech = tone(300, 1000, 8000)
    one = frames(rate_hz=rate_hz)
    wide = b"".join(one.encode(speech[at : at + 1600]) for at in range(0, len(speech), 1600))
    assert abs(len(wide) - len(speech) * rate_hz // 8000) <= rate_hz * 2 * 40 // 1000
    assert len(one.decode(bytes(3200))) == 3200 * 8000 // rate_hz


def test_a_clear_spares_what_is_being_played_and_returns_no_marks() -> None:
    line = CarrierLine(frames(), T0)
    for _ in range(3):
        line.receive(play(3200), T0)
    line.receive(sent("mark", name="gone"), T0)
    line.receive(sent("clear"), T0 + 250)
    cleared = [event for event in line.take_events() if isinstance(event, Cleared)]
    assert [event.dropped_ms for event in cleared] == [200], "the third chunk; the second plays to its end"
    line.advance(T0 + 5_000)
    assert not [event for event in line.take_events() if isinstance(event, MarkReturned)]
    assert len(line.recording()[1]) == 400 * 16


def test_frames_have_the_length_that_was_asked_for() -> None:
    line = CarrierLine(frames(frame_ms=100), T0)
    line.advance(T0 + 1000)
    media = [json.loads(text)["media"] for text in line.take_messages()]
    assert [one["timestamp"] for one in media] == [str(n * 100) for n in range(10)]
    assert {len(base64.b64decode(one["payload"])) for one in media} == {1600}


def test_a_heap_of_audio_is_a_fault() -> None:
    line = CarrierLine(frames(), T0)
    for _ in range(25):
        line.receive(play(3200), T0)
    assert any(isinstance(event, ServerFault) for event in line.take_events())
