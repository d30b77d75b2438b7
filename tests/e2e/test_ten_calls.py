"""Ten calls in real time over real sockets and the embedded recogniser, judged by what the database then holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted_calls import make_calls
from ten_callers import STRANGERS, load_callers

pytestmark = pytest.mark.e2e

AT_ONCE = 4
"""As many as two cores understand without falling behind."""
LEAST_RIGHT = 9


def test_ten_calls(tmp_path: Path) -> None:
    """One test, because the calls are made once: at least nine end as wanted, and nothing wrong is ever committed."""
    callers = load_callers()
    voices = {caller.voice for caller in callers}
    assert (len(callers), len(voices), voices & {"", "en", "en-us"}) == (10, 3, set()), "three voices, not the agent's"

    ten = make_calls(tmp_path, callers, AT_ONCE)

    faults = [made.told() for made in ten.made if not made.outcome.answered or made.protocol_faults]
    assert faults == [], "\n".join(faults)
    wrong = [f"{made.told()}\n   booked: {row}" for made in ten.made for row in ten.wrong_rows(made)]
    assert wrong == [], "\n".join(wrong)
    right = ten.right()
    assert len(ten.rows) == len(right), "there is an appointment without a call that asked for it"
    missed = [made.told() for made in ten.made if made not in right]
    assert len(right) >= LEAST_RIGHT, f"{len(right)} of {len(ten.made)} are right ({tmp_path})\n" + "\n".join(missed)


def test_the_strangers_are_others() -> None:
    """What `benchmarks/calls.py` counts must not be what anything was chosen by."""
    known, strangers = load_callers(), load_callers(STRANGERS)
    assert len(strangers) >= 10
    assert len({caller.voice for caller in strangers}) == 3
    assert not {caller.voice for caller in known} & {caller.voice for caller in strangers}
    said = {line for caller in known for line in caller.opens}
    assert not said & {line for caller in strangers for line in caller.opens}
    for caller in strangers:
        caller.script()
