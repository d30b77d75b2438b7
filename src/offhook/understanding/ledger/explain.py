"""Why a line was understood as it was, in lines that a person can read (`offhook understand --explain`)."""

from __future__ import annotations

from collections.abc import Sequence

from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.drafts import Draft
from offhook.understanding.ledger.reading import LineReading
from offhook.understanding.model import Command


def explain_line(reading: LineReading, clauses: Sequence[Clause], commands: Sequence[Command]) -> list[str]:
    scan = reading.scan
    lines = [f"words: {' '.join(scan.words)}"]
    for person in scan.persons:
        who = person.name or " or ".join(person.candidates) or ("pronoun" if person.pronoun else "not on the list")
        lines.append(f"customer: '{person.said}' is {who}, as {person.role}{' (near)' if person.near else ''}")
    for goods in scan.goods:
        what = goods.name or " or ".join(goods.candidates) or "not on the list"
        lines.append(f"product: '{goods.said}' is {what}")
    lines.extend(f"money: {amount.value:g}" for amount in scan.amounts)
    lines.extend(f"quantity: {quantity.value:g} {quantity.unit or ''}".rstrip() for quantity in scan.quantities)
    lines.extend(f"phone: {phone.digits}" for phone in scan.phones)
    for clause in clauses:
        said = scan.sentence.said(clause.start, clause.end)
        lines.append(f"clause '{said}': {' '.join(sorted(clause.present))}")
        for rank, match in enumerate(clause.matches[:3]):
            verdict = "won" if rank == 0 else "lost"
            needs = " + ".join(match.alternative.needs)
            lines.append(f"clause '{said}': {match.frame.intent} {verdict} with {match.score:.2f} ({needs})")
        if not clause.matches:
            lines.append(f"clause '{said}': no frame holds")
        if clause.left:
            lines.append("words that an entry does not explain: " + ", ".join(scan.words[i] for i in clause.left))
        if clause.foreign:
            lines.append("unknown words: " + ", ".join(scan.words[i] for i in clause.foreign))
    lines.extend(f"command: {command.intent} {command.slots}" for command in commands)
    return lines


def confidence(clauses: list[Clause], drafts: list[Draft]) -> float:
    """How sure the reading is, 0..1."""
    best = max((clause.best.score for clause in clauses if clause.best is not None), default=1.0)
    doubt = sum(0.15 for draft in drafts if draft.doubts.ask or draft.doubts.unclear or draft.doubts.beside)
    foreign = sum(len(clause.foreign) for clause in clauses) * 0.1
    return round(max(0.3, min(0.98, 0.6 + 0.08 * best - doubt - foreign)), 2)
