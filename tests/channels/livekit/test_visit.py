"""The agent's stay in a room, in virtual seconds; the room and the live call are the test's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from offhook.channels.carried_call import CallDesk, CallLimits
from offhook.channels.livekit.process import NotJoined, RoomLine
from offhook.channels.livekit.visit import RETURN_S, Doors, Guest, Visit
from offhook.channels.livekit.wire import (
    Attributes,
    CallerCame,
    CallerLeft,
    Caption,
    Clear,
    FromRooms,
    Heard,
    Leave,
    Left,
    Mark,
    Play,
    Played,
    ToRooms,
    Typed,
)
from offhook.contracts.channel import Admission, CallInfo, Everybody, MediaOut
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics
from support.virtual_time import VirtualClock, virtual_time

FRAME = bytes(640)
_TAKEN_OVER = "duplicate_identity"


@dataclass
class Live:
    """A live call that notes what reaches it and ends when it is told, or when the caller is gone."""

    info: CallInfo
    out: MediaOut
    heard_bytes: int = 0
    marks: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    over: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def audio(self, payload: bytes, now_ms: float) -> None:
        self.heard_bytes += len(payload)

    def mark_played(self, name: str) -> None:
        self.marks.append(name)

    def digit(self, digit: str) -> None: ...

    def typed(self, text: str) -> None:
        self.texts.append(text)

    def stopped(self, reason: str) -> None:
        self.end(reason)

    def end(self, reason: str) -> None:
        if not self.over.done():
            self.over.set_result(reason)

    async def run(self) -> str:
        return await self.over


@dataclass
class Board:
    calls: list[Live] = field(default_factory=list)

    def answer(self, info: CallInfo, out: MediaOut) -> Live:
        self.calls.append(Live(info, out))
        return self.calls[-1]


class Full(Everybody):
    async def starts(self, call: str) -> bool:
        return False


class House:
    """One visit and what is around it."""

    def __init__(self, clock: VirtualClock, admission: Admission | None = None) -> None:
        self.sent: list[ToRooms] = []
        self.joins = 0
        self.closed = False
        """Nobody can join."""
        self.deleted = 0
        self.tell: Callable[[FromRooms], None] = lambda message: None
        self.board, self.busy = Board(), Board()
        self.metrics = Metrics()
        desk = CallDesk(self.board, admission or Everybody(), self.busy, clock, self.metrics, get_logger("test"))
        guest = Guest("sess_1", "biz_1", "+12025550142")
        self.joined_by_code = asyncio.Event()
        doors = Doors(self.join, self.delete, self._superseded)
        self.visit = Visit(guest, "offhook-sess_1", doors, desk, CallLimits())
        self.task = asyncio.get_running_loop().create_task(self.visit.run(120))

    async def join(self, tell: Callable[[FromRooms], None]) -> RoomLine:
        if self.closed:
            raise NotJoined("nobody answers")
        self.joins += 1
        self.tell = tell
        return RoomLine(self.joins, f"RM_{self.joins}", self.sent.append)

    async def delete(self) -> None:
        self.deleted += 1

    async def _superseded(self) -> None:
        await self.joined_by_code.wait()

    async def begun(self) -> Live:
        await self.visit.joined
        self.tell(CallerCame(self.joins))
        await asyncio.sleep(0.1)
        return self.board.calls[-1]


@virtual_time
async def test_a_call_from_its_callers_coming_to_its_end(clock: VirtualClock) -> None:
    house = House(clock)
    live = await house.begun()
    assert (live.info.channel, live.info.session_id, live.info.business_id) == ("livekit", "sess_1", "biz_1")
    assert (live.info.carrier_call_sid, live.info.audio.rate_hz) == ("RM_1", 16_000)
    house.tell(Heard(1, FRAME))
    house.tell(Typed(1, "an oil change"))
    live.out.play(b"\1\0")
    live.out.mark("m1")
    house.tell(Played(1, "m1"))
    live.out.clear()
    house.visit.agent_is("speaking")
    house.visit.caption("user", 2, "hello", True)
    assert (live.heard_bytes, live.marks, live.texts) == (640, ["m1"], ["an oil change"])
    assert house.sent == [
        Play(1, b"\1\0"),
        Mark(1, "m1"),
        Clear(1),
        Attributes(1, {"lk.agent.state": "speaking"}),
        Caption(1, "u2-RM_1", "hello", True, True),
    ]
    live.end("goodbye")
    assert await house.task == "goodbye"
    assert house.sent[-1] == Leave(1)
    assert house.deleted == 1


@virtual_time
async def test_a_caller_who_never_comes_is_not_waited_for_longer_than_said(clock: VirtualClock) -> None:
    house = House(clock)
    assert await house.task == "nobody_came"
    assert clock.mono_ms() == 120_000
    assert (house.board.calls, house.sent, house.deleted) == ([], [Leave(1)], 1)


@virtual_time
async def test_a_room_that_cannot_be_joined_is_told_to_whoever_asked(clock: VirtualClock) -> None:
    house = House(clock)
    house.closed = True
    assert await house.task == "not_joined"
    assert isinstance(house.visit.joined.exception(), NotJoined)
    assert house.deleted == 0


@virtual_time
async def test_a_caller_who_comes_back_in_time_goes_on(clock: VirtualClock) -> None:
    house = House(clock)
    live = await house.begun()
    house.tell(CallerLeft(1))
    await asyncio.sleep(RETURN_S - 1)
    house.tell(CallerCame(1))
    await asyncio.sleep(60)
    assert not live.over.done()
    assert len(house.board.calls) == 1
    live.end("goodbye")
    await house.task


@virtual_time
async def test_a_caller_who_stays_away_has_hung_up(clock: VirtualClock) -> None:
    house = House(clock)
    await house.begun()
    left_ms = clock.mono_ms()
    house.tell(CallerLeft(1))
    assert await house.task == "caller_hung_up"
    assert clock.mono_ms() == left_ms + RETURN_S * 1000


@virtual_time
async def test_a_lost_room_is_joined_again_and_the_call_goes_on(clock: VirtualClock) -> None:
    house = House(clock)
    live = await house.begun()
    house.visit.agent_is("listening")
    house.closed = True
    house.tell(Left(1, "signal_close"))
    live.out.play(b"\1\0")
    await asyncio.sleep(3.5)
    house.closed = False
    await asyncio.sleep(1)
    assert house.joins == 2
    assert house.sent[-1] == Attributes(2, {"lk.agent.state": "listening"})
    assert Play(1, b"\1\0") not in house.sent
    house.tell(CallerCame(2))
    house.tell(Heard(2, FRAME))
    await asyncio.sleep(60)
    assert live.heard_bytes == 640
    assert not live.over.done()
    assert house.metrics.errors.labels(kind="livekit_lost")._value.get() == 1
    live.end("goodbye")
    await house.task


@virtual_time
async def test_a_room_that_stays_lost_ends_the_call(clock: VirtualClock) -> None:
    house = House(clock)
    await house.begun()
    house.closed = True
    house.tell(Left(1, "the process for rooms ended"))
    assert await house.task == "caller_hung_up"


@virtual_time
async def test_a_room_that_somebody_ended_is_not_joined_again(clock: VirtualClock) -> None:
    house = House(clock)
    await house.begun()
    house.tell(Left(1, "room_deleted"))
    assert await house.task == "room_deleted"
    assert house.joins == 1


@virtual_time
async def test_a_room_that_another_server_serves_now_is_left_to_it(clock: VirtualClock) -> None:
    house = House(clock)
    await house.begun()
    house.tell(Left(1, _TAKEN_OVER))
    assert await house.task == _TAKEN_OVER
    assert (house.joins, house.deleted) == (1, 0)


@virtual_time
async def test_only_this_room_is_finished_by_its_webhook(clock: VirtualClock) -> None:
    house = House(clock)
    live = await house.begun()
    house.visit.room_finished("RM_of_an_earlier_call")
    await asyncio.sleep(1)
    assert not live.over.done()
    house.visit.room_finished("RM_1")
    assert await house.task == "room_finished"


@virtual_time
async def test_who_is_not_let_in_hears_why(clock: VirtualClock) -> None:
    house = House(clock, Full())
    await house.visit.joined
    house.tell(CallerCame(1))
    await asyncio.sleep(0.1)
    assert house.board.calls == []
    house.busy.calls[0].end("busy")
    assert await house.task == "busy"


@virtual_time
async def test_a_caller_who_floods_is_put_out(clock: VirtualClock) -> None:
    house = House(clock)
    await house.begun()
    for _ in range(4_000):
        house.tell(Heard(1, FRAME))
    assert await house.task == "inbound_flood"
    assert house.deleted == 1


@virtual_time
async def test_a_stay_that_is_cancelled_leaves_the_room(clock: VirtualClock) -> None:
    house = House(clock)
    await house.begun()
    house.task.cancel()
    await asyncio.wait([house.task])
    assert house.sent[-1] == Leave(1)
    assert house.deleted == 1


@virtual_time
@pytest.mark.parametrize("came", [True, False])
async def test_a_session_that_goes_on_elsewhere_is_left(clock: VirtualClock, came: bool) -> None:
    house = House(clock)
    if came:
        await house.begun()
    else:
        await house.visit.joined
    house.joined_by_code.set()
    assert await house.task == "superseded"
    assert house.deleted == 1
