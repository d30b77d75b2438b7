from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.channels.whatsapp.wire import Reported, Written, challenge, is_genuine, told

SECRET = "test-app-secret"


def test_the_signature_is_of_the_bytes_themselves() -> None:
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    signature = "sha256=c84a394cc475525991e78ff16e430b02e47f953877d2af0ade26956ce6f384dc"
    assert is_genuine(signature, SECRET, body)
    assert not is_genuine(signature, SECRET, body + b" ")
    assert not is_genuine(signature, "another", body)
    assert not is_genuine(None, SECRET, body)
    assert not is_genuine("sha256=é", SECRET, body)


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": "T", "hub.challenge": "123"}, "123"),
        ({"hub.mode": "subscribe", "hub.verify_token": "t", "hub.challenge": "123"}, None),
        ({"hub.mode": "other", "hub.verify_token": "T", "hub.challenge": "123"}, None),
        ({}, None),
    ],
)
def test_the_challenge_is_answered_to_who_knows_the_token(query: dict[str, str], answer: str | None) -> None:
    assert challenge(query, "T") == answer


def of(value: object) -> bytes:
    change = {"field": "messages", "value": value}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "W", "changes": [change]}]}).encode()


def test_reports_and_messages_are_read_in_order() -> None:
    value = {
        "metadata": {"phone_number_id": "123"},
        "statuses": [
            {"id": "wamid.1", "status": "delivered", "biz_opaque_callback_data": "msg_1", "pricing": {}},
            {"id": "wamid.2", "status": "failed", "errors": [{"code": 131026, "title": "x"}]},
            {"id": "wamid.3", "status": "played"},
            {"id": "wamid.4", "status": "something new"},
            {"status": "read"},
        ],
        "messages": [
            {"from": "919999944401", "id": "wamid.5", "type": "text", "text": {"body": "band karo"}},
            {"from": "919999944401", "id": "wamid.6", "type": "image", "image": {}},
            {"from": "919999944401", "id": "wamid.8", "timestamp": "1795000000", "button": {"text": "Stop"}},
            {"from": "919999944401", "id": "wamid.9", "interactive": {"button_reply": {"id": "a", "title": "Cancel"}}},
            {"from": "919999944401", "id": "wamid.a", "interactive": {"list_reply": {"id": "a", "title": "Yes"}}},
            {"from": "not a number", "id": "wamid.7", "type": "text", "text": {"body": "x"}},
        ],
    }
    assert told(of(value)) == [
        Reported("msg_1", "wamid.1", "delivered"),
        Reported("", "wamid.2", "failed", "WhatsApp error 131026"),
        Reported("", "wamid.3", "read"),
        Written("+919999944401", "band karo", "wamid.5"),
        Written("+919999944401", "", "wamid.6"),
        Written("+919999944401", "Stop", "wamid.8", datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)),
        Written("+919999944401", "Cancel", "wamid.9"),
        Written("+919999944401", "Yes", "wamid.a"),
    ]


KEYS = (
    "entry",
    "changes",
    "value",
    "statuses",
    "messages",
    "id",
    "status",
    "from",
    "text",
    "errors",
    "timestamp",
    "interactive",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_whatever_comes_is_read_or_refused(document: object) -> None:
    body = json.dumps(document).encode()
    if isinstance(document, dict):
        told(body)
    else:
        with pytest.raises(ValueError, match="JSON"):
            told(body)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON"):
        told(b"{")
