from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from offhook.audio.level import active_dbfs, rms_dbfs, tone
from offhook.audio.wav import write_mono
from offhook.callers import cli
from offhook.callers.events import (
    AgentSaid,
    Answered,
    BufferCleared,
    CallerSaid,
    CallEvent,
    HungUp,
    MarkPlayed,
    ProtocolFault,
    Ringing,
    TurnMeasured,
)
from offhook.callers.phone import CallOutcome, PhoneSettings
from offhook.callers.report import Transcript, Waterfall, json_lines
from offhook.callers.script import Script, ScriptError, script_of
from offhook.callers.voice import TtsSpeaker, line_noise, prepare
from offhook.contracts.speech import TtsCapabilities, Voice


@pytest.fixture
def offhook() -> typer.Typer:
    app = typer.Typer()
    app.command()(cli.call)
    return app


class Placed:
    """Stands in for the call itself: notes what was asked, gives a made-up outcome."""

    def __init__(self, outcome: CallOutcome) -> None:
        self.outcome = outcome
        self.asked: list[tuple[PhoneSettings, Script]] = []

    async def __call__(self, settings: PhoneSettings, script: Script, tell: Callable[[CallEvent], None]) -> CallOutcome:
        self.asked.append((settings, script))
        tell(Ringing(0.0))
        tell(HungUp(9.0, "caller_hung_up"))
        return self.outcome


def place(monkeypatch: pytest.MonkeyPatch, **outcome: Any) -> Placed:
    placed = Placed(CallOutcome("CA1", **outcome))
    monkeypatch.setattr(cli, "place_call", placed)
    return placed


def test_flags_become_a_call(monkeypatch: pytest.MonkeyPatch, offhook: typer.Typer, tmp_path: Path) -> None:
    placed = place(monkeypatch, answered=True, reason="caller_hung_up", caller_pcm=b"\0\0" * 80)
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "t")
    flags = ["--say", "a", "--say", "b", "--wav", "c.wav", "--dtmf", "1#", "--from", "", "--voice", "en+m1"]
    flags += ["--barge-in-after", "700", "--wait", "--json", "--record", str(tmp_path / "c.wav")]
    result = CliRunner().invoke(offhook, flags)
    assert result.exit_code == 0, result.output
    ((settings, script),) = placed.asked
    assert (settings.url, settings.from_number, settings.voice) == ("http://127.0.0.1:8123", "", "en+m1")
    assert settings.auth_token == "t"
    assert [step.say or step.wav or step.dtmf for step in script.steps] == ["a", "b", "c.wav", "1#"]
    assert (script.steps[0].barge_in_after_ms, script.end) == (700, "wait")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["event"] for line in lines] == ["ringing", "hangup"]
    assert (tmp_path / "c.wav").exists()


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ({"answered": True}, 0),
        ({"answered": False, "failures": ["nobody"]}, 1),
        ({"answered": True, "failures": ["expected /x/"]}, 1),
        ({"answered": False}, 1),
    ],
)
def test_exit_code_is_the_verdict(
    monkeypatch: pytest.MonkeyPatch, offhook: typer.Typer, outcome: dict[str, Any], code: int
) -> None:
    place(monkeypatch, **outcome)
    assert CliRunner().invoke(offhook, ["--say", "a"]).exit_code == code


def test_bad_usage_is_told(monkeypatch: pytest.MonkeyPatch, offhook: typer.Typer, tmp_path: Path) -> None:
    place(monkeypatch, answered=True)
    file = tmp_path / "s.yaml"
    file.write_text("- say: hello\n")
    for flags in ([], ["--script", str(file), "--say", "x"], ["--script", str(tmp_path / "none")], ["--dtmf", "x"]):
        assert CliRunner().invoke(offhook, flags).exit_code == 2
    assert CliRunner().invoke(offhook, ["--script", str(file)]).exit_code == 0


def test_json_lines() -> None:
    out = io.StringIO()
    tell = json_lines(out)
    tell(CallerSaid(5.0, "नमस्ते"))
    assert out.getvalue() == '{"event": "caller_said", "text": "नमस्ते", "at_ms": 5}\n'


def test_a_transcript_reads_like_a_call() -> None:
    out = io.StringIO()
    tell = Transcript(Console(file=out, width=160))
    events: list[CallEvent] = [
        Ringing(0),
        Answered(1),
        CallerSaid(2, "an oil change [please]"),
        MarkPlayed(3, "m"),
        AgentSaid(4, "Which day?", 900, heard="an oil change please"),
        TurnMeasured(4, 700, 450, 60, 5, 15),
        AgentSaid(5, None, 1200, interrupted=True),
        TurnMeasured(5, 640),
        BufferCleared(6, 800, 310),
        BufferCleared(6, 800, None),
        ProtocolFault(7, "binary message"),
        HungUp(8, "agent_hung_up"),
    ]
    for event in events:
        tell(event)
    text = out.getvalue()
    for part in (
        "an oil change [please]",
        "Which day?",
        "(1.2 s of speech)",
        "interrupted",
        "310 ms",
        "answer after 640",
    ):
        assert part in text
    for part in ("700 ms", "endpoint 450", "think 5", "tts 15", "line 230", "binary message", "agent hung up"):
        assert part in text


@pytest.mark.parametrize("parts", [(450, 5, 15), (0, 0, 0), (900, 400, 800), (10, 10, 10)])
def test_a_waterfalls_cells_never_leave_the_bar(parts: tuple[float, float, float]) -> None:
    split = Waterfall.of(TurnMeasured(0, sum(parts) + 20, parts[0], None, parts[1], parts[2]))
    assert split is not None
    cells = split.cells(40, 1200)
    assert sum(cells) == min(40, round((sum(parts) + 20) / 1200 * 40))
    assert min(cells) >= 0


class Beeps:
    name = "beeps"
    capabilities = TtsCapabilities(streaming=True)

    def __init__(self) -> None:
        self.asked: list[tuple[str, Voice, int]] = []

    async def warm(self, voice: Voice, rate_hz: int) -> None: ...

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        self.asked.append((text, voice, rate_hz))
        for _ in range(3):
            yield tone(400, 100, rate_hz, level_dbfs=-35)

    async def aclose(self) -> None: ...


async def test_everything_is_spoken_before_the_call_at_one_level(tmp_path: Path) -> None:
    write_mono(tmp_path / "a.wav", tone(400, 500, 16_000, level_dbfs=-6), 16_000)
    tts = Beeps()
    audio = await prepare(script_of(["hi", "hi"], [str(tmp_path / "a.wav")]), TtsSpeaker(tts), "hi+m2")
    assert [(text, voice.name, voice.language, rate) for text, voice, rate in tts.asked] == [
        ("hi", "hi+m2", "hi", 8000)
    ]
    assert len(audio["hi"]) == 300 * 16
    assert all(active_dbfs(pcm) == pytest.approx(-20, abs=0.7) for pcm in audio.values())
    with pytest.raises(ScriptError, match=r"none\.wav"):
        await prepare(script_of([], [str(tmp_path / "none.wav")]), TtsSpeaker(tts), "en")


def test_noise_is_the_same_for_the_same_seed() -> None:
    assert line_noise(27, 1) == line_noise(27, 1) != line_noise(27, 2)
    assert rms_dbfs(line_noise(27, 1)) == pytest.approx(-47, abs=0.3)
