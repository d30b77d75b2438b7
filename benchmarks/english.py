"""How right English is read on tables of expressions and sentences written before the reader was run on them.

Hypothesis: dates and times 92 % both right with at most 3 % silently wrong; sentences 95 % intent, 90 % slots, 90 %
decision, no write that was not asked for. Control: the same figures without whatever a table's rows changed, kept as
"first sight" in `benchmarks/results/english.json`.

    python benchmarks/english.py [--misses] [--json out.json] [table …]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from offhook.dialogue.guard import INJECTION, OTHER_CUSTOMER
from offhook.dialogue.guarded import Guarded
from offhook.understanding.model import Understanding, World
from support.understanding_tables import Values, commands, context_of, rows, values
from support.understanding_world import UNDERSTANDER, booking, india, table_context, workshop, world

_TIMES = ("date", "date_from", "date_to", "time", "time_from", "time_to", "daypart", "days")
_DAYS = ("date", "date_from", "date_to", "days")
_WRITES = frozenset(
    {"confirm", "correct", "service.book", "testdrive.book", "appointment.reschedule", "appointment.cancel"}
)
_DATE_TABLES = ("dates_public.txt", *(f"dates_public{n}.txt" for n in range(2, 8)))
_SENTENCE_TABLES = (
    "sentences_public.txt",
    *(f"sentences_public{n}.txt" for n in range(2, 16)),
    *(f"sentences_heldout{n}.txt" for n in range(2, 13)),
)
_WORKSHOP = frozenset({"sentences_public2.txt"})
"""Tables of another tenant."""
_HINGLISH = (
    "hinglish_heldout3.txt",
    "hinglish_heldout4.txt",
    "hinglish_dev10.txt",
    "hinglish_heldout5.txt",
    "hinglish_heldout6.txt",
    "hinglish_heldout7.txt",
    "hinglish_heldout8.txt",
    "hinglish_heldout9.txt",
    "hinglish_heldout10.txt",
    "hinglish_heldout11.txt",
    "hinglish_heldout12.txt",
    "hinglish_heldout13.txt",
    "hinglish_dev11.txt",
)
"""Tables in Hinglish; their columns are those of `hinglish_dev.txt`."""

Miss = Callable[[str], None]


READER = Guarded(UNDERSTANDER, (INJECTION, OTHER_CUSTOMER))
"""The dealership as `offhook understand` asks it."""


def times(text: str) -> Values:
    result = UNDERSTANDER.understand(text, world(hours=False), booking("datetime", service="x"))
    found = {slot: value for command in result.commands for slot, value in command.slots.items() if slot in _TIMES}
    return found | {f"!{problem.slot}": problem.kind for problem in result.problems}


def decided(result: Understanding) -> str:
    return result.decision + (f" {result.ask}" if result.ask else "")


def rate_of_dates(table: Sequence[Sequence[str]], miss: Miss) -> dict[str, float]:
    """`exact`: every slot and problem; `both_right`: day and clock time (parts of the day apart)."""
    exact = both = silent = 0
    for text, expected in table:
        found, wanted = times(text), values(expected)
        bare = [{k: v for k, v in one.items() if k in _DAYS or k.startswith("time")} for one in (found, wanted)]
        asks = any(key.startswith("!") for key in found)
        right = bare[0] == bare[1] and asks == any(key.startswith("!") for key in wanted)
        exact += found == wanted
        both += right
        silent += not right and bool(bare[0]) and not asks
        if found != wanted:
            miss(f"{'  ' if right else 'S ' if bare[0] and not asks else '- '}{text} | {wanted} | {found}")
    count = len(table)
    return {
        "rows": count,
        "both_right": round(both / count, 3),
        "silently_wrong": round(silent / count, 3),
        "every_slot": round(exact / count, 3),
    }


def _told(intent: str, slots: Values) -> Values:
    """As `offhook understand` tells it: why something is out of scope is none of its slots."""
    return {} if intent == "out_of_scope" else slots


def rate_of_sentences(table: Sequence[Sequence[str]], here: World, miss: Miss) -> dict[str, float]:
    intents = slots = decisions = wrong = 0
    for *asked, text, decision, expected in table:
        context = table_context(*asked) if len(asked) > 1 else context_of(*asked)
        result = READER.understand(text, here, context)
        said = [(command.intent, _told(command.intent, command.slots)) for command in result.commands]
        wanted = [(intent, _told(intent, slots)) for intent, slots in commands(expected)]
        same_intents = [intent for intent, _ in said] == [intent for intent, _ in wanted]
        intents += same_intents
        slots += said == wanted
        decisions += decided(result) == decision
        writes = result.decision == "execute" and any(intent in _WRITES for intent, _ in said)
        wrong += writes and said != wanted
        if said != wanted or decided(result) != decision:
            mark = "W" if writes and said != wanted else " " if same_intents else "I"
            miss(f"{mark} {' '.join(asked)} | {text} | {decision} | {wanted} | {decided(result)} | {said}")
    shares = {"intent": intents, "intent_and_slots": slots, "decision": decisions}
    return {"rows": len(table), **{k: round(n / len(table), 3) for k, n in shares.items()}, "wrong_writes": wrong}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=[*_DATE_TABLES, *_SENTENCE_TABLES, *_HINGLISH])
    parser.add_argument("--misses", action="store_true", help="print the rows that are read otherwise")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    miss: Miss = (lambda line: sys.stdout.write(line + "\n") and None) if arguments.misses else (lambda _: None)
    measured: dict[str, dict[str, float]] = {}
    for name in arguments.tables:
        table = rows(name)
        if len(table[0]) == 2:
            measured[name] = rate_of_dates(table, miss)
        else:
            here = india() if name in _HINGLISH else workshop() if name in _WORKSHOP else world()
            measured[name] = rate_of_sentences(table, here, miss)
        sys.stdout.write(f"{name:28}" + "  ".join(f"{key} {value}" for key, value in measured[name].items()) + "\n")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
