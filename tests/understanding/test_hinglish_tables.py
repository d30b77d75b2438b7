"""Hinglish and Hindi sentences against tables: the working set row by row, the held-out set as rates."""

from __future__ import annotations

import msgspec
import pytest

from offhook.understanding.model import Understanding
from support.understanding_tables import Values, commands, context_of, rows
from support.understanding_world import UNDERSTANDER, india, table_context, times_of

_WRITES = {"confirm", "correct", "service.book", "testdrive.book", "appointment.reschedule", "appointment.cancel"}


def _working() -> list[list[str]]:
    return [row for number in ("", *range(2, 10)) for row in rows(f"hinglish_dev{number}.txt")]


def _read(asked: str, held: str, text: str) -> Understanding:
    return UNDERSTANDER.understand(text, india(), table_context(asked, held))


def _decided(result: Understanding) -> str:
    return result.decision + (f" {result.ask}" if result.ask else "")


def _said(result: Understanding) -> list[tuple[str, Values]]:
    return [(command.intent, command.slots) for command in result.commands]


@pytest.mark.parametrize(("asked", "held", "text", "decision", "expected"), _working())
def test_hinglish_becomes_commands(asked: str, held: str, text: str, decision: str, expected: str) -> None:
    result = _read(asked, held, text)
    assert (_decided(result), _said(result)) == (decision, commands(expected))


@pytest.mark.parametrize(
    ("context", "text", "decision", "expected"), [*rows("hinglish_twins.txt"), *rows("hinglish_twins2.txt")]
)
def test_hinglish_becomes_what_its_english_twin_does(context: str, text: str, decision: str, expected: str) -> None:
    result = UNDERSTANDER.understand(text, india(), context_of(context))
    assert (_decided(result), _said(result)) == (decision, commands(expected))


@pytest.mark.parametrize("name", ["hinglish_heldout.txt", "hinglish_heldout3.txt", "hinglish_heldout4.txt"])
def test_held_out_hinglish_keeps_its_rate(name: str) -> None:
    table = rows(name)
    results = [(_read(*row[:3]), row[3], commands(row[4])) for row in table]
    intents = sum([i for i, _ in _said(r)] == [i for i, _ in wanted] for r, _, wanted in results)
    slots = sum(_said(result) == wanted for result, _, wanted in results)
    decisions = sum(_decided(result) == decision for result, decision, _ in results)
    assert intents >= 0.95 * len(table)
    assert slots >= 0.9 * len(table)
    assert decisions >= 0.9 * len(table)


@pytest.mark.parametrize(
    "name",
    [
        "hinglish_heldout5.txt",
        "hinglish_heldout6.txt",
        "hinglish_heldout7.txt",
        "hinglish_heldout8.txt",
        "hinglish_heldout9.txt",
        "hinglish_heldout11.txt",
        "hinglish_heldout13.txt",
        "hinglish_dev11.txt",
    ],
)
def test_hinglish_in_other_voices_keeps_its_rate(name: str) -> None:
    table = rows(name)
    results = [(_read(*row[:3]), row[3], commands(row[4])) for row in table]
    assert sum([i for i, _ in _said(r)] == [i for i, _ in wanted] for r, _, wanted in results) >= 0.94 * len(table)
    assert sum(_said(result) == wanted for result, _, wanted in results) >= 0.88 * len(table)
    assert sum(_decided(result) == decision for result, decision, _ in results) >= 0.87 * len(table)


def test_held_out_hinglish_writes_nothing_wrong() -> None:
    wrong = []
    tables = ("hinglish_heldout.txt", *(f"hinglish_heldout{n}.txt" for n in range(2, 9)))
    for asked, held, text, _, expected in (row for name in tables for row in rows(name)):
        result = _read(asked, held, text)
        writes = any(command.intent in _WRITES for command in result.commands)
        if writes and result.decision == "execute" and _said(result) != commands(expected):
            wrong.append((text, _said(result)))
    assert not wrong


@pytest.mark.parametrize(
    ("table", "least"),
    [
        ("hinglish_dates.txt", 0.95),
        ("hinglish_dates2.txt", 0.95),
        ("hinglish_dates3.txt", 0.9),
        ("hinglish_dates4.txt", 0.95),
        ("hinglish_dates5.txt", 0.9),
        ("hinglish_dates_heldout.txt", 0.9),
    ],
)
def test_days_and_times_mean_what_their_english_twins_mean(table: str, least: float) -> None:
    here = msgspec.structs.replace(india(), hours=())
    twins = [(times_of(hinglish, here), times_of(english, here)) for hinglish, english in rows(table)]
    same = sum(hinglish == english for hinglish, english in twins)
    assert same >= least * len(twins)


def test_the_language_is_told() -> None:
    assert _read("-", "", "kal subah oil change karwana hai").language == "hi-Latn"
    assert _read("-", "", "कल सुबह ऑयल चेंज करवाना है").language == "hi"
    assert _read("-", "", "book an oil change for tomorrow").language == "en"


def test_other_trades_in_hinglish_are_seldom_commands() -> None:
    table = [row[0] for row in rows("unrelated_hinglish.txt")]
    kept = {"out_of_scope", "smalltalk", "greet"}
    taken = [text for text in table if {c.intent for c in _read("-", "", text).commands} - kept]
    assert len(taken) <= 0.05 * len(table), taken
