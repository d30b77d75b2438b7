"""A desk's list of tools is checked when the desk is built."""

from __future__ import annotations

from dataclasses import replace

import pytest

from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.dealership.tools.book_appointment import book_appointment
from support.scripted_reader import ScriptedReader


def test_two_tools_of_one_name_are_refused() -> None:
    desk = dealership_desk(ScriptedReader())
    with pytest.raises(ValueError, match="two tools of one name"):
        replace(desk, tools=(book_appointment, book_appointment))


def test_a_tool_that_writes_needs_an_agent_that_does_it() -> None:
    desk = dealership_desk(ScriptedReader())
    for intent in ("", "nobody.does_this"):
        with pytest.raises(ValueError, match="no agent takes"):
            replace(desk, tools=(replace(book_appointment, intent=intent),))
