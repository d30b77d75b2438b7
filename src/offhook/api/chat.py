"""`POST /api/chat`: one message in, one reply out. The hot route: no response model, no work beside the turn."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import require_newest, visitor
from offhook.api.answers import as_json
from offhook.api.bodies import known_id, read_body
from offhook.api.deps import ApiDeps
from offhook.api.docs import described
from offhook.channels.typed import text_turn
from offhook.contracts.conversation import (
    BookingSlots,
    CommandDone,
    ConversationState,
    Judge,
    Say,
    SessionEvent,
    SlotValue,
    TurnDone,
    TurnInput,
    TurnResult,
    anybody,
)
from offhook.kit.closing import closing


class ChatMessage(msgspec.Struct, kw_only=True):
    session_id: str
    message: str
    message_id: str | None = None
    """The client's own id of the message; the same one again returns the stored reply and runs nothing."""


class ChatReply(msgspec.Struct, kw_only=True):
    session_id: str
    turn_id: str
    reply: str
    agent: str
    intent: str | None
    confidence: float
    language: str
    source: str
    """template, rules or llm: who made the reply."""
    commands: list[CommandDone]
    booking_slots: BookingSlots
    pending_tasks: list[dict[str, SlotValue]]
    latency_ms: float


KINDS = (ChatMessage, ChatReply)
_EXAMPLE = {
    "session_id": "sess_01KDV00000000000000000000A",
    "message": "I'd like an oil change tomorrow at ten",
    "message_id": "m1",
}


def router(deps: ApiDeps) -> APIRouter:
    routes = APIRouter(tags=["chat"])

    @routes.post(
        "/api/chat",
        openapi_extra=described(
            who="session", body=ChatMessage, example=_EXAMPLE, answers=ChatReply, errors=[404, 409]
        ),
        summary="Say something, get the reply",
    )
    async def chat(request: Request) -> Response:
        """The same `message_id` again returns the stored reply and does nothing."""
        began = time.perf_counter()
        who = visitor(request, deps)
        who.require_any()
        body = await read_body(request, ChatMessage)
        who.require_session(known_id(body.session_id, "This session"))
        turn = text_turn(body.message, body.message_id, deps.settings.max_message_chars)
        done = await run_turn(deps, body.session_id, turn, judge=lambda state: require_newest(state, who.held))
        latency_ms = round((time.perf_counter() - began) * 1000, 2)
        tell_latency(deps, body.session_id, done.result, latency_ms)
        return as_json(reply_of(body.session_id, done.result, done.state, latency_ms))

    return routes


async def run_turn(
    deps: ApiDeps,
    session_id: str,
    turn: TurnInput,
    on_text: Callable[[str], Awaitable[None]] | None = None,
    judge: Judge = anybody,
) -> TurnDone:
    """Run the turn to its end; `on_text` gets the pieces of the reply as they are made."""
    done: TurnDone | None = None
    async with closing(deps.conversations.turn(session_id, turn, judge=judge)) as outputs:
        async for output in outputs:
            match output:
                case TurnDone():
                    done = output
                case Say(text=text) if on_text is not None:
                    await on_text(text)
    assert done is not None, "a turn ends with TurnDone"
    return done


def tell_latency(deps: ApiDeps, session_id: str, result: TurnResult, total_ms: float) -> None:
    """The `latency` event of a typed turn, for those who watch the session. No speech: those parts are null."""
    think_ms = round(result.think_ms, 2)
    parts: dict[str, SlotValue] = {
        "stt_ms": None,
        "llm_ms": think_ms if result.source == "llm" else None,
        "tts_ms": None,
        "total_ms": total_ms,
        "endpoint_ms": None,
        "think_ms": think_ms,
    }
    at = deps.clock.now().astimezone(UTC).isoformat(timespec="milliseconds")
    deps.store.publish(SessionEvent(type="latency", session_id=session_id, timestamp=at, data={"data": parts}))


def reply_of(session_id: str, result: TurnResult, state: ConversationState, latency_ms: float) -> ChatReply:
    return ChatReply(
        session_id=session_id,
        turn_id=result.turn_id,
        reply=result.reply,
        agent=result.agent,
        intent=result.intent,
        confidence=result.confidence,
        language=result.language,
        source=result.source,
        commands=result.commands,
        booking_slots=state.booking_slots,
        pending_tasks=state.pending_tasks,
        latency_ms=latency_ms,
    )
