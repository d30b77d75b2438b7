"""The shop desk: what every desk does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from offhook.dialogue.desk import Desk, Reader
from offhook.dialogue.front_desk import front_desk
from offhook.dialogue.guard import INJECTION
from offhook.dialogue.policy import Policy

LANGUAGE_FOLDER = Path(__file__).parent / "language"


def shop_desk(reader: Reader) -> Desk:
    """Raises TemplateError when a template file is wrong."""
    desk = front_desk("shop", reader, Path(__file__).parent)
    # The shop's callers own its book: to ask for a customer's number is their work.
    return replace(desk, policy=Policy(refused=(INJECTION,)))
