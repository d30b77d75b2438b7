"""Who gets a ticket and an agent; LiveKit, its process for rooms and the calls are the test's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import pytest

from offhook.channels.carried_call import CallDesk
from offhook.channels.livekit import rooms as rooms_module
from offhook.channels.livekit.process import NotJoined, RoomLine
from offhook.channels.livekit.rooms import LiveKitRooms, LiveKitSettings
from offhook.channels.livekit.service import LiveKitTrouble
from offhook.channels.livekit.tokens import LiveKitKeys, WebhookEvent, WebhookParticipant, WebhookRoom
from offhook.channels.livekit.wire import CallerCame, FromRooms, ToRooms
from offhook.contracts.business import Business
from offhook.contracts.channel import CallInfo, Everybody, MediaOut
from offhook.contracts.conversation import MEMORY_JOINS, ConversationState, generation
from offhook.contracts.errors import AppError, NotFound
from offhook.kit.clock import SystemClock
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

ROOM = "offhook-sess_1"


@dataclass
class LiveKit:
    """Its API and the process in one."""

    inside: dict[str, set[str]] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    joins: int = 0
    down: bool = False
    refuses: bool = False
    sdk_missing: bool = False
    tell: Callable[[FromRooms], None] | None = None

    async def identities(self, room: str) -> frozenset[str]:
        if self.down:
            raise LiveKitTrouble("no answer", "Start it.")
        return frozenset(self.inside.get(room, ()))

    async def delete(self, room: str) -> None:
        self.deleted.append(room)

    async def ping(self) -> None:
        if self.down:
            raise LiveKitTrouble("no answer", "Start it.")

    async def join(self, url: str, token: str, caller: str, tell: Callable[[FromRooms], None]) -> RoomLine:
        if self.refuses:
            raise NotJoined("ports are closed")
        self.joins += 1
        self.tell = tell
        return RoomLine(self.joins, f"RM_{self.joins}", self._sent)

    async def aclose(self) -> None: ...

    def _sent(self, message: ToRooms) -> None: ...


class Sessions:
    def __init__(self) -> None:
        self.joined = asyncio.Event()
        self.states = {
            "sess_1": ConversationState(session_id="sess_1", business_id="b", desk="dealership", channel="livekit"),
            "sess_over": ConversationState(
                session_id="sess_over", business_id="b", desk="dealership", channel="livekit", status="COMPLETED"
            ),
        }

    async def get(self, session_id: str) -> ConversationState:
        if session_id not in self.states:
            raise NotFound("This session")
        return self.states[session_id]

    async def standing(self, session_id: str, held: int) -> AsyncIterator[None]:
        yield
        while generation(self.states[session_id]) <= held:
            self.joined = asyncio.Event()
            await self.joined.wait()

    def join(self, session_id: str) -> None:
        state = self.states[session_id]
        self.states[session_id] = msgspec.structs.replace(
            state, desk_memory={**state.desk_memory, MEMORY_JOINS: generation(state) + 1}
        )
        self.joined.set()


class Businesses:
    async def get(self, business_id: str) -> Business:
        return Business(business_id=business_id, name="Lakeside", desk="dealership", timezone="America/Chicago")


@dataclass
class Calls:
    infos: list[CallInfo] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def answer(self, info: CallInfo, out: MediaOut) -> Calls:
        self.infos.append(info)
        self.over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        return self

    def stopped(self, reason: str) -> None:
        self.reasons.append(reason)
        self.over.set_result(reason)

    async def run(self) -> str:
        return await self.over


@dataclass
class House:
    livekit: LiveKit
    calls: Calls
    rooms: LiveKitRooms
    sessions: Sessions

    async def ticket(self, session_id: str = "sess_1") -> str:
        ticket = await self.rooms.ticket(session_id, name="Priya", metadata="", attributes={})
        return ticket.room_name

    async def settled(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    livekit, calls, sessions, clock = LiveKit(), Calls(), Sessions(), SystemClock(datetime.now(UTC))
    desk = CallDesk(calls, Everybody(), calls, clock, Metrics(), get_logger("test"))  # type: ignore[arg-type]
    rooms = LiveKitRooms(
        LiveKitSettings("wss://x", LiveKitKeys("k", "a secret of thirty-two bytes or more!")),
        process=livekit,  # type: ignore[arg-type]
        service=livekit,  # type: ignore[arg-type]
        conversations=sessions,  # type: ignore[arg-type]
        businesses=Businesses(),  # type: ignore[arg-type]
        desk=desk,
        real_clock=clock,
        standing=sessions.standing,
    )
    task = asyncio.get_running_loop().create_task(rooms.run())
    await asyncio.sleep(0)
    yield House(livekit, calls, rooms, sessions)
    task.cancel()
    await asyncio.wait([task])


def event(kind: str, event_id: str = "EV_1", room: str = ROOM, sid: str = "RM_1", who: str = "") -> WebhookEvent:
    return WebhookEvent(kind, event_id, WebhookRoom(room, sid), WebhookParticipant(who))


async def test_an_agent_is_there_before_the_ticket_is_given_and_only_one(house: House) -> None:
    assert await house.ticket() == await house.ticket() == ROOM
    assert (house.livekit.joins, house.rooms.rooms) == (1, 1)


async def test_a_room_with_an_agent_of_another_server_gets_no_second_one(house: House) -> None:
    house.livekit.inside[ROOM] = {"agent-sess_1"}
    await house.ticket()
    assert house.livekit.joins == 0


@pytest.mark.parametrize(("session_id", "code"), [("sess_over", "session_over"), ("sess_unknown", "not_found")])
async def test_there_is_no_ticket_for_a_session_that_is_not_open(house: House, session_id: str, code: str) -> None:
    with pytest.raises(AppError) as refused:
        await house.ticket(session_id)
    assert refused.value.code == code
    assert house.livekit.joins == 0


@pytest.mark.parametrize("trouble", ["down", "refuses", "sdk_missing"])
async def test_a_ticket_that_no_agent_would_meet_is_not_given(house: House, trouble: str) -> None:
    setattr(house.livekit, trouble, True)
    house.livekit.refuses = trouble != "down"
    with pytest.raises(AppError) as refused:
        await house.ticket()
    assert (refused.value.status, refused.value.code) == (503, "livekit_unavailable")
    told = await house.rooms.trouble()
    assert told is not None and told[1]
    assert ("offhook[livekit]" in told[1]) is (trouble == "sdk_missing")
    house.livekit.down = house.livekit.refuses = False
    await house.settled()
    await house.ticket()
    assert await house.rooms.trouble() is None


async def test_there_is_an_end_to_rooms(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms_module, "MOST_VISITS", 0)
    with pytest.raises(AppError) as refused:
        await house.ticket()
    assert refused.value.code == "livekit_full"


async def test_a_room_that_is_finished_ends_its_call_once(house: House) -> None:
    await house.ticket()
    assert house.livekit.tell is not None
    house.livekit.tell(CallerCame(1))
    await house.settled()
    await house.rooms.happened(event("room_finished", "EV_0", sid="RM_of_yesterday"))
    assert house.calls.reasons == []
    for _ in range(2):
        await house.rooms.happened(event("room_finished"))
    assert house.calls.reasons == ["room_finished"]


async def test_a_caller_who_came_by_himself_gets_an_agent(house: House) -> None:
    house.livekit.inside[ROOM] = {"caller-sess_1"}
    joined = event("participant_joined", who="caller-sess_1")
    await house.rooms.happened(joined)
    await house.rooms.happened(joined)
    await house.settled()
    assert house.livekit.joins == 1


async def test_a_report_that_comes_long_after_brings_nobody(house: House) -> None:
    await house.rooms.happened(event("participant_joined", who="caller-sess_1"))
    await house.settled()
    assert house.livekit.joins == 0


async def test_a_caller_of_a_session_that_is_over_is_put_out(house: House) -> None:
    room = "offhook-sess_over"
    house.livekit.inside[room] = {"caller-sess_over"}
    await house.rooms.happened(event("participant_joined", room=room, who="caller-sess_over"))
    await house.settled()
    assert (house.livekit.joins, house.livekit.deleted) == (0, [room])


async def test_a_join_ends_the_room_and_the_next_ticket_is_for_another(house: House) -> None:
    await house.ticket()
    assert house.livekit.tell is not None
    house.livekit.tell(CallerCame(1))
    await house.settled()
    house.sessions.join("sess_1")
    await house.settled()
    assert (house.calls.reasons, house.livekit.deleted, house.rooms.rooms) == (["superseded"], [ROOM], 0)
    assert await house.ticket() == f"{ROOM}.1"


async def test_a_ticket_asked_for_before_the_join_was_noticed_is_for_the_new_room(house: House) -> None:
    await house.ticket()
    house.sessions.join("sess_1")
    assert await house.ticket() == f"{ROOM}.1"
    assert house.livekit.deleted == [ROOM]


async def test_who_comes_with_a_ticket_from_before_a_join_is_put_out(house: House) -> None:
    house.sessions.join("sess_1")
    house.livekit.inside[ROOM] = {"caller-sess_1"}
    await house.ticket()
    await house.rooms.happened(event("participant_joined", who="caller-sess_1"))
    await house.settled()
    assert (house.livekit.joins, house.livekit.deleted, house.rooms.rooms) == (1, [ROOM], 1)


@pytest.mark.parametrize(
    "told",
    [
        event("participant_joined", room="of-somebody-else", who="caller-sess_1"),
        event("participant_joined", who="agent-sess_1"),
        event("track_published", who="caller-sess_1"),
        event("something_new"),
        event("room_finished"),
    ],
    ids=str,
)
async def test_other_events_mean_nothing(house: House, told: WebhookEvent) -> None:
    house.livekit.inside[ROOM] = {"caller-sess_1"}
    await house.rooms.happened(told)
    await house.settled()
    assert (house.livekit.joins, house.livekit.deleted) == (0, [])


async def test_a_room_of_another_installation_is_left_alone(house: House) -> None:
    room = "offhook-sess_theirs"
    house.livekit.inside[room] = {"caller-sess_theirs"}
    await house.rooms.happened(event("participant_joined", room=room, who="caller-sess_theirs"))
    await house.settled()
    assert (house.livekit.joins, house.livekit.deleted) == (0, [])


async def test_tickets_asked_for_at_once_bring_one_agent(house: House) -> None:
    assert await asyncio.gather(*(house.ticket() for _ in range(5))) == [ROOM] * 5
    assert house.livekit.joins == 1


async def test_a_ticket_behind_a_call_that_ends_just_now_is_for_a_room_of_its_own(house: House) -> None:
    await house.ticket()
    assert house.livekit.tell is not None
    house.livekit.tell(CallerCame(1))
    await house.settled()
    house.calls.over.set_result("goodbye")
    await house.settled()
    await house.ticket()
    assert (house.livekit.joins, house.livekit.deleted) == (2, [ROOM])


async def test_whoever_waits_longest_without_a_caller_gives_way(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms_module, "MOST_VISITS", 2)
    for session_id in ("sess_2", "sess_3", "sess_4"):
        house.sessions.states[session_id] = msgspec.structs.replace(
            house.sessions.states["sess_1"], session_id=session_id
        )
    await house.ticket()
    assert house.livekit.tell is not None
    house.livekit.tell(CallerCame(1))
    await house.settled()
    for session_id in ("sess_2", "sess_3", "sess_4"):
        await house.ticket(session_id)
    await house.settled()
    assert house.livekit.deleted == ["offhook-sess_2", "offhook-sess_3"]
    assert (house.rooms.rooms, house.calls.reasons) == (2, [])
    house.livekit.tell(CallerCame(4))
    await house.settled()
    with pytest.raises(AppError) as refused:
        await house.ticket("sess_2")
    assert refused.value.code == "livekit_full"
