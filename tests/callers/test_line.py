from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.audio.g711 import mulaw_decode, mulaw_encode
from offhook.audio.level import rms_dbfs, silence, tone
from offhook.callers.frames import StreamFrames
from offhook.callers.line import (
    FRAME_MS,
    AgentBegan,
    AgentFinished,
    CarrierLine,
    Cleared,
    MarkReturned,
    ServerFault,
)

T0 = 1000.0


def voice(ms: int) -> bytes:
    return tone(300, ms, 8000)


def line(noise: bytes = b"") -> CarrierLine:
    return CarrierLine(StreamFrames("MZ", "CA", "AC"), T0, noise=noise)


def play(pcm: bytes) -> str:
    payload = base64.b64encode(mulaw_encode(pcm)).decode("ascii")
    return json.dumps({"event": "media", "streamSid": "MZ", "media": {"payload": payload}})


def mark(name: str) -> str:
    return json.dumps({"event": "mark", "streamSid": "MZ", "mark": {"name": name}})


CLEAR = json.dumps({"event": "clear", "streamSid": "MZ"})


def run(target: CarrierLine, until_ms: float, step_ms: float = 20.0, since_ms: float = T0) -> list[dict[str, Any]]:
    sent = []
    now = since_ms
    while now <= until_ms:
        target.advance(now)
        sent += [json.loads(text) for text in target.take_messages()]
        now += step_ms
    return sent


def test_one_frame_every_20_ms_from_the_first_on() -> None:
    target = line()
    target.advance(T0 + 19)
    assert target.take_messages() == []
    sent = run(target, T0 + 1000)
    assert [message["event"] for message in sent] == ["media"] * 50
    assert [message["media"]["timestamp"] for message in sent] == [str(n * 20) for n in range(50)]
    assert [message["sequenceNumber"] for message in sent] == [str(n + 1) for n in range(50)]
    assert all(len(base64.b64decode(message["media"]["payload"])) == 160 for message in sent)


def test_late_beats_lose_no_frame() -> None:
    target = line()
    assert len(run(target, T0 + 1000, step_ms=333)) == 49


def test_the_callers_voice_arrives_whole_over_noise() -> None:
    target = line(noise=tone(1000, 500, 8000, level_dbfs=-50))
    target.advance(T0 + 100)
    target.speak(voice(200))
    assert target.speaking
    audio = b"".join(mulaw_decode(base64.b64decode(message["media"]["payload"])) for message in run(target, T0 + 1000))
    levels = [rms_dbfs(audio[at : at + 320]) for at in range(0, len(audio), 320)]
    loud = [n for n, level in enumerate(levels) if level > -30]
    assert loud == list(range(5, 15))
    assert all(-56 < level < -44 for n, level in enumerate(levels) if n not in loud)
    assert not target.speaking
    caller, agent = target.recording()
    assert len(caller) == 50 * 320
    assert agent == b""


def test_marks_return_when_all_before_them_was_played() -> None:
    target = line()
    target.receive(mark("at-once"), T0)
    target.receive(play(voice(100)), T0)
    target.receive(mark("after"), T0)
    target.receive(play(voice(100)), T0 + 10)
    target.receive(mark("last"), T0 + 10)
    returned = {}
    for now in range(0, 400, 10):
        target.advance(T0 + now)
        for event in target.take_events():
            if isinstance(event, MarkReturned):
                returned[event.name] = now
    assert returned == {"at-once": 0, "after": 100, "last": 200}
    names = [json.loads(text).get("mark", {}).get("name") for text in target.take_messages()]
    assert [name for name in names if name] == ["at-once", "after", "last"]


def test_clear_empties_the_queue_and_returns_all_marks() -> None:
    target = line()
    target.speak(silence(100, 8000) + voice(400))
    target.receive(play(voice(1000)), T0)
    target.receive(mark("m"), T0)
    run(target, T0 + 300)
    target.receive(CLEAR, T0 + 300)
    events = target.take_events()
    cleared = next(event for event in events if isinstance(event, Cleared))
    assert cleared.dropped_ms == pytest.approx(700)
    assert cleared.since_onset_ms == pytest.approx(200)
    assert any(isinstance(event, MarkReturned) for event in events)
    finished = next(event for event in events if isinstance(event, AgentFinished))
    assert finished.interrupted
    assert finished.audio_ms == pytest.approx(300)
    _, agent = target.recording()
    assert len(agent) == 300 * 16


def test_reply_is_timed_from_last_sound_to_first_sound() -> None:
    target = line()
    target.speak(silence(100, 8000) + voice(300) + silence(500, 8000))
    run(target, T0 + 1400)
    target.receive(play(silence(60, 8000) + voice(200) + silence(200, 8000)), T0 + 1440)
    run(target, T0 + 3000, since_ms=T0 + 1440)
    began, finished = (event for event in target.take_events() if isinstance(event, AgentBegan | AgentFinished))
    assert isinstance(began, AgentBegan)
    assert began.total_ms == pytest.approx(1500 - 400)
    assert isinstance(finished, AgentFinished)
    assert (finished.audio_ms, finished.total_ms, finished.interrupted) == (pytest.approx(200), began.total_ms, False)


def test_a_greeting_answers_nobody_and_a_pause_between_sentences_ends_nothing() -> None:
    target = line()
    target.receive(play(voice(300) + silence(300, 8000) + voice(300)), T0 + 50)
    run(target, T0 + 2000)
    began, finished = target.take_events()
    assert isinstance(began, AgentBegan)
    assert began.total_ms is None
    assert isinstance(finished, AgentFinished)
    assert finished.audio_ms == pytest.approx(900)


def test_turns() -> None:
    target = line()

    def mine(now: float) -> bool:
        target.advance(T0 + now)
        return target.is_my_turn(T0 + now, quiet_ms=600, patience_ms=5000)

    assert not mine(1000), "the greeting is still to come"
    target.receive(play(voice(500)), T0 + 1000)
    assert not mine(1400)
    assert not mine(2000)
    assert mine(2100)
    target.speak(voice(300))
    assert not mine(2200)
    assert not mine(3000), "no answer yet"
    assert target.agent_speaks_for_ms(T0 + 3000) is None
    assert mine(7500), "patience has an end"
    target.receive(play(voice(500)), T0 + 7600)
    target.advance(T0 + 7900)
    assert target.agent_speaks_for_ms(T0 + 7900) == pytest.approx(300)
    assert not mine(8600)
    assert mine(8800)
    target.press("5", T0 + 8800)
    assert not mine(9000)


def test_hanging_up_ends_what_was_being_said() -> None:
    target = line()
    target.receive(play(voice(1000)), T0)
    target.hang_up(T0 + 400)
    finished = target.take_events()[-1]
    assert isinstance(finished, AgentFinished)
    assert finished.interrupted
    assert finished.audio_ms == pytest.approx(400)


@pytest.mark.parametrize(
    ("message", "what"),
    [
        (b"\x00", "binary message"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not an object"),
        ('{"event":"media","streamSid":"MX"}', "wrong streamSid"),
        ('{"event":"media","streamSid":"MZ"}', "media without a payload"),
        ('{"event":"media","streamSid":"MZ","media":{"payload":"*"}}', "payload is not base64"),
        ('{"event":"media","streamSid":"MZ","media":{"payload":""}}', "empty payload"),
        ('{"event":"mark","streamSid":"MZ","mark":{}}', "mark without a name"),
        ('{"event":"hello","streamSid":"MZ"}', "unknown event"),
    ],
)
def test_a_servers_faults_are_told(message: str | bytes, what: str) -> None:
    target = line()
    target.receive(message, T0)
    assert target.take_events() == [ServerFault(T0, what)]


def test_a_buffer_has_an_end() -> None:
    target = CarrierLine(StreamFrames("MZ", "CA", "AC"), T0, max_buffer_ms=250)
    for _ in range(3):
        target.receive(play(voice(100)), T0)
    assert ServerFault(T0, "more audio than the buffer holds") in target.take_events()


script = st.lists(
    st.tuples(
        st.floats(0, 700),
        st.one_of(
            st.just(CLEAR),
            st.integers(1, 999).map(lambda n: mark(str(n))),
            st.integers(1, 600).map(lambda ms: play(voice(ms))),
            st.integers(1, 300).map(lambda ms: play(silence(ms, 8000))),
            st.text(max_size=20),
            st.just("speak"),
        ),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(script)
def test_whatever_a_server_sends(steps: list[tuple[float, str]]) -> None:
    """Marks come back in order and once each; the agent begins and ends in turn; both tracks stay in real time."""
    target, now, asked = line(), T0, []
    for gap_ms, message in steps:
        now += gap_ms
        if message == "speak":
            target.speak(voice(100))
            continue
        target.receive(message, now)
        if '"mark"' in message and '"MZ"' in message:
            asked.append(json.loads(message)["mark"]["name"])
    target.advance(now + 60_000)
    target.hang_up(now + 60_000)
    events = target.take_events()
    assert [event.name for event in events if isinstance(event, MarkReturned)] == asked
    turns = [type(event) for event in events if isinstance(event, AgentBegan | AgentFinished)]
    assert turns == [AgentBegan, AgentFinished] * (len(turns) // 2)
    sent = [json.loads(text) for text in target.take_messages()]
    assert [m["mark"]["name"] for m in sent if m["event"] == "mark"] == asked
    assert sum(m["event"] == "media" for m in sent) == int((now + 60_000 - T0) // FRAME_MS)
    caller, agent = target.recording()
    assert len(agent) / 16 <= now - T0 + 600 * 31
    assert len(caller) == 320 * int((now + 60_000 - T0) // FRAME_MS)
