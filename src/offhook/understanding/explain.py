"""Why a line was understood as it was, in lines that a person can read (`offhook understand --explain`)."""

from __future__ import annotations

from collections.abc import Sequence

from offhook.understanding.clauses import Clause
from offhook.understanding.model import Command
from offhook.understanding.reading import Reading


def explain_reading(reading: Reading, clauses: Sequence[Clause], commands: Sequence[Command]) -> list[str]:
    sentence = reading.sentence
    lines = [f"words: {' '.join(sentence.words)}"]
    for piece in reading.pieces:
        lines.append(f"time: '{sentence.said(piece.start, piece.end)}' as {type(piece).__name__.lower()}")
    for kind, entities in (("service", reading.services), ("model", reading.models)):
        for entity in entities:
            named = entity.name or " or ".join(entity.candidates) or "nothing listed"
            how = "one telling word" if entity.partial else "its name"
            lines.append(f"{kind}: '{sentence.said(entity.start, entity.end)}' is {named}, by {how}")
    lines.append(
        "concepts: "
        + ", ".join(f"{found.name} ('{sentence.said(found.start, found.end)}')" for found in reading.concepts)
    )
    if reading.foreign:
        lines.append("unknown words: " + ", ".join(sentence.words[i] for i in reading.foreign))
    for clause in clauses:
        said = sentence.said(clause.start, clause.end)
        for rank, match in enumerate(clause.matches[:3]):
            verdict = "won" if rank == 0 else "lost"
            needs = " + ".join(match.alternative.needs)
            lines.append(f"clause '{said}': {match.frame.intent} {verdict} with {match.score:.2f} ({needs})")
        if not clause.matches:
            lines.append(f"clause '{said}': no frame holds")
        lines.extend(f"problem: {problem.slot} is {problem.kind} ('{problem.said}')" for problem in clause.problems)
    lines.extend(f"command: {command.intent} {command.slots}" for command in commands)
    return lines
