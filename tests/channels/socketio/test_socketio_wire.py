from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.audio.wav import wav_bytes
from offhook.channels.socketio.wire import (
    HISTORY,
    Said,
    Start,
    given_again,
    history,
    piece,
    problem,
    read_audio,
    read_message,
    read_start,
    read_typing,
    show,
)
from offhook.contracts.conversation import ConversationState, Message, SessionEvent, TurnResult
from offhook.contracts.errors import AppError, Invalid

WAV = wav_bytes(16_000, b"\1\0" * 16_000)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMED = st.dictionaries(
    st.sampled_from(["after", "audio", "acks", "text", "id", "rate", "typing"]), ANYTHING, max_size=5
)


def event(kind: str, seq: int = 7, **data: Any) -> SessionEvent:
    return SessionEvent(type=kind, session_id="sess_1", timestamp="2026-11-25T09:00:00+00:00", data=data, seq=seq)


def test_a_start() -> None:
    assert read_start(()) == read_start((None,)) == read_start(({},)) == Start()
    assert read_start(({"after": 3, "audio": True, "acks": False},)) == Start(3, True, False)


@pytest.mark.parametrize("bad", [{"after": -1}, {"after": True}, {"after": "3"}, {"after": 2**60}, {"audio": 1}, [], 5])
def test_a_start_that_cannot_be_used(bad: object) -> None:
    with pytest.raises(Invalid):
        read_start((bad,))


def test_a_message() -> None:
    assert read_message(({"id": "m1", "text": "hello"},)) == Said("hello", "m1")
    assert read_message(({"text": "hello"}, "more")) == Said("hello", None)


@pytest.mark.parametrize("carried", [WAV, {"audio": WAV}, {"audio": base64.b64encode(WAV).decode()}])
def test_a_recording_as_bytes_or_base64(carried: object) -> None:
    assert read_audio((carried,), 1_000_000).recording.rate_hz == 16_000


@pytest.mark.parametrize("carried", [bytes(1001), {"audio": bytes(1001), "rate": 8_000}, {"audio": "A" * 3_000}])
def test_a_recording_that_is_too_large(carried: object) -> None:
    with pytest.raises(AppError) as refused:
        read_audio((carried,), 1_000)
    assert refused.value.code == "too_large"


@given(st.lists(ANYTHING | NAMED, max_size=3))
def test_nothing_a_client_sends_is_anything_but_refused(arguments: list[Any]) -> None:
    for read in (read_start, read_message, read_typing, lambda given: read_audio(given, 1_000)):
        try:
            read(arguments)  # type: ignore[operator]
        except AppError as refused:
            assert problem(refused)["code"] in ("invalid", "too_large")


def test_events_as_the_chat_gets_them() -> None:
    reply = show(event("transcript", role="assistant", content="At six.", agent_type="faq", turn_id="msg:m1"))
    assert reply is not None
    assert (reply.name, reply.sure) == ("chat:response", True)
    assert reply.data == {
        "id": "m1", "text": "At six.", "final": True, "agent": "faq", "seq": 7, "at": "2026-11-25T09:00:00+00:00",
    }  # fmt: skip
    said = show(event("transcript", role="user", content="until when", agent_type="faq", turn_id="msg:m1"))
    assert said is not None
    assert said.data["type"] == "message"
    assert said.data["text"] == "until when"
    state = show(event("state_update", current_agent="faq"))
    assert state is not None
    assert (state.name, state.sure, state.data["current_agent"]) == ("chat:status", False, "faq")
    task = show(event("TASK_COMPLETED", task_id="task_1"))
    assert task is not None
    assert task.data["type"] == "TASK_COMPLETED"
    wrong = show(event("error", code="busy", message="later"))
    assert wrong is not None
    assert wrong.name == "chat:error"
    assert show(event("latency", 0)) is None
    assert show(event("partial", 0)) is None


def test_a_piece_has_no_seq_and_the_whole_reply_follows() -> None:
    assert piece("m1", 0, "At ").data == {"id": "m1", "text": "At ", "final": False, "n": 0}
    assert given_again("m1", TurnResult(turn_id="msg:m1", reply="At six.", agent="faq")).data["final"] is True


def test_history_is_the_newest_messages() -> None:
    messages = [Message(role="user", content=str(n), at="", turn_id=f"msg:{n}") for n in range(HISTORY + 5)]
    state = ConversationState(session_id="s", business_id="b", desk="sales", channel="socketio", messages=messages)
    assert [one["id"] for one in history(state)] == [str(n) for n in range(5, HISTORY + 5)]
