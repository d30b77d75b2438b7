"""Callers who know what they want, from `calls/*.yaml`, and what the database should hold when they have hung up.

A file says how the caller opens the call and how he words each thing he may be asked; what everybody does (agree to the
right read-back, say no to a wrong one, repeat when not understood, say goodbye) is here. The caller never helps the
agent beyond that: a wrong read-back gets a bare "no".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from offhook.callers.script import Script, Step

MOST_REPEATS = 4
CALLS = Path(__file__).parent / "calls"
STRANGERS = Path(__file__).parent / "strangers"
"""Others, with other voices and wordings, that nothing was ever chosen by; `benchmarks/calls.py` counts them."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    service: str
    starts_at: str
    """Local time of the business, ISO 8601 with offset."""
    phone: str

    def is_booked_by(self, row: dict[str, object]) -> bool:
        starts_at = datetime.fromisoformat(str(row["starts_at"])).replace(tzinfo=UTC)
        return (
            row["service_name"] == self.service
            and starts_at == datetime.fromisoformat(self.starts_at)
            and row["customer_phone"] == self.phone
            and row["status"] == "booked"
        )


class Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The caller's words for what he may be asked: how he says it first, and how he puts it when asked again."""

    all: list[str]
    """Everything in one sentence, for when he has to begin again."""
    service: list[str]
    day: list[str]
    time: list[str]
    day_and_time: list[str]
    name: list[str]
    phone: tuple[str, ...] = ("My number is on your display.",)


class Caller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    voice: str
    from_number: str = msgspec.field(name="from")
    """"" for a withheld number."""
    opens: list[str]
    """Said in this order, each when it is his turn, unless he is asked something."""
    read_back: str
    """What the agent says of service and time when it has them right; a regular expression."""
    right: list[str]
    """Single things that are right when the agent asks "did you say …?"; regular expressions."""
    answers: Answers
    changes: dict[str, str] = {}
    """Once each: words of the agent -> what the caller says to them, before anything else is considered."""
    wanted: Wanted

    def script(self) -> Script:
        answers = self.answers
        right = "|".join((self.read_back, *self.right))
        number = "" if self.from_number else ".*" + _digits(self.wanted.phone)
        steps = [
            *(Step(when=words, say=said) for words, said in self.changes.items()),
            *_answers(f"{self.read_back}.*{number}.*is that right", ["Yes, that's right.", "Yes."]),
            *_answers(
                f"{self.read_back}.*your number.*is that right", [f"No, my number is {n}" for n in answers.phone]
            ),
            *_answers(f"did you say ({right})\\?", ["Yes.", "Yes, that's right."]),
            *_answers(r"did you say|is that right", ["No.", "No, that's wrong."]),
            *_answers(r"booked.*anything else", ["No, thank you. Goodbye."]),
            *_answers(r"shall I put it under \w", ["Yes."]),
            *_answers(r"what should I change|shall I try again", answers.all),
            *_answers(r"do you mean.*\b([AP]M|noon)\b", answers.time),
            *_answers(r"do you mean.*day", answers.day),
            *_answers(r"which service|have done|car need|do you mean", answers.service),
            *_answers(r"what time|and at what time", answers.time),
            *_answers(r"what day would you|what day shall", answers.day),
            *_answers(r"what day|when would you|which (one|would)|would that suit", answers.day_and_time),
            *_answers(r"name", answers.name),
            *_answers(r"number|reach you", answers.phone),
            *_answers(r"colleague", ["No, thank you."]),
            *_answers(r"sorry|catch|hear|still|follow", answers.all),
        ]
        return Script(
            steps=(*(Step(say=line) for line in self.opens), *steps),
            from_number=self.from_number,
            voice=self.voice,
            end="wait",
        )


def load_callers(folder: Path = CALLS) -> list[Caller]:
    return [msgspec.yaml.decode(path.read_bytes(), type=Caller) for path in sorted(folder.glob("*.yaml"))]


def _answers(when: str, wordings: Sequence[str]) -> list[Step]:
    """One after the other, each time the agent's words match; the last wording for good."""
    first = [Step(when=when, say=said) for said in wordings[:-1]]
    return [*first, Step(when=when, say=wordings[-1], times=MOST_REPEATS)]


def _digits(phone: str) -> str:
    """The number's ten digits however they are grouped."""
    return r"\D*".join(re.sub(r"\D", "", phone)[-10:])
