from __future__ import annotations

from typing import get_args

import pytest

from offhook.contracts.turn import (
    CallAnswered,
    CallEnded,
    HangUp,
    SpeechStarted,
    StartReply,
    StopReply,
    Tick,
    TurnEvent,
)
from offhook.turns.states import FLOOR, INPUT, LIVE, REPLY, ROLES, Floor, Input, Reply, Signal, States, TurnError

TABLES = {"floor": FLOOR, "input": INPUT, "reply": REPLY}


@pytest.mark.parametrize("event", [e for e in get_args(TurnEvent) if e is not Tick])
def test_every_event_from_outside_is_listed_in_every_state_of_its_machine(event: type) -> None:
    table = TABLES[ROLES[event]]
    assert [state.name for state, row in table.items() if event not in row] == []


def test_each_event_moves_one_machine_only() -> None:
    listed = [{event for row in table.values() for event in row} for table in TABLES.values()]
    assert not listed[0] & listed[1] and not listed[0] & listed[2] and not listed[1] & listed[2]


def test_every_state_has_a_row() -> None:
    assert (set(FLOOR), set(INPUT), set(REPLY)) == (set(Floor), set(Input), set(Reply))


@pytest.mark.parametrize(
    ("state", "event", "message"),
    [
        ("floor", HangUp, "HangUp is not listed for floor in state ENDED"),
        ("reply", StartReply, "StartReply is not listed for reply in state THINKING"),
        ("reply", StopReply, "StopReply is not listed for reply in state NONE"),
        ("input", Signal.DIGITS_OVER, "digits_over is not listed for input in state QUIET"),
    ],
)
def test_a_pair_that_no_table_lists_is_an_error_that_names_it(state: str, event: type | Signal, message: str) -> None:
    states = States()
    states.apply(CallAnswered)
    if event is StartReply:
        states.apply(StartReply)
    if state == "floor":
        states.apply(CallEnded)
    with pytest.raises(TurnError, match=message):
        states.apply(event)


def test_the_floor_follows_from_input_and_reply() -> None:
    states = States()
    seen = [states.floor]
    for event in (CallAnswered, StartReply, SpeechStarted, StopReply, Signal.UTTERANCE_OVER, HangUp, CallEnded):
        assert states.apply(event)
        seen.append(states.floor)
    assert seen == [
        Floor.RINGING, Floor.OPEN, Floor.AGENT, Floor.BOTH, Floor.CALLER, Floor.OPEN, Floor.CLOSING, Floor.ENDED,
    ]  # fmt: skip


@pytest.mark.parametrize("floor", [floor for floor in Floor if floor not in LIVE])
def test_outside_a_live_call_input_and_reply_are_deaf(floor: Floor) -> None:
    states = States()
    states.floor = floor
    assert not states.apply(SpeechStarted)
    assert (states.input, states.floor) == (Input.QUIET, floor)
