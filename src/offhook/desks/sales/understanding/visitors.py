"""Who writes, where it is nobody that buys: somebody who looks for work or sells to us, a customer whose thing does not
work, somebody who only jokes. What they leave (a number, a name) makes no enquiry. Pure."""

from __future__ import annotations

from offhook.desks.sales.understanding.words import Marked

OTHER = "visitor.other"
WHY = "why"
"""Slot of `visitor.other`."""
WORK, SELLS, SUPPORT, JOKES = "work", "sells", "support", "jokes"


def no_buyer(marked: Marked) -> str | None:
    """Why it is none of a buyer; None for everybody else."""
    if marked.anywhere("wants_work") is not None:
        return WORK
    if marked.anywhere("sells_to_us") is not None and not marked.items:
        return SELLS
    if marked.anywhere("wants") is None:
        trouble, ours = marked.anywhere("trouble"), marked.anywhere("customer_already")
        if ours is not None or (trouble is not None and marked.items):
            return SUPPORT
    return JOKES if marked.anywhere("jokes") is not None else None
