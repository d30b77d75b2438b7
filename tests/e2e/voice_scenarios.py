"""Calls in real time in which something is done to the server. Each has its own server and gives what came of it, so
that all of them can run at once and be judged one by one."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from e2e_server import HEARD, ServerProcess
from wire_attacks import COUNTED, Attack
from wire_call import http

from offhook.callers.cli import embedded_speaker
from offhook.callers.events import AgentSaid, CallerSaid, CallEvent
from offhook.callers.phone import CallOutcome, Phone, PhoneSettings
from offhook.callers.script import Script, Step
from offhook.callers.voice import Speaker
from offhook.contracts.store import CallRecord
from offhook.kit.clock import SystemClock

STT, TTS = "pocketsphinx.engine", "espeak.engine"
FIXED_WORDS = {"OFFHOOK_STT": "fake", "OFFHOOK_FAKE_TRANSCRIPT": HEARD}
HOURS = Step(say="What are your opening hours on Saturday?")
HOURS_AGAIN = Step(say="When are you open on Saturday?")
OVER_THE_GREETING = Step(say="Sorry may I ask you about your opening hours first?", barge_in_after_ms=1500)
LIMIT_S = 120.0
BOOKING_PHONE = "+12025550142"


@dataclass
class Happened:
    """One call, and what the server held around it."""

    outcome: CallOutcome
    engines_before: list[int] = field(default_factory=list)
    engines_after: list[int] = field(default_factory=list)
    counters: dict[str, float] = field(default_factory=dict)
    while_locked: list[dict[str, Any]] = field(default_factory=list)
    """Appointments of the caller when it was told that it could not be done."""
    sorry: list[str] = field(default_factory=list)
    appointments: list[dict[str, Any]] = field(default_factory=list)
    """Of the caller, in the end."""
    messages: list[tuple[str, str]] = field(default_factory=list)
    """What the session remembers: role and words."""
    transcript: list[dict[str, Any]] = field(default_factory=list)

    @property
    def record(self) -> CallRecord:
        assert self.outcome.record is not None
        return self.outcome.record

    @property
    def said(self) -> list[AgentSaid]:
        return [event for event in self.outcome.events if isinstance(event, AgentSaid)]

    @property
    def heard(self) -> list[str]:
        return [turn.heard for turn in self.record.turns if turn.source == "caller"]

    def told(self) -> str:
        return "\n".join(f"heard {event.heard!r}, said {event.text!r}" for event in self.said)


@dataclass(frozen=True)
class Scenes:
    recogniser_killed: Happened
    voice_killed: Happened
    book_locked: Happened
    barge_in: Happened
    under_attack: Happened


async def play_all(folder: Path) -> Scenes:
    async with embedded_speaker() as speaker, asyncio.TaskGroup() as tasks:
        playing = [
            tasks.create_task(scene(folder / scene.__name__, speaker))
            for scene in (recogniser_killed, voice_killed, book_locked, barge_in, under_attack)
        ]
    return Scenes(*(task.result() for task in playing))


async def recogniser_killed(folder: Path, speaker: Speaker) -> Happened:
    """All recogniser processes die while the caller speaks."""
    async with _serving(folder) as server:
        before = server.engines(STT)
        once: list[asyncio.TimerHandle] = []

        def on_event(event: CallEvent) -> None:
            if isinstance(event, CallerSaid) and not once:
                once.append(asyncio.get_running_loop().call_later(0.8, _kill_all, before))

        outcome = await _call(server, speaker, on_event, HOURS, HOURS_AGAIN, Step(hang_up=True))
        return Happened(outcome, before, server.engines(STT), server.counters())


async def voice_killed(folder: Path, speaker: Speaker) -> Happened:
    """The voice's process is held from before the reply until it is due, so that it dies with the sentence in hand."""
    async with _serving(folder, FIXED_WORDS) as server:
        before = server.engines(TTS)
        held: list[asyncio.Task[None]] = []

        async def hold_and_kill() -> None:
            for pid in before:
                os.kill(pid, signal.SIGSTOP)
            try:
                await _reply_due(server)
            finally:
                _kill_all(before)

        def on_event(event: CallEvent) -> None:
            if isinstance(event, CallerSaid) and not held:
                held.append(asyncio.get_running_loop().create_task(hold_and_kill()))

        outcome = await _call(server, speaker, on_event, HOURS, HOURS_AGAIN, Step(hang_up=True))
        await held[0]
        return Happened(outcome, before, server.engines(TTS), server.counters())


async def book_locked(folder: Path, speaker: Speaker) -> Happened:
    """The book is locked from the read-back until the caller has heard that it did not work."""
    async with _serving(folder) as server:
        lock = ExitStack()
        sorry: list[str] = []
        while_locked: list[dict[str, Any]] = []

        def on_event(event: CallEvent) -> None:
            if not isinstance(event, AgentSaid) or not event.text:
                return
            if "could not" in event.text:
                sorry.append(event.text)
                while_locked.extend(_of(server, BOOKING_PHONE))
                lock.close()
            elif "Is that right" in event.text and not sorry:
                lock.close()
                lock.enter_context(server.locked_book())

        steps = (
            Step(say="I need an oil change tomorrow at eleven."),
            Step(when=r"Oil change, on Thursday, November 19th at 11 AM.*is that right", say="Yes.", times=5),
            Step(when=r"shall I try again", say="Yes, please.", times=3),
            Step(when=r"shall I put it under \w", say="Yes.", times=3),
            Step(when=r"did you say (oil change|Thursday, November 19th( at 11 AM)?|11 AM)\?", say="Yes.", times=4),
            Step(when=r"did you say|is that right", say="No.", times=4),
            Step(when=r"booked.*anything else", say="No, thank you. Goodbye."),
            Step(when=r"what|which|when|sorry|still", say="An oil change tomorrow at eleven.", times=6),
        )
        with lock:
            outcome = await _call(server, speaker, on_event, *steps, from_number=BOOKING_PHONE, end="wait")
        return Happened(outcome, sorry=sorry, while_locked=while_locked, appointments=_of(server, BOOKING_PHONE))


async def barge_in(folder: Path, speaker: Speaker) -> Happened:
    """The caller speaks over the greeting."""
    async with _serving(folder, FIXED_WORDS) as server:
        outcome = await _call(server, speaker, lambda _: None, OVER_THE_GREETING, Step(hang_up=True))
        happened = Happened(outcome)
        async with http(server.url) as client:
            transcript = (await client.get(f"/api/calls/{outcome.call_sid}/transcript")).json()
            state = (await client.get(f"/api/sessions/{happened.record.session_id}")).json()
        happened.transcript = transcript["lines"]
        happened.messages = [(message["role"], message["content"]) for message in state["messages"]]
        return happened


async def under_attack(folder: Path, speaker: Speaker) -> Happened:
    """Everything in `wire_attacks` at once, beside the call."""

    async def later(attack: Attack, server: ServerProcess) -> None:
        await asyncio.sleep(3.0)
        await attack(server.url)

    async with _serving(folder, FIXED_WORDS) as server:
        asking = _call(server, speaker, lambda _: None, HOURS, HOURS_AGAIN, Step(hang_up=True))
        outcome, *_ = await asyncio.gather(asking, *(later(attack, server) for attack in COUNTED))
        await server.until_quiet()
        return Happened(outcome, counters=server.counters())


@asynccontextmanager
async def _serving(folder: Path, settings: dict[str, str] | None = None) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(folder, **(settings or {}))
    try:
        yield await asyncio.to_thread(server.start)
    finally:
        await asyncio.to_thread(server.stop)


async def _call(
    server: ServerProcess,
    speaker: Speaker,
    on_event: Callable[[CallEvent], None],
    *steps: Step,
    from_number: str = "+12025550192",
    end: str = "hang_up",
) -> CallOutcome:
    script = Script(steps=steps, from_number=from_number, end="wait" if end == "wait" else "hang_up")
    settings = PhoneSettings(url=server.url, limit_s=LIMIT_S)
    return await Phone(settings, speaker, SystemClock(), on_event).call(script)


async def _reply_due(server: ServerProcess) -> None:
    """Until a caller's turn of the live call has its words: the voice is asked for its sentence then."""
    async with http(server.url) as client, asyncio.timeout(30):
        (live,) = [row["call_sid"] for row in server.rows("select call_sid from calls where status = 'in-progress'")]
        while True:
            record = (await client.get(f"/api/calls/{live}")).json()
            if any(turn["source"] == "caller" for turn in record["turns"]):
                await asyncio.sleep(0.2)
                return
            await asyncio.sleep(0.02)


def _of(server: ServerProcess, phone: str) -> list[dict[str, Any]]:
    return [row for row in server.appointments() if row["customer_phone"] == phone]


def _kill_all(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
