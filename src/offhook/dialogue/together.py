"""Which commands of one sentence are carried out at the same time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from offhook.understanding.model import Command

AT_ONCE = 3
"""As many as background tasks of a session."""


def together(
    todo: Sequence[Command], apart: Callable[[Command, Command], bool]
) -> tuple[tuple[Command, ...], tuple[Command, ...]]:
    """(the first command and those behind it that need not wait for it, what is left), each in the order given.

    `apart`: whether neither of two commands changes what the other is about. Nothing overtakes a command that it is not
    apart from.
    """
    now, left = [todo[0]], list[Command]()
    for command in todo[1:]:
        if len(now) < AT_ONCE and all(apart(command, other) for other in (*now, *left)):
            now.append(command)
        else:
            left.append(command)
    return tuple(now), tuple(left)
