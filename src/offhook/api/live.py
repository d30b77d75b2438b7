"""`WS /ws/{session_id}`: the session's events as they are committed, and messages in.

A client never misses an event: it subscribes before it is told anything, replays come from the store, and an event that
another process committed is fetched when the next one shows the gap. After `resume` events may repeat, in order; `seq`
tells. A client that does not read is ended alone and resumes from its last seq.

Three parts share one socket: reading, forwarding events, the heartbeat. The first to end ends the others; messages that
were taken are answered to their end even then, so that a repeat of the same `message_id` finds the stored reply.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC
from functools import partial

import structlog
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from offhook.api.access import opened, visitor
from offhook.api.bodies import known_id
from offhook.api.chat import run_turn, tell_latency
from offhook.api.deps import ApiDeps
from offhook.api.errors import envelope
from offhook.api.live_wire import Pinged, Problem, ResumeAsked, Said, read, show
from offhook.channels.typed import text_turn
from offhook.contracts.conversation import SessionEvent, SlotValue, TurnInput, TurnResult
from offhook.contracts.errors import AppError
from offhook.kit.closing import closing
from offhook.session.told import state_update, superseded

WAITING_MESSAGES = 16
"""Messages that may wait for their turn; one more is refused with an `error` event (code `busy`)."""
SOCKETS_PER_SESSION = 16
SEND_LIMIT_S = 10.0
"""A socket that takes nothing for so long is ended."""
RESUME_WAIT_S = 1.0
"""New events wait so long for the client's first frame: a client that comes back says where it left off, and what it
missed must reach it before what is new."""
_TOO_SLOW = 1013
_SUPERSEDED = 4401
"""Close code: somebody joined the session by a code; the token that opened this socket opens it no more."""


def router(deps: ApiDeps) -> APIRouter:
    routes = APIRouter(tags=["live"])
    open_sockets: Counter[str] = Counter()

    @routes.websocket("/ws/{session_id}")
    async def live(websocket: WebSocket, session_id: str) -> None:
        try:
            who = visitor(websocket, deps)
            who.require_own_origin()
            who.require_session_or_staff(known_id(session_id, "This session"))
            if open_sockets[session_id] >= SOCKETS_PER_SESSION:
                raise AppError("too_many_sockets", "This session has too many open sockets.", status=429)
            async with closing(deps.store.subscribe(session_id)) as events:
                await opened(deps, session_id, who.held)
                cursor = await deps.store.last_seq(session_id)
                await websocket.accept()
                open_sockets[session_id] += 1
                try:
                    with structlog.contextvars.bound_contextvars(session_id=session_id):
                        await _LiveClient(websocket, deps, session_id, events, cursor, who.held).run()
                finally:
                    open_sockets[session_id] -= 1
                    if not open_sockets[session_id]:
                        del open_sockets[session_id]
        except AppError as error:
            if websocket.application_state is not WebSocketState.CONNECTING:
                raise
            refusal = envelope(error.code, error.message, error.status, error.fields)
            await websocket.send_denial_response(refusal)

    return routes


class _LiveClient:
    """One open socket."""

    def __init__(
        self,
        websocket: WebSocket,
        deps: ApiDeps,
        session_id: str,
        events: AsyncIterator[SessionEvent],
        cursor: int,
        held: int | None,
    ) -> None:
        self._held = held
        """The generation of its token."""
        self._websocket = websocket
        self._deps = deps
        self._session_id = session_id
        self._events = events
        self._cursor = cursor
        """The newest seq that this client has been sent, or that was there before it came."""
        self._turns: asyncio.Queue[TurnInput | None] = asyncio.Queue(maxsize=WAITING_MESSAGES)
        self._ordered = asyncio.Lock()
        """Held while numbered events go out: a replay is not mixed with what is new."""
        self._spoken_to = asyncio.Event()
        """The client's first frame was dealt with."""
        self._open = True
        self._close_code = 1000

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._answer(), name="live answers")
            parts = [
                tasks.create_task(self._read(), name="live reader"),
                tasks.create_task(self._forward(), name="live events"),
                tasks.create_task(self._beat(), name="live heartbeat"),
            ]
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in parts:
                part.cancel()
            self._open = False
            await self._turns.put(None)
        if self._websocket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect, TimeoutError, RuntimeError):
                async with asyncio.timeout(1):
                    await self._websocket.close(self._close_code)

    # -- in -------------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        """Until the client goes."""
        while self._open:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                self._open = False
                return
            text = message.get("text")
            if text is None:
                await self._tell_problem(Problem("not_text", "This socket takes text frames with JSON."))
                continue
            await self._take(text)
            self._spoken_to.set()

    async def _take(self, frame: str) -> None:
        asked = read(frame)
        match asked:
            case Said():
                await self._queue(asked)
            case Pinged():
                await self._send(self._event("pong"))
            case ResumeAsked():
                async with self._ordered:
                    await self._replay(asked.after)
            case Problem():
                await self._tell_problem(asked)

    async def _queue(self, said: Said) -> None:
        try:
            most = self._deps.settings.max_message_chars
            self._turns.put_nowait(text_turn(said.text, said.message_id, most, field="text"))
        except asyncio.QueueFull:
            await self._tell_problem(Problem("busy", "Too many messages wait for an answer; send this one again."))
        except AppError as error:
            await self._tell_problem(Problem(error.code, error.message, error.fields or {}))

    async def _answer(self) -> None:
        """Run the turns in order; their events come back through the subscription, as for every other watcher."""
        while (turn := await self._turns.get()) is not None:
            try:
                began = time.perf_counter()
                tell = partial(self._tell_piece, turn.turn_id)
                done = await run_turn(self._deps, self._session_id, turn, tell)
                elapsed_ms = round((time.perf_counter() - began) * 1000, 2)
                if done.untold:
                    await self._send(self._reply(done.result))
                else:
                    tell_latency(self._deps, self._session_id, done.result, elapsed_ms)
            except AppError as error:
                await self._tell_problem(Problem(error.code, error.message, error.fields or {}))

    async def _tell_piece(self, turn_id: str, text: str) -> None:
        """The reply as it is made, for whoever said something; the whole follows when the turn is committed."""
        data: dict[str, SlotValue] = {"role": "assistant", "content": text, "turn_id": turn_id, "final": False}
        await self._send(self._event("partial", data))

    # -- out ------------------------------------------------------------------------------------------------------

    async def _forward(self) -> None:
        """Until the client cannot keep up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(RESUME_WAIT_S):
                await self._spoken_to.wait()
        async for event in self._events:
            async with self._ordered:
                if event.seq > self._cursor + 1:
                    await self._replay(self._cursor)
                if event.seq > self._cursor:
                    self._cursor = event.seq
                elif event.seq:
                    continue
                if not await self._send(event):
                    return
        self._close_code = _TOO_SLOW

    async def _beat(self) -> None:
        while self._open:
            await asyncio.sleep(self._deps.settings.heartbeat_s)
            await self._send(self._event("heartbeat"))

    async def _replay(self, after: int) -> None:
        """Send what came after that seq; where it is no longer kept, the state as it is now."""
        try:
            events = await self._deps.store.events_after(self._session_id, after)
            if events is None:
                last = await self._deps.store.last_seq(self._session_id)
                state = await self._deps.conversations.get(self._session_id)
                self._cursor = max(self._cursor, last)
                events = [
                    self._event("resync", seq=last),
                    SessionEvent(
                        type="state_update",
                        session_id=self._session_id,
                        timestamp=self._stamp(),
                        data=state_update(state, "").data,
                        seq=last,
                    ),
                ]
        except AppError as error:
            await self._tell_problem(Problem(error.code, error.message))
            return
        for event in events:
            self._cursor = max(self._cursor, event.seq)
            if not await self._send(event):
                return

    def _reply(self, result: TurnResult) -> SessionEvent:
        """A reply that no event tells of: one given before, or one that could not be stored."""
        return self._event(
            "transcript",
            {
                "role": "assistant",
                "content": result.reply,
                "agent_type": result.agent,
                "final": True,
                "turn_id": result.turn_id,
            },
        )

    async def _tell_problem(self, problem: Problem) -> None:
        data: dict[str, SlotValue] = {"code": problem.code, "message": problem.message}
        if problem.fields:
            data["fields"] = dict(problem.fields)
        await self._send(self._event("error", data))

    def _event(self, kind: str, data: dict[str, SlotValue] | None = None, *, seq: int | None = None) -> SessionEvent:
        """One for this client alone: no number of its own, it tells the newest seq that the client should have."""
        return SessionEvent(
            type=kind,
            session_id=self._session_id,
            timestamp=self._stamp(),
            data=data or {},
            seq=self._cursor if seq is None else seq,
        )

    def _stamp(self) -> str:
        return self._deps.clock.now().astimezone(UTC).isoformat(timespec="milliseconds")

    async def _send(self, event: SessionEvent) -> bool:
        """False when the client is gone or takes nothing."""
        if superseded(event, self._held):
            self._open, self._close_code = False, _SUPERSEDED
        if not self._open:
            return False
        try:
            async with asyncio.timeout(SEND_LIMIT_S):
                await self._websocket.send_text(show(event))
        except WebSocketDisconnect:
            self._open = False
        except TimeoutError:
            self._open, self._close_code = False, _TOO_SLOW
        return self._open
