"""Which rooms have an agent: gives tickets out, sends agents in, ends their stays. Implements the port `VoiceRooms`.

An agent goes into a session's room when a ticket for it is given out, and when LiveKit tells that its caller came and
there is none (the wait was over, or this server was restarted). A room that has an agent already, of this server or of
another beside it, gets no second one.

A ticket is LiveKit's to take, for ten minutes, whatever becomes of the session. So a session that was joined by a code
has another room from then on; the room before it ends, and whoever comes there later is put out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from offhook.channels.carried_call import CallDesk, CallLimits
from offhook.channels.livekit.process import INSTALL, NotJoined, RoomLine, RoomsProcess
from offhook.channels.livekit.service import LiveKitService, LiveKitTrouble
from offhook.channels.livekit.tokens import (
    LiveKitKeys,
    Room,
    WebhookEvent,
    agent_of,
    agent_token,
    caller_of,
    caller_token,
    genuine_event,
    room_named,
)
from offhook.channels.livekit.visit import NAME, STATE, Doors, Guest, Visit
from offhook.channels.livekit.wire import FromRooms
from offhook.contracts.business import Business, BusinessDirectory
from offhook.contracts.channel import RoomTicket
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import Conversations, ConversationState, generation
from offhook.contracts.errors import AppError, Conflict, NotFound, Unavailable
from offhook.kit.closing import closing

WAIT_S = 120.0
"""How long the agent waits in a room for its caller."""
MOST_VISITS = 200
"""Rooms with an agent in them, callers there or not. For one more the room that waits longest without a caller is
left; with a caller in each, a ticket is refused."""
_KNOWN_EVENTS = 1_024


Standing = Callable[[str, int], AsyncIterator[None]]
"""(session, generation) -> yields while tokens of that generation open the session; ends when they do no more."""


@dataclass(frozen=True, slots=True)
class LiveKitSettings:
    url: str
    """As callers and agents reach it: wss://…, ws:// only for tests."""
    keys: LiveKitKeys
    limits: CallLimits = field(default_factory=CallLimits)


class LiveKitRooms:
    """Args: real_clock: the one that LiveKit goes by."""

    def __init__(
        self,
        settings: LiveKitSettings,
        *,
        process: RoomsProcess,
        service: LiveKitService,
        conversations: Conversations,
        businesses: BusinessDirectory,
        desk: CallDesk,
        real_clock: Clock,
        standing: Standing,
    ) -> None:
        self._settings = settings
        self._process = process
        self._service = service
        self._conversations = conversations
        self._businesses = businesses
        self._desk = desk
        self._clock = real_clock
        self._standing = standing
        self._visits: dict[str, Visit] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._trouble: tuple[str, str] | None = None
        """Why the last agent could not join, and what to do about it."""
        self._events: OrderedDict[str, None] = OrderedDict()

    async def run(self) -> None:
        """Holds the tasks of all stays. Ends by cancellation; then every room is left."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await asyncio.Event().wait()
        finally:
            self._tasks = None
            await self._process.aclose()

    # -- tickets --------------------------------------------------------------------------------------------------

    def names_of(self, state: ConversationState) -> tuple[str, str]:
        return _room(state).name, caller_of(state.session_id)

    async def ticket(self, session_id: str, *, name: str, metadata: str, attributes: Mapping[str, str]) -> RoomTicket:
        state = await self._open_session(session_id)
        await self._send_agent(state)
        keys, now = self._settings.keys, self._clock.now()
        room = _room(state)
        token = caller_token(keys, room, now, name=name, metadata=metadata, attributes=attributes)
        return RoomTicket(self._settings.url, room.name, name, token)

    async def _open_session(self, session_id: str) -> ConversationState:
        state = await self._conversations.get(session_id)
        if state.status in ("COMPLETED", "EXPIRED"):
            raise Conflict("session_over", "This session is over; open a new one.")
        return state

    # -- agents ---------------------------------------------------------------------------------------------------

    async def _send_agent(self, state: ConversationState) -> None:
        """Have an agent in the session's room. Raises Unavailable."""
        session_id, room = state.session_id, _room(state)
        try:
            while (visit := self._visits.get(session_id)) is not None and (visit.ending or visit.room != room.name):
                visit.supersede()
                await visit.left.wait()
            if visit is None:
                if agent_of(session_id) in await self._service.identities(room.name):
                    return
                business = await self._businesses.get(state.business_id)
                visit = self._visits.get(session_id) or self._begin(state, business)
            await asyncio.shield(visit.joined)
            self._trouble = None
        except LiveKitTrouble as error:
            raise self._unavailable(str(error), error.mend) from None
        except NotJoined as error:
            self._trouble = str(error), "See that LiveKit runs, and that its ports are open."
            raise self._unavailable(*self._trouble) from None
        except asyncio.CancelledError:
            if visit is None or not visit.joined.cancelled():
                raise
            raise self._unavailable("the server stops", "Try again.") from None

    def _begin(self, state: ConversationState, business: Business) -> Visit:
        staying = sum(1 for one in self._visits.values() if not one.ending)
        if staying >= MOST_VISITS and not self._one_gives_way():
            raise Unavailable("livekit_full", "All rooms are taken; try again in a minute.")
        session_id, room = state.session_id, _room(state)
        keys, names = self._settings.keys, {STATE: "initializing", NAME: business.persona}

        async def join(on_told: Callable[[FromRooms], None]) -> RoomLine:
            token = agent_token(keys, room, self._clock.now(), name=business.persona, attributes=names)
            return await self._process.join(self._settings.url, token, caller_of(session_id), on_told)

        async def delete() -> None:
            with contextlib.suppress(LiveKitTrouble):
                await self._service.delete(room.name)

        async def superseded() -> None:
            async with closing(self._standing(session_id, room.generation)) as standing:
                async for _ in standing:
                    pass

        guest = Guest(session_id, state.business_id, state.caller_phone)
        visit = Visit(guest, room.name, Doors(join, delete, superseded), self._desk, self._settings.limits)
        if self._tasks is None:
            raise Unavailable("livekit_stopping", "The server stops; try again in a moment.")
        self._visits[session_id] = visit
        self._tasks.create_task(self._supervise(session_id, visit), name=f"livekit {session_id}")
        return visit

    def _one_gives_way(self) -> bool:
        """Tickets cost nothing, so whoever asks for many of them must not keep out those who come."""
        oldest = next((one for one in self._visits.values() if one.waiting), None)
        if oldest is None:
            return False
        oldest.give_way()
        self._desk.metrics.errors.labels(kind="livekit_gave_way").inc()
        return True

    async def _supervise(self, session_id: str, visit: Visit) -> None:
        try:
            reason = await visit.run(WAIT_S)
            self._desk.log.info("livekit_room_left", session_id=session_id, reason=reason)
        except Exception as error:  # lint: broad-except: supervisor of a stay: its failure ends it alone
            self._desk.metrics.errors.labels(kind="livekit_visit").inc()
            self._desk.log.error("livekit_visit_failed", session_id=session_id, exc_info=error)
        finally:
            self._visits.pop(session_id, None)

    def _unavailable(self, reason: str, mend: str) -> Unavailable:
        if self._process.sdk_missing:
            reason, mend = "LiveKit's library is not installed", f"Install it: {INSTALL}."
            self._trouble = reason, mend
        self._desk.metrics.errors.labels(kind="livekit_join").inc()
        self._desk.log.warning("livekit_not_joined", reason=reason, mend=mend)
        return Unavailable("livekit_unavailable", "No agent can come to a LiveKit room now; try again, or call.")

    # -- what LiveKit tells ---------------------------------------------------------------------------------------

    def genuine(self, body: bytes, authorization: str | None) -> WebhookEvent | None:
        """The webhook's event, if LiveKit signed it."""
        return genuine_event(body, authorization, self._settings.keys, self._clock.now())

    async def happened(self, event: WebhookEvent) -> None:
        """A webhook, proved genuine. Each counts once; what is not about our rooms counts not at all."""
        room = room_named(event.room.name)
        if room is None or (event.id and not self._is_new(event.id)):
            return
        if event.event == "room_finished":
            visit = self._visits.get(room.session_id)
            if visit is not None:
                visit.room_finished(event.room.sid)
            return
        came = event.event == "participant_joined" and event.participant.identity == caller_of(room.session_id)
        if came and self._tasks is not None:  # LiveKit's queue of webhooks does not wait for an agent
            self._tasks.create_task(self._meet(room), name=f"livekit caller {room.session_id}")

    async def _meet(self, room: Room) -> None:
        """The caller is there: have an agent there, too. One whose session is over, or whose ticket is from before a
        join, is put out of the room."""
        session_id = room.session_id
        try:
            visit = self._visits.get(session_id)
            if visit is not None and visit.room == room.name:
                return
            if caller_of(session_id) not in await self._service.identities(room.name):
                return  # gone again, or told long after
            try:
                state = await self._open_session(session_id)
                if _room(state) != room:
                    raise Conflict("ticket_superseded", "This session was joined by a code.")
                await self._send_agent(state)
            except NotFound:
                return  # of another installation, which has its rooms on the same LiveKit
            except Conflict as error:
                await self._service.delete(room.name)
                self._desk.log.warning("livekit_caller_put_out", session_id=session_id, reason=error.code)
        except (LiveKitTrouble, AppError) as error:
            self._desk.log.warning("livekit_caller_unmet", session_id=session_id, reason=str(error))

    def _is_new(self, event_id: str) -> bool:
        if event_id in self._events:
            return False
        self._events[event_id] = None
        while len(self._events) > _KNOWN_EVENTS:
            self._events.popitem(last=False)
        return True

    # -- health ---------------------------------------------------------------------------------------------------

    @property
    def rooms(self) -> int:
        return len(self._visits)

    async def trouble(self) -> tuple[str, str] | None:
        """What keeps callers from being served here, and how to mend it; None while nothing does."""
        try:
            await self._service.ping()
        except LiveKitTrouble as error:
            return str(error), error.mend
        return self._trouble


def _room(state: ConversationState) -> Room:
    return Room(state.session_id, generation(state))
