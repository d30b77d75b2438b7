"""Whole sentences against tables: the working set row by row, the held-out set as rates."""

from __future__ import annotations

import pytest

from offhook.understanding.decide import WRITES
from offhook.understanding.model import Context, Understanding
from support.understanding_tables import Values, commands, context_of, rows, values
from support.understanding_world import UNDERSTANDER, booking, times_of, world

_HELD_OUT = "heldout"


def _files(kind: str) -> list[str]:
    return [f"{kind}_dev.txt", *(f"{kind}_dev{n}.txt" for n in range(2, 6) if (kind, n) in _PARTS)]


_PARTS = {("dates", 2), ("dates", 3), ("sentences", 2), ("sentences", 3), ("sentences", 4)}


def _all(kind: str) -> list[list[str]]:
    return [row for name in _files(kind) for row in rows(name)]


def _times(text: str) -> Values:
    return times_of(text, world(hours=False))


def _decided(result: Understanding) -> str:
    return result.decision + (f" {result.ask}" if result.ask else "")


def _said(result: Understanding) -> list[tuple[str, Values]]:
    return [(command.intent, command.slots) for command in result.commands]


@pytest.mark.parametrize(("text", "expected"), _all("dates"))
def test_times_are_read_as_said(text: str, expected: str) -> None:
    assert _times(text) == values(expected)


@pytest.mark.parametrize(("text", "decision", "expected"), _all("sentences"))
def test_sentences_become_commands(text: str, decision: str, expected: str) -> None:
    result = UNDERSTANDER.understand(text, world())
    assert (_decided(result), _said(result)) == (decision, commands(expected))


@pytest.mark.parametrize(("asked", "held", "text", "decision", "expected"), _all("context"))
def test_answers_are_read_in_their_context(asked: str, held: str, text: str, decision: str, expected: str) -> None:
    slots = {slot: str(value) for slot, value in values(held).items()}
    result = UNDERSTANDER.understand(text, world(), booking(asked, **slots))
    assert (_decided(result), _said(result)) == (decision, commands(expected))


@pytest.mark.parametrize("text", [row[0] for name in ("unrelated.txt", "unrelated2.txt") for row in rows(name)])
def test_other_trades_are_no_command(text: str) -> None:
    intents = {command.intent for command in UNDERSTANDER.understand(text, world(), Context()).commands}
    assert intents <= {"out_of_scope", "smalltalk", "greet"}


def test_held_out_times_keep_their_rate() -> None:
    table = rows(f"dates_{_HELD_OUT}.txt")
    read = [(_times(text), values(expected)) for text, expected in table]
    right = sum(found == expected for found, expected in read)
    silent = sum(
        found != expected and bool(found) and not any(key.startswith("!") for key in found) for found, expected in read
    )
    assert right >= 0.92 * len(table)
    assert silent <= 0.05 * len(table)


def test_held_out_sentences_keep_their_rate() -> None:
    table = rows(f"sentences_{_HELD_OUT}.txt")
    results = [
        (UNDERSTANDER.understand(text, world()), decision, commands(expected)) for text, decision, expected in table
    ]
    intents = sum(
        [intent for intent, _ in _said(result)] == [intent for intent, _ in expected] for result, _, expected in results
    )
    slots = sum(_said(result) == expected for result, _, expected in results)
    assert intents >= 0.85 * len(table)
    assert slots >= 0.8 * len(table)


def test_held_out_sentences_write_nothing_wrong() -> None:
    """A booking, move or cancel that would be carried out at once must be the one that was asked for."""
    wrong = []
    for text, _, expected in rows(f"sentences_{_HELD_OUT}.txt"):
        result = UNDERSTANDER.understand(text, world())
        if result.decision == "execute" and _said(result) != commands(expected):
            wrong.append((text, _said(result)))
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("name", ["dates_public.txt", *(f"dates_public{n}.txt" for n in range(2, 9))])
def test_times_of_public_kinds_keep_their_rate(name: str) -> None:
    table = rows(name)
    right = sum(_times(text) == values(expected) for text, expected in table)
    assert right >= 0.9 * len(table)


def test_sentences_of_public_kinds_keep_their_rate() -> None:
    table = rows("sentences_public.txt")
    results = [
        (UNDERSTANDER.understand(text, world(), context_of(context)), decision, commands(expected))
        for context, text, decision, expected in table
    ]
    assert sum(_said(result) == expected for result, _, expected in results) >= 0.97 * len(table)
    assert sum(_decided(result) == decision for result, decision, _ in results) >= 0.97 * len(table)
    executed = [(_said(result), expected) for result, _, expected in results if _writes(result)]
    assert [said for said, expected in executed if said != expected] == []


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("sentences_public5.txt", 0.92),
        ("sentences_public6.txt", 0.84),
        ("sentences_public7.txt", 0.9),
        ("sentences_public8.txt", 0.82),
        ("sentences_heldout2.txt", 0.9),
        ("sentences_public9.txt", 0.8),
        ("sentences_public10.txt", 0.85),
        ("sentences_public11.txt", 0.72),
        ("sentences_heldout3.txt", 0.72),
        ("sentences_heldout4.txt", 0.8),
        ("sentences_public13.txt", 0.92),
        ("sentences_heldout5.txt", 0.82),
        ("sentences_heldout6.txt", 0.88),
        ("sentences_public14.txt", 0.8),
        ("sentences_public15.txt", 0.95),
        ("sentences_heldout7.txt", 0.8),
        ("sentences_heldout8.txt", 0.89),
        ("sentences_heldout9.txt", 0.91),
        ("sentences_heldout10.txt", 0.91),
        ("sentences_heldout11.txt", 0.93),
        ("sentences_heldout12.txt", 0.79),
        ("sentences_heldout13.txt", 0.91),
        ("sentences_heldout14.txt", 0.91),
        ("sentences_heldout15.txt", 0.91),
        ("sentences_heldout16.txt", 0.93),
        ("sentences_heldout17.txt", 0.93),
    ],
)
def test_sentences_in_other_voices_keep_their_rate(name: str, least: float) -> None:
    table = rows(name)
    results = [
        (UNDERSTANDER.understand(text, world(), context_of(context)), decision, commands(expected))
        for context, text, decision, expected in table
    ]
    assert sum(_said(result) == expected for result, _, expected in results) >= least * len(table)
    assert sum(_decided(result) == decision for result, decision, _ in results) >= least * len(table)
    assert sum(_writes(result) and _said(result) != expected for result, _, expected in results) <= max(
        1, len(table) // 200
    )


def _writes(result: Understanding) -> bool:
    return result.decision == "execute" and any(command.intent in WRITES for command in result.commands)
