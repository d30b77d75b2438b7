"""The shop desk: what every desk does."""

from __future__ import annotations

from pathlib import Path

from offhook.dialogue.desk import Desk, Reader
from offhook.dialogue.front_desk import front_desk


def shop_desk(reader: Reader) -> Desk:
    """Raises TemplateError when a template file is wrong."""
    return front_desk("shop", reader, Path(__file__).parent)
