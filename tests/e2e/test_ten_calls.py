"""Ten calls in real time over real sockets and the embedded recogniser, judged by what the database then holds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from e2e_server import ServerProcess, serving
from ten_callers import Caller, load_callers

from offhook.audio.wav import write_stereo
from offhook.callers.cli import embedded_speaker
from offhook.callers.events import AgentSaid, CallerSaid, ProtocolFault
from offhook.callers.line import RATE_HZ
from offhook.callers.phone import CallOutcome, Phone, PhoneSettings
from offhook.kit.clock import SystemClock

pytestmark = pytest.mark.e2e

AT_ONCE = 10
LEAST_RIGHT = 9
LIMIT_S = 120.0


@dataclass(frozen=True)
class Made:
    caller: Caller
    outcome: CallOutcome

    @property
    def protocol_faults(self) -> list[str]:
        return [event.what for event in self.outcome.events if isinstance(event, ProtocolFault)]

    def told(self) -> str:
        """The call as text, for the report of a failure."""
        lines = [f"--- {self.caller.name} ({self.caller.voice}): {self.outcome.reason}; {self.outcome.failures}"]
        if self.outcome.record is not None:
            lines.append(f"  counters: {self.outcome.record.counters}")
        for event in self.outcome.events:
            if isinstance(event, CallerSaid):
                lines.append(f"  caller: {event.text}")
            elif isinstance(event, AgentSaid):
                lines += [f"   heard: {event.heard}"] if event.heard else []
                lines.append(f"   agent: {event.text}")
        return "\n".join(lines)


@dataclass(frozen=True)
class TenCalls:
    made: list[Made]
    rows: list[dict[str, object]]
    """Appointments that came of calls."""

    def right(self) -> list[Made]:
        """Calls that left exactly the one appointment that the caller came for."""
        return [made for made in self.made if self._left(made) and not self.wrong_rows(made)]

    def wrong_rows(self, made: Made) -> list[dict[str, object]]:
        """Appointments of this call's session that are not what its caller wanted; a second right one is wrong too."""
        own = self._of(made)
        good = [row for row in own if made.caller.wanted.is_booked_by(row)]
        return [row for row in own if row not in good] + good[1:]

    def _left(self, made: Made) -> bool:
        return any(made.caller.wanted.is_booked_by(row) for row in self._of(made))

    def _of(self, made: Made) -> list[dict[str, object]]:
        record = made.outcome.record
        return [row for row in self.rows if record is not None and row["session_id"] == record.session_id]


async def _call_all(server: ServerProcess, callers: list[Caller]) -> list[Made]:
    lines = asyncio.Semaphore(AT_ONCE)
    async with embedded_speaker() as speaker:

        async def call(number: int, caller: Caller) -> Made:
            settings = PhoneSettings(url=server.url, seed=number, limit_s=LIMIT_S)
            async with lines:
                return Made(caller, await Phone(settings, speaker, SystemClock(), lambda _: None).call(caller.script()))

        return await asyncio.gather(*(call(number, caller) for number, caller in enumerate(callers, 1)))


def test_ten_calls(tmp_path: Path) -> None:
    """One test, because the calls are made once: at least nine end as wanted, and nothing wrong is ever committed."""
    callers = load_callers()
    voices = {caller.voice for caller in callers}
    assert (len(callers), len(voices), voices & {"", "en", "en-us"}) == (10, 3, set()), "three voices, not the agent's"

    with serving(tmp_path / "server") as server:
        made = asyncio.run(_call_all(server, callers))
        ten = TenCalls(made, [row for row in server.appointments() if row["session_id"] is not None])
    _keep(made, tmp_path)

    faults = [made.told() for made in ten.made if not made.outcome.answered or made.protocol_faults]
    assert faults == [], "\n".join(faults)
    wrong = [f"{made.told()}\n   booked: {row}" for made in ten.made for row in ten.wrong_rows(made)]
    assert wrong == [], "\n".join(wrong)
    right = ten.right()
    assert len(ten.rows) == len(right), "there is an appointment without a call that asked for it"
    missed = [made.told() for made in ten.made if made not in right]
    assert len(right) >= LEAST_RIGHT, f"{len(right)} of {len(ten.made)} are right ({tmp_path})\n" + "\n".join(missed)


def _keep(made: list[Made], folder: Path) -> None:
    """What was said, for the ear and the eye."""
    for number, call in enumerate(made, 1):
        write_stereo(folder / f"{number:02}.wav", call.outcome.caller_pcm, call.outcome.agent_pcm, RATE_HZ)
        (folder / f"{number:02}.txt").write_text(call.told() + "\n", encoding="utf-8")
