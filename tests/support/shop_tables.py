"""Reading tables of sentences to a shop's book: `context | text | decision | commands`, values as `slot=some_value`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Context, Understanding, Understands, World

_TABLES = Path(__file__).parents[1] / "understanding" / "tables"
_TEXT = frozenset({"phone", "invoice_no", "recurrence", "date", "time", "date_from", "date_to", "due_date"})
WRITES = frozenset(
    {
        *("payment.record", "payment.refund", "credit.add", "invoice.create", "invoice.cancel", "stock.add"),
        *("customer.create", "customer.update", "undo", "reminder.bulk"),
    }
)
"""What changes the book, or goes out to many."""


_EVERYDAY = frozenset(
    {"greet", "confirm", "deny", "correct", "repeat", "handoff", "goodbye", "smalltalk", "out_of_scope"}
)


def commanded(result: Understanding) -> bool:
    """Whether the line was taken for a command to the book."""
    return any(one.intent not in _EVERYDAY for one in result.commands)


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    context: Context | None
    decision: str
    """ "!write": whatever it is, nothing may be written."""
    commands: list[tuple[str, dict[str, SlotValue]]]


@dataclass(slots=True)
class Score:
    rows: int = 0
    exact: int = 0
    decided: int = 0
    false_writes: int = 0
    wrong: list[tuple[Row, Understanding]] = field(default_factory=list)


def shop_rows(*names: str) -> list[Row]:
    found: list[Row] = []
    for name in names:
        for line in (_TABLES / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                context, text, decision, commands = (cell.strip() for cell in line.split(" | "))
                known = None if context == "-" else msgspec.json.decode(context, type=Context)
                found.append(Row(text, known, decision, _commands(commands)))
    return found


def _commands(text: str) -> list[tuple[str, dict[str, SlotValue]]]:
    found: list[tuple[str, dict[str, SlotValue]]] = []
    for part in text.split(";"):
        intent, _, rest = part.strip().partition(" ")
        if intent and intent != "*":
            found.append((intent, dict(_slot(one) for one in rest.split())))
    return found


def _slot(text: str) -> tuple[str, SlotValue]:
    name, _, value = text.partition("=")
    if name == "items":
        return name, [_item(one) for one in value.split(",")]
    if name.endswith("_candidates"):
        return name, [one.replace("_", " ") for one in value.split(",")]
    if name == "field":
        return name, value
    if value in ("True", "False"):
        return name, value == "True"
    if name not in _TEXT and value.replace(".", "", 1).lstrip("-").isdecimal():
        return name, json.loads(value)
    return name, value.replace("_", " ")


def _item(text: str) -> dict[str, SlotValue]:
    rest, _, price = text.partition("@")
    qty, unit, product = rest.split(":")
    item: dict[str, SlotValue] = {"product": product.replace("_", " ")}
    if qty:
        item["qty"] = json.loads(qty)
    if unit:
        item["unit"] = unit
    if price:
        item["price"] = json.loads(price)
    return item


def score(rows: Iterable[Row], understander: Understands, world: World) -> Score:
    """How many rows are right; a write that is executed and was not said so is a false one."""
    total = Score(wrong=[])
    for row in rows:
        result = understander.understand(row.text, world, row.context)
        said = [(command.intent, command.slots) for command in result.commands]
        decided = result.decision + (f" {result.ask}" if result.ask else "")
        writes = result.decision == "execute" and any(intent in WRITES for intent, _ in said)
        if row.decision == "!write":
            exact = right = not writes
        else:
            exact, right = said == row.commands, decided == row.decision
        total.rows += 1
        total.exact += exact
        total.decided += right
        total.false_writes += writes and (not exact or row.decision != "execute")
        if not (exact and right):
            total.wrong.append((row, result))
    return total
