"""The phone against the product's own Twilio channel over real sockets, with tones for voices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from offhook.audio.level import tone
from offhook.audio.wav import write_mono
from offhook.callers.events import (
    AgentSaid,
    Answered,
    BufferCleared,
    CallerSaid,
    CallEvent,
    HungUp,
    MarkPlayed,
    Ringing,
    TurnMeasured,
    as_json,
)
from offhook.callers.phone import CallOutcome, Phone, PhoneSettings
from offhook.callers.script import Script, parse_script, script_of
from offhook.channels.twilio.deps import TwilioSettings
from offhook.contracts.channel import Everybody
from offhook.kit.clock import SystemClock


async def beep(text: str, voice: str) -> bytes:
    return tone(600, 400, 8000)


def of(outcome: CallOutcome, kind: type) -> list[Any]:
    return [event for event in outcome.events if isinstance(event, kind)]


async def call(office: Any, script: Script, **settings: Any) -> CallOutcome:
    told: list[CallEvent] = []
    patience = {"quiet_ms": 470, "patience_ms": 3000, "limit_s": 20} | settings
    phone = Phone(PhoneSettings(url=office.url, **patience), beep, SystemClock(), told.append)
    outcome = await phone.call(script)
    assert told == outcome.events
    return outcome


async def test_a_call_from_ringing_to_hanging_up(office: Any, tmp_path: Path) -> None:
    write_mono(tmp_path / "two.wav", tone(500, 400, 16_000), 16_000)
    async with office() as server:
        outcome = await call(server, script_of(["one"], [str(tmp_path / "two.wav")]), from_number="+12025550142")
    assert outcome.failures == []
    assert outcome.succeeded
    assert outcome.reason == "caller_hung_up"
    kinds = [type(event) for event in outcome.events if not isinstance(event, MarkPlayed)]
    assert kinds == [
        Ringing, Answered, AgentSaid, CallerSaid, AgentSaid, TurnMeasured, CallerSaid, AgentSaid, TurnMeasured, HungUp,
    ]  # fmt: skip
    assert [said.text for said in of(outcome, AgentSaid)] == server.replies
    assert [round(said.audio_ms, -2) for said in of(outcome, AgentSaid)] == [300, 300, 300]
    assert of(outcome, AgentSaid)[1].heard.startswith("heard ")
    for turn in of(outcome, TurnMeasured):
        assert turn.total_ms >= 200
        assert (turn.endpoint_ms, turn.stt_ms, turn.think_ms, turn.tts_ms) == (200, 10, 5, 3)
    agent = server.agents[0]
    assert agent.info.from_number == "+12025550142"
    assert agent.marks == ["reply-0", "reply-1", "reply-2"]
    assert agent.reason == "caller_hung_up"
    assert outcome.record is not None
    assert len(outcome.record.turns) == 3
    assert len(outcome.caller_pcm) > 16 * 3000
    assert len(outcome.agent_pcm) > 16 * 1500


async def test_the_agent_hangs_up(office: Any) -> None:
    async with office() as server:
        server.hang_up_after = 1
        outcome = await call(server, parse_script("{end: wait, steps: [{say: one}]}"))
    assert (outcome.reason, outcome.failures) == ("agent_hung_up", [])
    early = parse_script("[{say: one}, {say: two}]")
    async with office() as server:
        server.hang_up_after = 0
        outcome = await call(server, early)
    assert outcome.reason == "agent_hung_up"
    assert outcome.failures == ["the call ended before everything was said"]


async def test_barge_in_is_cleared_and_timed(office: Any) -> None:
    async with office() as server:
        server.speech_ms = 3000
        outcome = await call(server, script_of(["stop"], barge_in_after_ms=300), limit_s=15)
    cleared = of(outcome, BufferCleared)[0]
    assert cleared.dropped_ms > 1000
    assert cleared.since_onset_ms >= 180
    assert of(outcome, AgentSaid)[0].interrupted
    assert of(outcome, AgentSaid)[0].audio_ms < 2000


async def test_keys_and_what_the_agent_asks(office: Any) -> None:
    script = parse_script(
        "[{when: help, say: one}, {expect: WHICH DAY}, {dtmf: '12#'}, {expect: goodbye}, {expect: nonsense}]"
    )
    async with office() as server:
        outcome = await call(server, script)
    assert server.agents[0].digits == ["1", "2", "#"]
    assert len(outcome.failures) == 1
    assert "nonsense" in outcome.failures[0]


async def test_a_server_that_does_not_let_us_look(office: Any) -> None:
    async with office() as server:
        server.lets_look = False
        outcome = await call(server, script_of(["one"]))
    assert outcome.succeeded
    assert {said.text for said in of(outcome, AgentSaid)} == {None}
    assert [turn.stt_ms for turn in of(outcome, TurnMeasured)] == [None]


async def test_signed_calls(office: Any) -> None:
    settings = TwilioSettings(auth_token="0123456789abcdef")
    async with office(settings) as server:
        server.hang_up_after = 0
        wait = parse_script("{end: wait, steps: [{when: zzz, say: never}, {wait: 0}]}")
        outcome = await call(server, wait, auth_token="0123456789abcdef")
        assert outcome.reason == "agent_hung_up"
        refused = await call(server, wait, auth_token="another")
    assert not refused.succeeded
    assert not refused.answered
    assert "403" in refused.failures[0]


async def test_nobody_there() -> None:
    outcome = await Phone(PhoneSettings(url="http://127.0.0.1:1"), beep, SystemClock(), lambda _: None).call(
        script_of(["one"])
    )
    assert not outcome.succeeded
    assert "is the server running?" in outcome.failures[0]
    assert [type(event) for event in outcome.events] == [Ringing, HungUp]


class Nobody(Everybody):
    async def rings(self, call: str) -> bool:
        return False


async def test_a_full_house_is_a_failure_with_its_words(office: Any) -> None:
    async with office(admission=Nobody()) as server:
        outcome = await call(server, script_of(["one"]))
    assert outcome.reason == "rejected"
    assert "busy" in outcome.failures[0]


async def test_a_call_has_a_limit(office: Any) -> None:
    async with office() as server:
        outcome = await call(server, parse_script("[{wait: 60}]"), limit_s=1.2)
    assert outcome.reason == "time_limit"
    assert not outcome.succeeded
    assert outcome.caller_pcm


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Ringing(1.4), {"event": "ringing"}),
        (Answered(1.4), {"event": "answered"}),
        (CallerSaid(1.4, "hi"), {"event": "caller_said", "text": "hi"}),
        (AgentSaid(1.4, None, 900.4), {"event": "agent_said", "text": None, "audio_ms": 900}),
        (
            TurnMeasured(1.4, 812.3, 450.0, None, 3.0, 12.5),
            {"event": "turn", "total_ms": 812, "endpoint_ms": 450.0, "stt_ms": None, "think_ms": 3.0, "tts_ms": 12.5},
        ),
        (MarkPlayed(1.4, "m"), {"event": "mark", "name": "m"}),
        (BufferCleared(1.4, 700.0, 310.2), {"event": "clear", "dropped_ms": 700, "since_onset_ms": 310}),
        (HungUp(1.4, "caller_hung_up"), {"event": "hangup", "reason": "caller_hung_up"}),
    ],
)
def test_events_as_json(event: CallEvent, expected: dict[str, Any]) -> None:
    assert json.loads(as_json(event)) == expected | {"at_ms": 1}
