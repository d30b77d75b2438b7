from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from offhook.api.live_wire import Pinged, Problem, ResumeAsked, Said, read, show
from offhook.contracts.conversation import SessionEvent

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
frames = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["message", "ping", "resume", "pong"]) | json_values,
        "text": json_values,
        "message_id": json_values,
        "after": json_values,
    },
)


@given(st.text() | frames.map(json.dumps))
def test_no_frame_is_an_exception(frame: str) -> None:
    assert isinstance(read(frame), Said | Pinged | ResumeAsked | Problem)


@given(st.text(), st.none() | st.text())
def test_a_message_is_read_as_it_was_sent(text: str, message_id: str | None) -> None:
    frame = json.dumps({"type": "message", "text": text, "message_id": message_id})
    assert read(frame) in (Said(text, message_id), Problem("invalid_json", "The frame is not valid JSON."))


@given(st.integers(0, 2**53 - 1))
def test_a_resume_is_read_as_it_was_sent(after: int) -> None:
    assert read(json.dumps({"type": "resume", "after": after})) == ResumeAsked(after)


def test_the_events_own_fields_cannot_hide_the_common_ones() -> None:
    data = {"type": "x", "seq": 0, "session_id": "y", "timestamp": "z", "more": 1}
    event = SessionEvent(type="notification", session_id="sess_1", timestamp="t", data=data, seq=7)
    assert json.loads(show(event)) == {
        "type": "notification", "session_id": "sess_1", "seq": 7, "timestamp": "t", "more": 1
    }  # fmt: skip


def test_partial_and_latency_have_no_number() -> None:
    for kind in ("partial", "latency"):
        assert "seq" not in json.loads(show(SessionEvent(type=kind, session_id="s", timestamp="t")))
