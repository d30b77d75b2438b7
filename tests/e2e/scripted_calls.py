"""Calls of scripted callers in real time over real sockets, and what they left in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e_server import ServerProcess, serving
from ten_callers import Caller

from offhook.audio.wav import write_stereo
from offhook.callers.cli import embedded_speaker
from offhook.callers.events import AgentSaid, CallerSaid, ProtocolFault
from offhook.callers.line import RATE_HZ
from offhook.callers.phone import CallOutcome, Phone, PhoneSettings
from offhook.kit.clock import SystemClock

LIMIT_S = 150.0
"""After this the caller gives up."""


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
class Calls:
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


def make_calls(
    folder: Path, callers: Sequence[Caller], at_once: int, *, server: Mapping[str, str] | None = None, **phone: Any
) -> Calls:
    """Start a server, let the callers call, and read what is booked; sound and text of the calls stay in the folder."""
    with serving(folder / "server", server) as started:
        made = asyncio.run(_call_all(started, callers, at_once, folder, phone))
        return Calls(made, [row for row in started.appointments() if row["session_id"] is not None])


async def _call_all(
    server: ServerProcess, callers: Sequence[Caller], at_once: int, folder: Path, phone: Mapping[str, Any]
) -> list[Made]:
    lines = asyncio.Semaphore(at_once)
    async with embedded_speaker() as speaker:

        async def call(number: int, caller: Caller) -> Made:
            settings = PhoneSettings(url=server.url, seed=number, limit_s=LIMIT_S, **phone)
            async with lines:
                outcome = await Phone(settings, speaker, SystemClock(), lambda _: None).call(caller.script())
            made = Made(caller, outcome)
            _keep(made, folder / f"{number:02}")
            return made

        return await asyncio.gather(*(call(number, caller) for number, caller in enumerate(callers, 1)))


def _keep(made: Made, path: Path) -> None:
    """What was said, for the ear and the eye."""
    write_stereo(path.with_suffix(".wav"), made.outcome.caller_pcm, made.outcome.agent_pcm, RATE_HZ)
    path.with_suffix(".txt").write_text(made.told() + "\n", encoding="utf-8")
