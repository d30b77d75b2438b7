"""One connected client of the chat: what it asks for is done, what happens in its session reaches it.

It subscribes before it is told anything; what was missed comes from the store, and an event that another server
committed is fetched when the next one shows the gap: the same rules as `/ws`. A message is acknowledged when its turn
is committed, so a client that has no acknowledgement sends it again under the same id and nothing runs twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from offhook.channels.recorded import voice_of
from offhook.channels.socketio.deps import SocketIoDeps
from offhook.channels.socketio.unacked import Unacked
from offhook.channels.socketio.wire import (
    Fields,
    Out,
    Recorded,
    given_again,
    history,
    piece,
    problem,
    read_audio,
    read_message,
    read_start,
    show,
)
from offhook.channels.typed import message_turn_id, text_turn, without_controls
from offhook.contracts.conversation import Say, SessionEvent, TurnDone, TurnInput
from offhook.contracts.errors import AppError
from offhook.contracts.speech import Expectation
from offhook.kit.bounded_queue import BoundedQueue
from offhook.kit.closing import closing
from offhook.kit.ids import new_id
from offhook.session.told import state_update, superseded
from offhook.telemetry.log import get_logger

WAITING_MESSAGES = 16
"""Messages of one client that may wait for their turn; one more is refused as `busy`."""
START_WAIT_S = 2.0
"""New events wait so long for the client's first event: what it missed must reach it before what is new."""
TYPING_AFTER_S = 0.2
"""A reply that takes longer is announced."""
SPOKEN_WAITING = 4
"""Replies that may wait to be spoken; the oldest stay text."""


class Emit(Protocol):
    async def __call__(self, name: str, data: Fields, key: int | None) -> None:
        """Send to this client; `key` is what its acknowledgement will name."""
        ...


class ChatClient:
    def __init__(
        self,
        session_id: str,
        deps: SocketIoDeps,
        emit: Emit,
        allow: Callable[[], bool],
        cut: Callable[[], None],
        held: int | None = None,
    ) -> None:
        """`allow`: whether one more message may come now; `cut`: drop the connection; `held`: its token's
        generation."""
        self._held = held
        self.session_id = session_id
        self.unacked = Unacked()
        self._deps = deps
        self._emit = emit
        self._allow = allow
        self._cut = cut
        self._events = deps.store.subscribe(session_id)
        self._cursor = 0
        """The newest seq that this client has been sent, or that was there before it came."""
        self._ordered = asyncio.Lock()
        """Held while numbered events go out: a replay is not mixed with what is new."""
        self._spoken_to = asyncio.Event()
        self._waiting = 0
        self._expect = Expectation()
        """What the last reply to this client asked for; helps to hear the next recording."""
        self._wants_audio = False
        self._to_speak: BoundedQueue[Fields] = BoundedQueue(SPOKEN_WAITING, "drop_oldest")

    async def open(self) -> None:
        self._cursor = await self._deps.store.last_seq(self.session_id)

    async def run(self) -> None:
        """Pass on what happens, until cancelled; a client that cannot keep up is dropped and resumes."""
        async with asyncio.TaskGroup() as tasks:
            voice = tasks.create_task(self._speak(), name="chat voice")
            try:
                await self._forward()
            finally:
                voice.cancel()
        self._cut()

    # -- what the client asks for ---------------------------------------------------------------------------------

    async def start(self, arguments: Sequence[Any]) -> Fields:
        asked = read_start(arguments)
        if not asked.acks:
            self.unacked.off()
        self._wants_audio = asked.audio
        async with self._ordered:  # from here on: a message that comes right behind must not overtake the replay
            state = await self._deps.conversations.get(self.session_id)
            if asked.after is not None:
                await self._replay(asked.after)
        self._spoken_to.set()
        told: Fields = {
            "ok": True,
            "session_id": self.session_id,
            "seq": self._cursor,
            "status": state.status,
            "language": state.language,
            "agent": state.current_agent,
            "max_bytes": self._deps.settings.max_bytes,
        }
        return told if asked.after is not None else told | {"history": history(state)}

    async def message(self, arguments: Sequence[Any]) -> Fields:
        said = read_message(arguments)
        most = self._deps.settings.max_message_chars
        # What is too long is refused before anything goes over its characters one by one.
        text = without_controls(said.text) if len(said.text) <= most else said.text
        turn = text_turn(text, said.message_id, most, field="text")
        with self._taken():
            return await self._in_turn(turn, said.message_id or turn.turn_id)

    async def audio(self, arguments: Sequence[Any]) -> Fields:
        recorded = read_audio(arguments, self._deps.settings.max_bytes)
        turn_id = message_turn_id(recorded.message_id) if recorded.message_id else new_id("turn")
        with self._taken():
            return await self._heard(recorded, turn_id)

    async def _heard(self, recorded: Recorded, turn_id: str) -> Fields:
        stored = await self._deps.store.stored_turn(self.session_id, turn_id)
        if stored is not None:
            turn = TurnInput(turn_id=turn_id, source="speech", text=stored.text)
        else:
            state = await self._deps.conversations.get(self.session_id)
            business = await self._deps.businesses.get(state.business_id)
            heard = await self._deps.speech.hear(recorded.recording, business, state.language, self._expect)
            turn = TurnInput(
                turn_id=turn_id,
                source="speech" if heard.text else "not_heard",
                text=heard.text,
                alternatives=heard.alternatives,
                confidence=heard.confidence,
                attempt=1,
            )
        told = await self._in_turn(turn, recorded.message_id or turn_id)
        return told | {"text": turn.text}

    @contextmanager
    def _taken(self) -> Iterator[None]:
        """One of those that wait, from here to its answer. Raises AppError when no more may come now."""
        self._spoken_to.set()
        if not self._allow():
            text = "Too many messages; wait a few seconds and send this one again."
            raise AppError("rate_limited", text, status=429, retryable=True)
        if self._waiting >= WAITING_MESSAGES:
            text = "Too many messages wait for an answer; send this one again."
            raise AppError("busy", text, status=503, retryable=True)
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    async def _in_turn(self, turn: TurnInput, message_id: str) -> Fields:
        """Run the turn; its words go out as they come, its events as for every other watcher."""
        typing = asyncio.get_running_loop().call_later(TYPING_AFTER_S, self._say_typing)
        number = 0
        done: TurnDone | None = None
        try:
            async with closing(self._deps.conversations.turn(self.session_id, turn)) as outputs:
                async for output in outputs:
                    match output:
                        case Say():
                            await self.send(piece(message_id, number, output.text))
                            number += 1
                        case TurnDone():
                            done = output
        finally:
            typing.cancel()
        assert done is not None, "a turn ends with TurnDone"
        self._expect = done.result.expect
        if done.untold or not done.result.reply:
            await self.send(given_again(message_id, done.result))
        return {"ok": True, "id": message_id, "turn_id": turn.turn_id}

    def _say_typing(self) -> None:
        # lint: naked-create-task: one send, nothing follows from it
        task = asyncio.get_running_loop().create_task(
            self.send(Out("chat:status", {"type": "typing", "from": "agent", "typing": True})), name="chat typing"
        )
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    # -- what reaches the client ----------------------------------------------------------------------------------

    async def send(self, out: Out) -> None:
        key = self.unacked.sent(out, self._deps.clock.mono_ms())
        await self._emit(out.name, out.data, key)

    async def send_again(self, now_ms: float) -> None:
        for key, out in self.unacked.due(now_ms):
            await self._emit(out.name, out.data, key)

    async def tell_problem(self, error: AppError, message_id: str | None = None) -> None:
        await self.send(Out("chat:error", problem(error, message_id)))

    async def _forward(self) -> None:
        """Until the client cannot keep up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(START_WAIT_S):
                await self._spoken_to.wait()
        async for event in self._events:
            if superseded(event, self._held):
                return
            async with self._ordered:
                if event.seq > self._cursor + 1:
                    await self._replay(self._cursor)
                if event.seq > self._cursor:
                    self._cursor = event.seq
                elif event.seq:
                    continue
                out = await self._tell(event)
            if self._wants_audio and out is not None and out.name == "chat:response" and out.data["text"]:
                self._to_speak.put_nowait(out.data)

    async def _tell(self, event: SessionEvent) -> Out | None:
        out = show(event)
        if out is not None:
            await self.send(out)
        return out

    async def _replay(self, after: int) -> None:
        """Send what came after that seq; where it is no longer kept, everything as it is now."""
        events = await self._deps.store.events_after(self.session_id, after)
        if any(superseded(event, self._held) for event in events or ()):
            self._cut()
            return
        if events is None:
            last = await self._deps.store.last_seq(self.session_id)
            state = await self._deps.conversations.get(self.session_id)
            self._cursor = max(self._cursor, last)
            now = state_update(state, state.last_updated).data
            whole = {"type": "resync", "seq": last, "history": history(state), "state": dict(now)}
            await self.send(Out("chat:status", whole, sure=True))
            return
        for event in events:
            self._cursor = max(self._cursor, event.seq)
            await self._tell(event)

    async def _speak(self) -> None:
        """Replies as sound, one after the other, for a client that wants them. One that fails stays text."""
        deps = self._deps
        while True:
            reply = await self._to_speak.get()
            try:
                state = await deps.conversations.get(self.session_id)
                business = await deps.businesses.get(state.business_id)
                audio = await deps.speech.speak(str(reply["text"]), voice_of(business, state.language))
            except AppError as error:
                get_logger("chat").info("reply_not_spoken", code=error.code)
                continue
            await self.send(Out("chat:response", reply | {"audio": audio, "audio_type": "audio/wav"}))
