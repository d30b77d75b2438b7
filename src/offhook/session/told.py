"""What the clients of a session are told of its turns and its state: the events that are committed with them."""

from __future__ import annotations

import msgspec

from offhook.contracts.conversation import (
    HIDDEN,
    ConversationState,
    CustomerRef,
    SessionEvent,
    SlotValue,
    TurnDone,
    TurnInput,
    TurnResult,
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
    return SessionEvent(type="state_update", session_id=state.session_id, timestamp=timestamp, data=data)


def shown_customer(state: ConversationState) -> CustomerRef:
    """The customer as clients of the session see them: a number proves nothing, anybody can give one. What the book
    knows of its owner stays inside until the caller has proved to be them."""
    if caller_of(state).verified:
        return state.customer
    return msgspec.structs.replace(state.customer, email=None, vehicles=[])


def _transcript(state: ConversationState, role: str, content: str, result: TurnResult, timestamp: str) -> SessionEvent:
    data: dict[str, SlotValue] = {
        "role": role,
        "content": content,
        "agent_type": result.agent,
        "final": True,
        "turn_id": result.turn_id,
    }
    return SessionEvent(type="transcript", session_id=state.session_id, timestamp=timestamp, data=data)
