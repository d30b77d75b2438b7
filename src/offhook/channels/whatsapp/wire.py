"""WhatsApp Cloud API's webhook: who sends it, and what it tells. Pure.

Meta signs the bytes of the body (`X-Hub-Signature-256: sha256=…`, HMAC with the app's secret); reports come late, twice
and out of order, and unknown fields at any time.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from offhook.contracts.messaging import MessageState

SIGNATURE_HEADER = "X-Hub-Signature-256"
_STATES: dict[str, MessageState] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a message of ours."""

    message_id: str
    """Ours, "" where it did not come back."""
    reference: str
    state: MessageState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody wrote to us."""

    sender: str
    """E.164."""
    text: str
    reference: str
    written_at: datetime | None = None


def is_genuine(signature: str | None, secret: str, body: bytes) -> bool:
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return signature is not None and hmac.compare_digest(signature.encode(), expected.encode())


def challenge(query: dict[str, str], token: str) -> str | None:
    """The answer that Meta wants when the webhook is set up; None where the token is wrong."""
    given = query.get("hub.verify_token", "")
    if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(given.encode(), token.encode()):
        return None
    return query.get("hub.challenge", "")


def told(body: bytes) -> list[Reported | Written]:
    """Everything of the body that concerns us, in order. Raises ValueError for what is no JSON object."""
    try:
        document = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise ValueError("the body is not JSON") from error
    if not isinstance(document, dict):
        raise ValueError("the body is no JSON object")
    found: list[Reported | Written] = []
    for entry in _objects(document.get("entry")):
        for change in _objects(entry.get("changes")):
            value = change.get("value")
            if isinstance(value, dict):
                found += _reports(value)
                found += _messages(value)
    return found


def _reports(value: dict[str, Any]) -> Iterator[Reported]:
    for status in _objects(value.get("statuses")):
        state = _STATES.get(str(status.get("status")))
        reference = str(status.get("id") or "")
        if state is not None and reference:
            codes = [str(error.get("code")) for error in _objects(status.get("errors"))]
            reason = f"WhatsApp error {codes[0]}" if codes else ""
            yield Reported(str(status.get("biz_opaque_callback_data") or ""), reference, state, reason)


def _messages(value: dict[str, Any]) -> Iterator[Written]:
    for message in _objects(value.get("messages")):
        sender, body = str(message.get("from") or ""), _words(message)
        if sender.isascii() and sender.isdigit() and 7 <= len(sender) <= 15:
            yield Written(
                f"+{sender}", body[:_LONGEST], str(message.get("id") or ""), _moment(message.get("timestamp"))
            )


def _words(message: dict[str, Any]) -> str:
    """What was typed; or the words on the button that was pressed, under a template or in a message with choices."""
    for kind, name in (("text", "body"), ("button", "text")):
        part = message.get(kind)
        if isinstance(part, dict):
            return str(part.get(name) or "")
    choice = message.get("interactive")
    if isinstance(choice, dict):
        for kind in ("button_reply", "list_reply"):
            part = choice.get(kind)
            if isinstance(part, dict):
                return str(part.get("title") or "")
    return ""


def _moment(stamp: object) -> datetime | None:
    """Seconds since 1970, in digits."""
    text = str(stamp)
    return datetime.fromtimestamp(int(text), UTC) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def _objects(items: object) -> Iterable[dict[str, Any]]:
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
