"""Understanding one line to a desk that keeps a book: commands with their slots, and whether they may be written.

Values first, then what they mean together: persons with their parts (ne, ko, se), goods, sums, verbs with their tense
(`reading.py`). Clauses are matched against frames (`clause_maker.py`) and make drafts (`drafting.py`); what was said
before has its say (`answering.py`, `follow.py`), and so have the sayings (`guessing.py`); then the decision rules.
What was said to be false, asked, wished, reported or yet to come is never a command to write. Pure: no clock, no I/O,
no state but the tenants' indexes.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import msgspec

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.answering import Answering
from offhook.understanding.ledger.clause_maker import ClauseMaker
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.decide import Doubts, decide
from offhook.understanding.ledger.desk import load_ledger_desk
from offhook.understanding.ledger.drafting import Drafting
from offhook.understanding.ledger.drafts import Draft
from offhook.understanding.ledger.explain import confidence, explain_line
from offhook.understanding.ledger.follow import Following
from offhook.understanding.ledger.guessing import Guessing
from offhook.understanding.ledger.happening import tells_of
from offhook.understanding.ledger.language import LedgerLanguage
from offhook.understanding.ledger.line import Line
from offhook.understanding.ledger.no_path import of_no_entry
from offhook.understanding.ledger.reading import LineReading, read_line
from offhook.understanding.ledger.taking_back import put_otherwise
from offhook.understanding.ledger.tenants import Tenants
from offhook.understanding.model import Command, Context, Understanding, World
from offhook.understanding.sayings import load_sayings

_NOTHING = Command(intent="out_of_scope")
UNWRITTEN = "unwritten"
"""Beside a line that tells of an entry and is none: that nothing was written of it."""
_ANSWERS = frozenset({"repeat", "greet", "goodbye", "handoff"})
_EVERYDAY = frozenset({"greet", "confirm", "deny", "repeat", "handoff", "goodbye", "smalltalk", "out_of_scope", "faq"})
_YES_NO = frozenset({"confirm", "deny"})


class LedgerUnderstander:
    """Understands callers of one desk. Not thread-safe; cheap to have one per worker."""

    def __init__(self, folder: Path) -> None:
        """Raises FileNotFoundError or ValueError naming what is wrong with the language's files."""
        self._desk = load_ledger_desk(folder)
        self._tenants = Tenants(self._desk.language)
        self._maker = ClauseMaker(self._desk)
        self._drafting = Drafting(self._desk, self._maker)
        self._answering = Answering(self._desk)
        self._following = Following(self._desk)
        self.guessing = Guessing(self._desk, self._maker, self._drafting, load_sayings(folder / "sayings.json"))

    @property
    def language(self) -> LedgerLanguage:
        return self._desk.language

    def read(self, text: str, world: World) -> tuple[LineReading, list[Clause]]:
        """What a line contains, before it is asked what it wants."""
        line = self._line(text, world, Context())
        return line.reading, line.clauses

    def understand(
        self, text: str, world: World, context: Context | None = None, explain: bool = False
    ) -> Understanding:
        """Read one line. Never raises for any text. `world.now` must be aware; `explain`: fill `explain` with why."""
        began = perf_counter()
        line = self._line(text, world, context or Context())
        result = self._concluded(line, self._drafting.drafts(line))
        if explain:
            result.explain = explain_line(line.reading, line.clauses, result.commands)
        result.elapsed_ms = round((perf_counter() - began) * 1000.0, 3)
        return result

    def _line(self, text: str, world: World, context: Context) -> Line:
        reading = read_line(text, self._desk.language, self._tenants.of(world), world, context.asked)
        known = context.last_customer is not None
        return Line(text, context, reading, self._maker.clauses(reading, leaning=known))

    def _concluded(self, line: Line, drafts: list[Draft]) -> Understanding:
        """What the line means, of all that it may mean."""
        if line.scan.sentence.cut:
            # What was not read could take back what was: nothing of it may become a write.
            return _unread(line)
        answered = self._in_context(line, drafts)
        if answered is not None:
            return answered
        reason = next((why for clause in line.clauses if (why := of_no_entry(clause)) is not None), None)
        if line.fresh and reason is None:
            drafts = drafts or self._following.continued(line) or self._alone(line)
        attack = next((draft for draft in drafts if draft.command.slots.get("reason") == "injection"), None)
        if attack is not None:
            drafts = [attack]
        if line.fresh and line.context.asked is None and reason is None:
            drafts = self.guessing.instead(line, drafts)
        if drafts:
            return _written_out(line, drafts)
        return self._other(line) if reason is None else _unread(line, reason)

    def _in_context(self, line: Line, drafts: list[Draft]) -> Understanding | None:
        """What the line means to the command that waits, or to what was written before."""
        if not line.fresh:
            return self._answering.answer(line, drafts)
        otherwise = put_otherwise(line.scan, line.clauses)
        if otherwise is not None and (otherwise[0].slots["customer"] != line.context.last_customer or not drafts):
            return Understanding(
                commands=[otherwise[0]],
                decision="confirm",
                language=line.tongue,
                confidence=0.8,
                beside=[otherwise[1]],
            )
        return self._following.put_right(line, drafts)

    def _alone(self, line: Line) -> list[Draft]:
        """What a single clause wants by frames that ask for one that stands alone."""
        if len(line.clauses) != 1:
            return []
        line.clauses[0].present.add("@alone")
        self._maker.match(line.clauses[0], line.scan)
        return self._drafting.drafts(line)

    def _other(self, line: Line) -> Understanding:
        """What every desk understands; a sentence that takes back a wish is a no."""
        everyday = self._desk.everyday.understand(line.text, line.world, Context(asked=None))
        known = [command for command in everyday.commands if command.intent in _EVERYDAY]
        scan, clauses = line.scan, line.clauses
        asked = any(command.intent == "faq" for command in known)
        strange = scan.persons or scan.amounts or scan.goods or any(clause.foreign for clause in clauses)
        if asked and (strange or self.guessing.of_elsewhere(line)):
            known = [command for command in known if command.intent != "faq"]  # of some other place or trade
        negated = any("@negated" in clause.present and clause.intent is None for clause in clauses)
        if negated and not any(one.intent in _ANSWERS for one in known) and _refused(clauses):
            known = [Command(intent="deny")]
        beside: list[dict[str, SlotValue]] = []
        if line.fresh and any(tells_of(clause) for clause in clauses):
            # With a name, a sum or goods in it the line answers nothing, and nothing of it is written.
            if known == [Command(intent="deny")]:
                beside = [{"reason": UNWRITTEN}]
            elif all(one.intent in _YES_NO for one in known) or (known == [_NOTHING] and any(map(_of_money, clauses))):
                known, beside = [Command(intent="out_of_scope")], [{"reason": UNWRITTEN}]
        known = known or [Command(intent="out_of_scope")]
        decision, ask = decide(known, [Doubts() for _ in known], line.world.limit)
        return msgspec.structs.replace(
            everyday,
            commands=known,
            decision="execute" if all(one.intent in _YES_NO for one in known) else decision,
            ask=ask,
            language=line.tongue,
            problems=[],
            beside=beside,
        )


def _of_money(clause: Clause) -> bool:
    """Whether a clause names somebody and a sum: "Rahul will pay 500 tomorrow"."""
    return bool(clause.persons and clause.amounts)


def _written_out(line: Line, drafts: list[Draft]) -> Understanding:
    decision, ask = decide([d.command for d in drafts], [d.doubts for d in drafts], line.world.limit)
    return Understanding(
        commands=[draft.command for draft in drafts],
        decision=decision,
        ask=ask,
        language=line.tongue,
        confidence=confidence(line.clauses, drafts),
        beside=[draft.beside for draft in drafts],
        unclear=any(draft.doubts.unclear or draft.doubts.beside for draft in drafts),
    )


def _unread(line: Line, reason: str | None = None) -> Understanding:
    """Nothing that we do. `reason`: why not, where it can be told."""
    return Understanding(
        commands=[Command(intent="out_of_scope")],
        decision="fallback",
        language=line.tongue,
        beside=[] if reason is None else [{"reason": reason}],
    )


def _refused(clauses: list[Clause]) -> bool:
    """Whether a wish is taken back: "mat likho", "abhi mat karo"."""
    return any(not {"mat", "not_yet"}.isdisjoint(clause.present) or clause.verbs for clause in clauses)
