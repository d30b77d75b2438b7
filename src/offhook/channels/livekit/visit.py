"""The agent's stay in one room: he joins, waits for the caller, carries the call, leaves.

One task per stay. Whoever is lost, the caller or the room, has `RETURN_S` to be back, and the call goes on; after that
it ends. The room is deleted behind a call, so that the caller's page is told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import assert_never

from offhook.channels.carried_call import CallDesk, CallLimits, CarriedCall
from offhook.channels.events import MarkReturned
from offhook.channels.livekit.process import NotJoined, RoomLine
from offhook.channels.livekit.wire import (
    Attributes,
    CallerCame,
    CallerLeft,
    Caption,
    Clear,
    FromRooms,
    Heard,
    Joined,
    Leave,
    Left,
    Mark,
    Play,
    Played,
    Refused,
    ToRooms,
    Typed,
)
from offhook.contracts.audio import PCM16_16K
from offhook.contracts.channel import AgentState, CallInfo, Speaks
from offhook.kit.ids import new_id

RETURN_S = 10.0
REJOIN_EVERY_S = 1.0
LAST_WORDS_S = 0.4
"""Between the end of a call and the end of its room: what was played is still on its way to the ear."""
STATE = "lk.agent.state"
NAME = "lk.agent.name"
_TAKEN_OVER = "duplicate_identity"
"""The agent of another server came in our place."""
_FOR_GOOD = frozenset({"room_deleted", "room_closed", "participant_removed", _TAKEN_OVER})
"""Reasons for being out of the room that are somebody's decision."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Whose call it is."""

    session_id: str
    business_id: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways into and out of the one room."""

    join: Callable[[Callable[[FromRooms], None]], Awaitable[RoomLine]]
    """Raises NotJoined."""
    delete: Callable[[], Awaitable[None]]
    """Puts everybody out. Raises nothing."""
    superseded: Callable[[], Awaitable[None]]
    """Returns when the session has been joined by a code, so that its caller's ticket is good no more."""


class Visit:
    """Also the `MediaOut` and the `Screen` of its live call."""

    def __init__(self, guest: Guest, room: str, doors: Doors, desk: CallDesk, limits: CallLimits) -> None:
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the agent is in the room; NotJoined when he cannot be."""
        self.sid = ""
        """LiveKit's id of the room that we are in."""
        self.left = asyncio.Event()
        """The stay is over, and the room deleted."""
        self._guest = guest
        self.room = room
        self._doors = doors
        self._desk = desk
        self._carried = CarriedCall(PCM16_16K, desk, limits)
        self._line: RoomLine | None = None
        self._came = False
        self._settled = asyncio.Event()
        """The caller came, or will not."""
        self._over = asyncio.Event()
        self._away: asyncio.TimerHandle | None = None
        self._taken_over = False
        self._tasks: asyncio.TaskGroup | None = None
        self._shown: dict[str, str] = {}

    async def run(self, wait_s: float) -> str:
        """Until the room is left; returns why. Waits `wait_s` for the caller."""
        reason = "failure"
        try:
            async with asyncio.TaskGroup() as self._tasks:
                try:
                    await self._enter()
                except NotJoined as error:
                    self.joined.set_exception(error)
                    self.joined.exception()
                    reason = "not_joined"
                else:
                    self.joined.set_result(None)
                    watch = self._tasks.create_task(self._watch(), name="livekit ticket")
                    reason = await self._stay(wait_s)
                    watch.cancel()
                self._over.set()  # ends a return that is under way
        finally:
            if not self.joined.done():
                self.joined.cancel()
            if self._away is not None:
                self._away.cancel()
            self._over.set()
            try:
                await self._leave()
            finally:
                self.left.set()
        return reason

    @property
    def ending(self) -> bool:
        """The call is over, the room not yet left."""
        return self._over.is_set()

    @property
    def waiting(self) -> bool:
        """In the room, and no caller has come."""
        return self.joined.done() and not self._settled.is_set() and not self._over.is_set()

    def give_way(self) -> None:
        """Leave the room to others that want one; only while waiting."""
        self._stop("gave_way")
        self._over.set()

    def supersede(self) -> None:
        """The session goes on elsewhere: end the call, put everybody out."""
        self._stop("superseded")
        self._over.set()

    async def _watch(self) -> None:
        await self._doors.superseded()
        self.supersede()

    def room_finished(self, sid: str) -> None:
        """LiveKit says that the room is no more."""
        if sid == self.sid:
            self._stop("room_finished")

    async def _enter(self) -> None:
        line = await self._doors.join(self._told)
        self._line, self.sid = line, line.sid

    async def _stay(self, wait_s: float) -> str:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._settled.wait()
        if not self._came:
            return self._carried.stop_reason or "nobody_came"
        guest = self._guest
        info = CallInfo(
            call_id=new_id("call"),
            carrier_call_sid=self.sid,
            stream_sid=self.room,
            channel="livekit",
            audio=PCM16_16K,
            from_number=guest.phone,
            to_number=None,
            business_id=guest.business_id,
            session_id=guest.session_id,
        )
        reason = await self._carried.carry(info, self)
        self._over.set()
        if not self._carried.stop_reason:
            await asyncio.sleep(LAST_WORDS_S)
        return reason

    async def _leave(self) -> None:
        if self.sid and not self._taken_over:
            self._send(Leave)
            await self._doors.delete()
        self._line = None

    # -- from the room --------------------------------------------------------------------------------------------

    def _told(self, message: FromRooms) -> None:
        match message:
            case Heard(pcm=pcm):
                if not self._carried.audio(pcm):
                    self._stop("inbound_flood")
            case Played(name=name):
                self._carried.deliver(MarkReturned(name))
            case CallerCame():
                self._caller_is_here()
            case CallerLeft():
                self._caller_is_away()
            case Typed(text=text):
                self._carried.typed(text)
            case Left(reason=reason):
                self._lost(reason)
            case Joined() | Refused():
                pass  # the answer to `join`
            case _:
                assert_never(message)

    def _caller_is_here(self) -> None:
        if self._away is not None:
            self._away.cancel()
            self._away = None
        self._came = True
        self._settled.set()

    def _caller_is_away(self) -> None:
        if self._away is None and not self._carried.stop_reason:
            loop = asyncio.get_running_loop()
            self._away = loop.call_later(RETURN_S, self._stop, "caller_hung_up")

    def _lost(self, reason: str) -> None:
        """Out of the room, and not by our own leave."""
        if self._line is None or self._over.is_set():
            return
        if reason in _FOR_GOOD:
            self._taken_over = reason == _TAKEN_OVER
            self._stop(reason)
            return
        self._line = None
        self._desk.log.warning("livekit_room_lost", session_id=self._guest.session_id, reason=reason)
        self._desk.metrics.errors.labels(kind="livekit_lost").inc()
        self._caller_is_away()
        if self._tasks is not None:
            self._tasks.create_task(self._return(), name="back into the room")

    async def _return(self) -> None:
        """Join again until the caller has been waited for long enough."""
        while not self._over.is_set() and not self._carried.stop_reason:
            with contextlib.suppress(NotJoined):
                await self._enter()
                if self._shown:
                    self._send(lambda key: Attributes(key, dict(self._shown)))
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REJOIN_EVERY_S):
                    await self._over.wait()

    def _stop(self, reason: str) -> None:
        self._carried.stop(reason)
        self._settled.set()

    # -- MediaOut and Screen --------------------------------------------------------------------------------------

    def play(self, payload: bytes) -> None:
        self._send(lambda key: Play(key, payload))

    def mark(self, name: str) -> None:
        self._send(lambda key: Mark(key, name))

    def clear(self) -> None:
        self._send(Clear)

    async def hang_up(self, reason: str) -> None:
        """The room is left when the call has ended, by `run`."""

    def agent_is(self, state: AgentState) -> None:
        self._shown[STATE] = state
        self._send(lambda key: Attributes(key, {STATE: state}))

    def caption(self, who: Speaks, segment: int, text: str, final: bool) -> None:
        of_caller = who == "user"
        name = f"{'u' if of_caller else 'a'}{segment}-{self.sid}"
        self._send(lambda key: Caption(key, name, text, final, of_caller))

    def _send(self, message: Callable[[int], ToRooms]) -> None:
        if self._line is not None:
            self._say(message(self._line.key))

    def _say(self, message: ToRooms) -> None:
        if self._line is not None:
            self._line.send(message)
