"""How often the FAQ search finds the entry that is meant, asked in other words: `python benchmarks/faq_search.py`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from offhook.dialogue.faq_search import FaqIndex
from offhook.store.model import FaqEntry

_FOLDER = Path(__file__).parent / "faq"


@dataclass(frozen=True, slots=True)
class Asked:
    text: str
    faq_id: str
    kind: str
    """plain: no other entry is like it; grid: many are; held_out_…: written before the search was run on them."""


TRADES = {
    "hotel": ("", ""),
    "clinic": ("", ""),
    "bank": ("", ""),
    "internet": ("_hard", "_near"),
    "school": ("_hard", "_near"),
    "library": ("_hard", "_near"),
    "gym": ("_near",),
}
"""The FAQs of other businesses, and what is said of each of the other wordings of an entry."""
_SOME = 7
"""Of so many entries of another trade's grid one is asked about, so that they do not outweigh the others."""

NOTHING = ""
"""Instead of an entry's id: no entry answers the question."""


@dataclass(frozen=True, slots=True)
class Score:
    asked: int
    first: float
    in_three: float
    spoken: float
    wrong: float
    """Share of all questions that were answered with another entry's answer."""


def material() -> tuple[list[FaqEntry], list[Asked]]:
    entries: list[FaqEntry] = []
    asked: list[Asked] = []
    answers = _lines("answers.txt")
    for line, answer in zip(_lines("questions.txt"), answers, strict=True):
        question, *others = _parts(line)
        spoken, keywords = _parts(answer)
        faq_id = f"plain_{len(entries)}"
        entries.append(FaqEntry(faq_id, "", question, spoken, _words(keywords)))
        asked += [Asked(other, faq_id, "plain") for other in others]
    for entry, other in _grid("grid.txt", len(entries)):
        entries.append(entry)
        asked.append(Asked(other, entry.faq_id, "grid"))
    asked += [Asked(line, NOTHING, "unanswerable") for line in _lines("unanswerable.txt")]
    return entries, asked


def trade(name: str) -> tuple[list[FaqEntry], list[Asked]]:
    """The FAQ of another business, a thousand entries, and questions about it."""
    folder = f"trades/{name}"
    entries: list[FaqEntry] = []
    asked: list[Asked] = []
    for line in _lines(f"{folder}/entries.txt"):
        question, spoken, keywords, *others = _parts(line)
        entries.append(FaqEntry(f"{name}_{len(entries)}", "", question, spoken, _words(keywords)))
        wordings = zip(others, TRADES[name], strict=False)
        asked += [Asked(other, entries[-1].faq_id, name + kind) for other, kind in wordings if other]
    grid = list(_grid(f"{folder}/grid.txt", len(entries)))
    asked += [Asked(other, entry.faq_id, name) for entry, other in grid[::_SOME] if other]
    entries += [entry for entry, _ in grid]
    asked += [Asked(line, NOTHING, f"{name}_unanswerable") for line in _lines(f"{folder}/unanswerable.txt")]
    return entries, asked


def _grid(name: str, before: int) -> Iterator[tuple[FaqEntry, str]]:
    """The entries of a grid, each with another wording if the grid has any; `before`: how many entries there are."""
    things: list[str] = []
    made = before
    for line in _lines(name):
        if not line.startswith("- "):
            things = [thing.strip() for thing in line.split(":")[1].split(",")]
            continue
        question, *others = _parts(line[2:])
        for number, thing in enumerate(things):
            entry = FaqEntry(f"grid_{made}", "", question.replace("{}", thing), "", ())
            made += 1
            yield entry, others[number % len(others)].replace("{}", thing) if others else ""


def held_out() -> tuple[list[FaqEntry], list[Asked]]:
    """All entries of `material` and fifty more; questions about any of them, and such as no entry answers."""
    entries, _ = material()
    asked: list[Asked] = []
    for line in _lines("held_out/entries.txt"):
        question, spoken, keywords, *others = _parts(line)
        faq_id = f"more_{len(entries)}"
        entries.append(FaqEntry(faq_id, "", question, spoken, _words(keywords)))
        kinds = ("held_out_english", "held_out_hinglish")
        asked += [Asked(other, faq_id, kind) for other, kind in zip(others, kinds, strict=True) if other]
    ids = {entry.question: entry.faq_id for entry in entries}
    for kind in ("plain", "grid", "later", "lot", "lot2", "lot3"):
        for line in _lines(f"held_out/{kind}.txt"):
            question, other = _parts(line)
            asked.append(Asked(other, ids[question], f"held_out_{kind}"))
    for kind in ("unanswerable", "lot_unanswerable", "lot2_unanswerable", "lot3_unanswerable"):
        asked += [Asked(line, NOTHING, f"held_out_{kind}") for line in _lines(f"held_out/{kind}.txt")]
    return entries, asked


def by_kind(index: FaqIndex, asked: list[Asked]) -> dict[str, Score]:
    kinds = dict.fromkeys(one.kind for one in asked)
    return {kind: score(index, [one for one in asked if one.kind == kind]) for kind in kinds}


def score(index: FaqIndex, asked: list[Asked]) -> Score:
    first = three = spoken = wrong = 0
    for one in asked:
        found = [each.entry.faq_id for each in index.search(one.text)]
        first += found[:1] == [one.faq_id]
        three += one.faq_id in found
        best = index.answer(one.text).best
        spoken += best is not None
        wrong += best is not None and best.faq_id != one.faq_id
    count = len(asked)
    return Score(count, first / count, three / count, spoken / count, wrong / count)


def _lines(name: str) -> list[str]:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _words(keywords: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in keywords.split(",") if word.strip())


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.split("|")]


def _times_ms(index: FaqIndex, asked: list[Asked]) -> Iterator[float]:
    for one in asked:
        began = time.perf_counter()
        index.answer(one.text)
        yield (time.perf_counter() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    entries, asked = held_out()
    index = FaqIndex(entries)
    asked = material()[1] + asked
    scores = by_kind(index, asked)
    for name in TRADES:
        others, questions = trade(name)
        scores |= by_kind(FaqIndex(others), questions)
    times = list(_times_ms(index, asked))
    p50, p95 = (float(np.percentile(times, share)) for share in (50, 95))
    if as_json:
        rows = {kind: {name: getattr(one, name) for name in Score.__slots__} for kind, one in scores.items()}
        sys.stdout.write(json.dumps({"entries": len(entries), "scores": rows, "p50_ms": p50, "p95_ms": p95}) + "\n")
        return
    table = Table("asked about", "wordings", "first", "in the first three", "spoken", "wrong answer spoken")
    for kind, one in scores.items():
        shares = (f"{share:.1%}" for share in (one.first, one.in_three, one.spoken, one.wrong))
        table.add_row(kind, str(one.asked), *shares)
    console = Console()
    console.print(table)
    console.print(f"{len(entries)} entries; p50 {p50:.2f} ms, p95 {p95:.2f} ms a question")


if __name__ == "__main__":
    main()
