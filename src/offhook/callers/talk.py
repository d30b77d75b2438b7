"""The time between answer and hang-up of one simulated call: four tasks around one line.

One listens to the socket, one lets time pass (20 ms a beat), one plays the script, one tells what happened with the
words that the server's record has for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from offhook.callers.actor import Action, Actor, HangUp, Pause, Press, Speak, WaitForHangUp
from offhook.callers.events import (
    AgentSaid,
    BufferCleared,
    CallerSaid,
    CallEvent,
    MarkPlayed,
    ProtocolFault,
    TurnMeasured,
)
from offhook.callers.line import (
    FRAME_MS,
    AgentBegan,
    AgentFinished,
    CarrierLine,
    Cleared,
    LineEvent,
    MarkReturned,
    ServerFault,
)
from offhook.callers.lookup import CallLookup, Told
from offhook.contracts.clock import Clock
from offhook.kit.bounded_queue import BoundedQueue, QueueClosed

_KEY_GAP_S = 0.25
_LOOKUP_TRIES = 4
_LOOKUP_GAP_S = 0.1
_MAX_PENDING_EVENTS = 1_000


class Manners(Protocol):
    """How the caller behaves."""

    @property
    def quiet_ms(self) -> float: ...

    @property
    def patience_ms(self) -> float: ...


class Talk:
    """One talk on an open socket whose stream has been started."""

    def __init__(
        self,
        line: CarrierLine,
        socket: ClientConnection,
        actor: Actor,
        audio: dict[str, bytes],
        lookup: CallLookup,
        *,
        manners: Manners,
        clock: Clock,
        dialled_ms: float,
        tell: Callable[[CallEvent], None],
    ) -> None:
        self.line = line
        self._manners = manners
        self._clock = clock
        self._socket = socket
        self._actor = actor
        self._audio = audio
        self._lookup = lookup
        self._tell = tell
        self._dialled_ms = dialled_ms
        self._over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._beat = asyncio.Event()
        self._happened: BoundedQueue[LineEvent | CallerSaid] = BoundedQueue(_MAX_PENDING_EVENTS, "drop_oldest")
        self._told_all = asyncio.Event()
        self._told_all.set()
        self._agent_words: list[str] = []
        self._faults = 0

    async def run(self, *, listens: bool) -> str:
        """Why the talk ended: caller_hung_up, agent_hung_up or what broke."""
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(self._listen(), name="phone-listen"),
                tasks.create_task(self._pass_time(), name="phone-time"),
                tasks.create_task(self._act(listens), name="phone-act"),
            ]
            commentary = tasks.create_task(self._comment(), name="phone-comment")
            reason = await self._over
            for task in running:
                task.cancel()
            self.line.hang_up(self._clock.mono_ms())
            self._note(self.line.take_events())
            self._happened.close()
            await asyncio.wait([commentary], timeout=2.0)
            commentary.cancel()
        return reason

    def failures(self) -> list[str]:
        found = list(self._actor.failures)
        if self._over.done() and self._over.result() not in ("caller_hung_up", "agent_hung_up"):
            found.append(f"the call ended with: {self._over.result()}")
        if not self._actor.done:
            found.append("the call ended before everything was said")
        if self._faults:
            found.append(f"the server broke the carrier's protocol {self._faults} times")
        return found

    # -- the four tasks --------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        try:
            async for message in self._socket:
                self.line.receive(message, self._clock.mono_ms())
        except ConnectionClosed:
            pass
        code = self._socket.close_code
        self._end("agent_hung_up" if code in (1000, 1001) else f"connection_lost_{code}")

    async def _pass_time(self) -> None:
        """Every 20 ms: frames and marks out, events in, everybody who waits for a moment looks at the clock."""
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        while True:
            self.line.advance(self._clock.mono_ms())
            try:
                for message in self.line.take_messages():
                    await self._socket.send(message)
            except ConnectionClosed:
                return
            self._note(self.line.take_events())
            self._beat.set()
            self._beat.clear()
            next_s = max(next_s + FRAME_MS / 1000, loop.time() - 1.0)
            await asyncio.sleep(next_s - loop.time())

    async def _comment(self) -> None:
        """Tell what happened, in order, with the words that the server's record has for it."""
        while True:
            if not len(self._happened):
                self._told_all.set()
            try:
                event = await self._happened.get()
            except QueueClosed:
                return
            match event:
                case CallerSaid():
                    self._tell(event)
                case AgentBegan():
                    pass
                case AgentFinished():
                    await self._tell_agent(event)
                case MarkReturned(at_ms, name):
                    self._tell(MarkPlayed(at_ms - self._dialled_ms, name))
                case Cleared(at_ms, dropped_ms, since_onset_ms):
                    self._tell(BufferCleared(at_ms - self._dialled_ms, dropped_ms, since_onset_ms))
                case ServerFault(at_ms, what):
                    self._faults += 1
                    self._tell(ProtocolFault(at_ms - self._dialled_ms, what))

    async def _act(self, listens: bool) -> None:
        while True:
            await self._wait_for_turn()
            if listens:
                await self._told_all.wait()
            said = " ".join(self._agent_words) or None
            self._agent_words.clear()
            if not await self._do(self._actor.next(said)):
                return

    # -- pieces ----------------------------------------------------------------------------------------------------

    async def _wait_for_turn(self) -> None:
        manners = self._manners
        while True:
            now_ms = self._clock.mono_ms()
            barge_in_ms, speaks_ms = self._actor.barge_in_after_ms, self.line.agent_speaks_for_ms(now_ms)
            if barge_in_ms is not None and speaks_ms is not None and speaks_ms >= barge_in_ms:
                return
            if self.line.is_my_turn(now_ms, quiet_ms=manners.quiet_ms, patience_ms=manners.patience_ms):
                return
            await self._beat.wait()

    async def _do(self, action: Action) -> bool:
        """Carry an action out; False when there is nothing more to do."""
        match action:
            case Speak(step):
                key = step.say if step.say is not None else step.wav or ""
                self.line.speak(self._audio[key])
                self._happened.put_nowait(CallerSaid(self._clock.mono_ms() - self._dialled_ms, key))
                while self.line.speaking:
                    await self._beat.wait()
            case Press(digits):
                self._happened.put_nowait(CallerSaid(self._clock.mono_ms() - self._dialled_ms, f"[keys {digits}]"))
                for digit in digits:
                    self.line.press(digit, self._clock.mono_ms())
                    await asyncio.sleep(_KEY_GAP_S)
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case HangUp():
                self._end("caller_hung_up")
                return False
            case WaitForHangUp():
                # The agent may still ask something that a standing answer knows.
                await asyncio.sleep(self._manners.quiet_ms / 1000)
        return True

    async def _tell_agent(self, finished: AgentFinished) -> None:
        told = await self._words()
        at_ms = finished.at_ms - self._dialled_ms
        text, heard = (told.text, told.heard or None) if told is not None else (None, None)
        if text and not finished.interrupted:  # what we spoke over was answered by speaking over it
            self._agent_words.append(text)
        self._tell(AgentSaid(at_ms, text, finished.audio_ms, heard, finished.interrupted))
        if finished.total_ms is not None:
            turn = told.turn if told is not None else None
            split = (turn.endpoint_ms, turn.stt_ms, turn.think_ms, turn.tts_ms) if turn is not None else (None,) * 4
            self._tell(TurnMeasured(at_ms, finished.total_ms, *split))

    async def _words(self) -> Told | None:
        """The record is written beside the call; give it a moment."""
        for attempt in range(_LOOKUP_TRIES):
            told = await self._lookup.news()
            if told is not None:
                return told
            if self._lookup.record is None and attempt:
                return None
            await asyncio.sleep(_LOOKUP_GAP_S)
        return None

    def _note(self, events: list[LineEvent]) -> None:
        for event in events:
            self._told_all.clear()
            self._happened.put_nowait(event)

    def _end(self, reason: str) -> None:
        if not self._over.done():
            self._over.set_result(reason)
