"""What the clients of a session are told of its turns and its state: the events that are committed with them."""

from __future__ import annotations

import msgspec

from offhook.contracts.conversation import (
    HIDDEN,
    MEMORY_CLAIMED,
    ConversationState,
    CustomerRef,
    SessionEvent,
    SlotValue,
    TurnDone,
    TurnInput,
    TurnResult,
    generation,
)
from offhook.dialogue.desk import caller_of
from offhook.session.parts import parts_events


def turn_events(turn: TurnInput, done: TurnDone, timestamp: str) -> list[SessionEvent]:
    events: list[SessionEvent] = []
    state, result = done.state, done.result
    if turn.text and turn.source in ("text", "speech", "dtmf"):
        words = HIDDEN if result.secret else turn.text
        events.append(_transcript(state, "user", words, result, timestamp))
    events += parts_events(state.session_id, result.parts, timestamp)
    if result.reply:
        events.append(_transcript(state, "assistant", result.reply, result, timestamp))
    events.append(state_update(state, timestamp))
    return events


def state_update(state: ConversationState, timestamp: str) -> SessionEvent:
    """The `state_update` event that shows `state` to a client."""
    data: dict[str, SlotValue] = {
        "current_agent": state.current_agent,
        "intent": state.detected_intent,
        "confidence": state.confidence,
        "status": state.status,
        "customer": msgspec.to_builtins(shown_customer(state)),
        "booking_slots": msgspec.to_builtins(state.booking_slots),
        "pending_tasks": msgspec.to_builtins(state.pending_tasks),
    }
    joins = generation(state)
    if joins:
        data["generation"] = joins
    return SessionEvent(type="state_update", session_id=state.session_id, timestamp=timestamp, data=data)


def shown_customer(state: ConversationState) -> CustomerRef:
    """The customer as clients of the session see them: a number proves nothing, anybody can give one. What the book
    knows of its owner stays inside until the caller has proved to be them."""
    if caller_of(state).verified:
        return state.customer
    if state.customer.customer_id is not None and state.desk_memory.get(MEMORY_CLAIMED):
        return CustomerRef(phone=state.customer.phone)
    return msgspec.structs.replace(state.customer, email=None, vehicles=[])


def superseded(event: SessionEvent, held: int | None) -> bool:
    """Whether the event tells that a token of the generation `held` opens the session no more. None: none is held."""
    newest = event.data.get("generation") if event.type == "state_update" else None
    return held is not None and isinstance(newest, int) and newest > held


def _transcript(state: ConversationState, role: str, content: str, result: TurnResult, timestamp: str) -> SessionEvent:
    data: dict[str, SlotValue] = {
        "role": role,
        "content": content,
        "agent_type": result.agent,
        "final": True,
        "turn_id": result.turn_id,
    }
    return SessionEvent(type="transcript", session_id=state.session_id, timestamp=timestamp, data=data)
