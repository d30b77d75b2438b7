"""What people type, by whichever door it comes: cleaned before anything else sees it, and made a turn."""

from __future__ import annotations

import unicodedata

from offhook.contracts.conversation import TurnInput
from offhook.contracts.errors import Invalid
from offhook.kit.ids import new_id

_TURNS_TEXT = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Bidirectional embeddings, overrides and isolates: they show a text in another order than it has."""
_KEPT_CONTROLS = "\n\t\r"
TURN_OF_MESSAGE = "msg:"
"""Before the client's own id of a message, in the id of its turn."""


def clean_text(text: str, name: str, most: int) -> str:
    """The text without surrounding space. Raises Invalid if it is empty, too long, or carries control characters."""
    if len(text) > most:
        raise Invalid(f"{name} is too long.", {name: f"at most {most} characters"})
    if any(_is_control(c) for c in text):
        raise Invalid(f"{name} has control characters.", {name: "must not have control characters"})
    stripped = text.strip()
    if not stripped or all(unicodedata.category(c) == "Cf" for c in stripped):
        raise Invalid(f"{name} must not be empty.", {name: "must not be empty"})
    return stripped


def without_controls(text: str) -> str:
    """For doors that rather lose a control character than the message."""
    return "".join(c for c in text if not _is_control(c))


def message_turn_id(message_id: str) -> str:
    """The id of the turn that a client's message makes. Raises Invalid."""
    if not 0 < len(message_id) <= 128 or not message_id.isprintable():
        raise Invalid("message_id cannot be used.", {"message_id": "1 to 128 printable characters"})
    return TURN_OF_MESSAGE + message_id


def text_turn(message: str, message_id: str | None, most: int, *, field: str = "message") -> TurnInput:
    """A typed message as a turn. Raises Invalid; `field` is what the door that it came by calls it."""
    text = clean_text(message.translate(_TURNS_TEXT), field, most)
    turn_id = new_id("turn") if message_id is None else message_turn_id(message_id)
    return TurnInput(turn_id=turn_id, source="text", text=text)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Co") and character not in _KEPT_CONTROLS
