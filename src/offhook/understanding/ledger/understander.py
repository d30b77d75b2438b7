"""Understanding one line to a desk that keeps a book: commands with their slots, and whether they may be written.

Values first, then what they mean together: persons with their parts (ne, ko, se), goods, sums, verbs with their
tense; clauses are matched against frames; the context has its say; then the decision rules. What was said to be
false, asked, wished, reported or yet to come is never a command to write. Pure: no clock, no I/O, no state but the
tenants' indexes.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import cast

import msgspec

from offhook.contracts.conversation import SlotValue
from offhook.understanding.datafile import load_data, words_of
from offhook.understanding.ledger import several
from offhook.understanding.ledger.accounts import left_over, read_explained
from offhook.understanding.ledger.barring import MONEYED, Bars
from offhook.understanding.ledger.clause_reading import read_clause
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.commands import DATED, CommandMaker, Draft
from offhook.understanding.ledger.decide import Doubts, decide
from offhook.understanding.ledger.explain import confidence, explain_line
from offhook.understanding.ledger.follow import Following
from offhook.understanding.ledger.guesses import (
    ATTACK,
    INSTEAD,
    NO_WISH,
    NOTHING,
    REPLACED,
    clear,
    contradicts,
    name_goods,
    outweighs,
    weighed,
    wished,
)
from offhook.understanding.ledger.happening import acts_beside, goods_alone, only_told, only_was, ordered, tells_of
from offhook.understanding.ledger.language import ELSEWHERE, LedgerLanguage, load_ledger_language
from offhook.understanding.ledger.no_path import of_no_entry
from offhook.understanding.ledger.periods import find_period
from offhook.understanding.ledger.reading import LineReading, read_line, tongue_of
from offhook.understanding.ledger.spans import Scan
from offhook.understanding.ledger.taking_back import put_otherwise
from offhook.understanding.ledger.tenants import Tenants
from offhook.understanding.model import Command, Context, Understanding, World
from offhook.understanding.sayings import Guess, load_sayings
from offhook.understanding.understander import Understander

UNWRITTEN = "unwritten"
"""Beside a line that tells of an entry and is none: that nothing was written of it."""
_MAX_CLAUSES = 6
_MAX_LINKS = 12
_ANSWERS = frozenset({"repeat", "greet", "goodbye", "handoff"})
_EVERYDAY = frozenset({"greet", "confirm", "deny", "repeat", "handoff", "goodbye", "smalltalk", "out_of_scope", "faq"})


class LedgerUnderstander:
    """Understands callers of one desk. Not thread-safe; cheap to have one per worker."""

    def __init__(self, folder: Path) -> None:
        """Raises FileNotFoundError or ValueError naming what is wrong with the language's files."""
        self._language = load_ledger_language(folder)
        shared = load_data(folder / "frames.yaml")
        self._writes = words_of(shared, "writes")
        self._explained = read_explained(shared, self._language.frames)
        listed = cast("dict[str, list[object]]", shared.get("asking", {}))
        self._reads = frozenset(one.intent for one in self._language.frames.frames) - self._writes - {"out_of_scope"}
        asking = {intent: frozenset(map(str, groups)) for intent, groups in listed.items()}
        self._bars = Bars(self._writes, self._explained, asking)
        self._tenants = Tenants(self._language)
        self.sayings = load_sayings(folder / "sayings.json")
        self._everyday = Understander(self._language.everyday)
        self._following = Following(self._language, self._everyday, self._writes, self._explained)

    @property
    def language(self) -> LedgerLanguage:
        return self._language

    def read(self, text: str, world: World) -> tuple[LineReading, list[Clause]]:
        """What a line contains, before it is asked what it wants."""
        reading = read_line(text, self._language, self._tenants.of(world), world, None)
        return reading, self._clauses(reading, leaning=False) if len(reading.scan) else []

    def understand(
        self, text: str, world: World, context: Context | None = None, explain: bool = False
    ) -> Understanding:
        """Read one line. Never raises for any text. `world.now` must be aware; `explain`: fill `explain` with why."""
        began = perf_counter()
        context = context or Context()
        tenant = self._tenants.of(world)
        reading = read_line(text, self._language, tenant, world, context.asked)
        clauses = self._clauses(reading, context.last_customer is not None) if len(reading.scan) else []
        drafts = self._drafts(reading, clauses, context)
        result = self._concluded(text, world, context, reading, clauses, drafts)
        if explain:
            result.explain = explain_line(reading, clauses, result.commands)
        result.elapsed_ms = round((perf_counter() - began) * 1000.0, 3)
        return result

    def _concluded(
        self,
        text: str,
        world: World,
        context: Context,
        reading: LineReading,
        clauses: list[Clause],
        drafts: list[Draft],
    ) -> Understanding:
        if reading.scan.sentence.cut:
            # What was not read could take back what was: nothing of it may become a write.
            return Understanding(
                commands=[Command(intent="out_of_scope")], decision="fallback", language=self._tongue(reading)
            )
        if context.pending is not None:
            followed = self._following.answer(text, world, context, reading, clauses, drafts)
            if followed is not None:
                return followed
        otherwise = put_otherwise(reading.scan, clauses) if context.pending is None else None
        if otherwise is not None and (otherwise[0].slots["customer"] != context.last_customer or not drafts):
            return Understanding(
                commands=[otherwise[0]],
                decision="confirm",
                language=self._tongue(reading),
                confidence=0.8,
                beside=[otherwise[1]],
            )
        if context.pending is None:
            amended = self._following.put_right(reading, clauses, drafts, context)
            if amended is not None:
                return amended
        reason = next((why for clause in clauses if (why := of_no_entry(clause)) is not None), None)
        if not drafts and context.pending is None and reason is None:
            drafts = self._following.continued(reading, clauses, context)
        if not drafts and context.pending is None and len(clauses) == 1 and reason is None:
            clauses[0].present.add("@alone")
            self._match(clauses[0], reading.scan)
            drafts = self._drafts(reading, clauses, context)
        if any(draft.command.slots.get("reason") == "injection" for draft in drafts):
            drafts = [next(draft for draft in drafts if draft.command.slots.get("reason") == "injection")]
        if context.pending is None and context.asked is None and reason is None:
            drafts = self._guessed(text, world, context, reading, clauses, drafts)
        if drafts:
            decision, ask = decide([d.command for d in drafts], [d.doubts for d in drafts], world.limit)
            return Understanding(
                commands=[draft.command for draft in drafts],
                decision=decision,
                ask=ask,
                language=self._tongue(reading),
                confidence=confidence(clauses, drafts),
                beside=[draft.beside for draft in drafts],
                unclear=any(draft.doubts.unclear for draft in drafts),
            )
        if reason is not None:
            return Understanding(
                commands=[Command(intent="out_of_scope")],
                decision="fallback",
                language=self._tongue(reading),
                beside=[{"reason": reason}],
            )
        return self._other(text, world, context, reading, clauses)

    def _other(
        self, text: str, world: World, context: Context, reading: LineReading, clauses: list[Clause]
    ) -> Understanding:
        """What every desk understands; a sentence that takes back a wish is a no."""
        everyday = self._everyday.understand(text, world, Context(asked=None))
        known = [command for command in everyday.commands if command.intent in _EVERYDAY]
        if reading.scan.persons or reading.scan.amounts or reading.scan.goods:
            known = [command for command in known if command.intent != "faq"]
        if any(clause.foreign for clause in clauses):
            known = [command for command in known if command.intent != "faq"]  # of some other place or trade
        negated = any("@negated" in clause.present and clause.intent is None for clause in clauses)
        if negated and not any(one.intent in _ANSWERS for one in known) and self._following.refused(clauses):
            known = [Command(intent="deny")]
        beside: list[dict[str, SlotValue]] = []
        if context.pending is None and any(tells_of(clause) for clause in clauses):
            # With a name, a sum or goods in it the line answers nothing, and nothing of it is written.
            if known == [Command(intent="deny")]:
                beside = [{"reason": UNWRITTEN}]
            elif all(one.intent in ("confirm", "deny") for one in known):
                known, beside = [Command(intent="out_of_scope")], [{"reason": UNWRITTEN}]
        if not known:
            known = [Command(intent="out_of_scope")]
        decision, ask = decide(known, [Doubts() for _ in known], world.limit)
        if known == [Command(intent="deny")] or all(c.intent in ("confirm", "deny") for c in known):
            decision = "execute"
        return msgspec.structs.replace(
            everyday,
            commands=known,
            decision=decision,
            ask=ask,
            language=self._tongue(reading),
            problems=[],
            beside=beside,
        )

    def _tongue(self, reading: LineReading) -> str:
        return tongue_of(reading, self._language)

    # -- clauses --------------------------------------------------------------------------------------------------

    def _clauses(self, reading: LineReading, leaning: bool) -> list[Clause]:
        """`leaning`: whether a customer was spoken of before."""
        size = len(reading.scan)
        parted = several.links(reading)
        if not parted:
            return [self._clause(reading, 0, size, leaning)]
        parts: list[Clause] = []
        start = 0
        for link, width in parted[:_MAX_LINKS]:
            if len(parts) >= _MAX_CLAUSES - 1:
                break
            left = self._clause(reading, start, link, leaning)
            right = self._clause(
                reading, link + width, size, leaning or bool(left.persons), billed="bill" in left.present
            )
            listed = (
                bool(parts) and several.one_each(left) and several.one_each(right) and several.lends(parts[-1], right)
            )
            if listed or several.stand_alone(left, right):
                parts.append(left)
                start = link + width
        leaning = leaning or any(part.persons for part in parts)
        billed = bool(parts) and "bill" in parts[-1].present
        parts.append(self._clause(reading, start, size, leaning, billed=billed))
        return parts

    def _clause(self, reading: LineReading, start: int, end: int, leaning: bool, *, billed: bool = False) -> Clause:
        """`leaning`: whether somebody was named before; `billed`: whether a bill was spoken of just before."""
        clause = read_clause(reading.scan, reading.concepts, reading.values, start, end)
        if reading.timed and find_period(
            reading.scan,
            start,
            end,
            reading.times(start, end, "past"),
            reading.world.now.astimezone(reading.tenant.calendar.zone),
        ):
            clause.present.add("@range")
            clause.present.add("@date")
        if leaning and not clause.persons:
            clause.present.add("@known")
        if billed and "bill" not in clause.present:
            clause.present.add("@billed")
        self._match(clause, reading.scan)
        return clause

    def _match(self, clause: Clause, scan: Scan) -> None:
        matches = self._language.frames.matches(
            frozenset(clause.present), len(clause.foreign), max(clause.end - clause.start, 1)
        )
        clause.matches = [match for match in matches if not self._bars.barred(match, clause, scan)]

    # -- commands -------------------------------------------------------------------------------------------------

    def _drafts(self, reading: LineReading, clauses: list[Clause], context: Context) -> list[Draft]:
        drafts: list[Draft] = []
        sharing: list[Draft] = []
        customer = context.last_customer
        for n, clause in enumerate(clauses):
            if clause.best is None and several.borrows(clause, clauses, n):
                self._match(clause, reading.scan)
            if clause.best is None:
                continue
            made = self._made(reading, clause, customer)
            if context.last_intent == "invoice.create":
                made = [several.on_the_bill(draft, clause, customer) for draft in made]
            for draft in made:
                self._lean(draft, clause, drafts, customer)
                said = draft.command.slots.get("customer")
                if isinstance(said, str) and draft.person is not None and draft.person.name is not None:
                    customer = said
            if (
                drafts
                and made
                and drafts[-1].command.intent in self._writes
                and several.takes_back(reading.scan, clause, drafts[-1], made[0])
            ):
                drafts.pop()
            drafts.extend(made)
            sharing.extend(made if several.SHARING in clause.present else ())
        for n, clause in enumerate(clauses):
            if clause.amounts and not clause.present.isdisjoint(("@asked", "@unreal")):
                for draft in drafts if any(one.intent in self._writes for one in clauses[n + 1 :]) else ():
                    draft.doubts.unclear = True  # "kya Priya ne 120, Suresh ne 80 diye" asks about both
        if any(clause.best is None and several.one_each(clause) for clause in clauses):
            for draft in drafts:
                draft.doubts.ask = draft.doubts.ask or "customer"  # nobody's sum is left out unheard
        several.share_days(sharing)
        return drafts

    def _guessed(
        self,
        text: str,
        world: World,
        context: Context,
        reading: LineReading,
        clauses: list[Clause],
        drafts: list[Draft],
    ) -> list[Draft]:
        """The drafts, or what the sayings guess where rules found none or where they are clearly wrong about what only
        reads."""
        if len(drafts) > 1 or not clauses or (guess := weighed(self.sayings, reading.scan, clauses)) is None:
            return drafts
        if not self._replaceable(drafts, world.limit):
            doubtful = context.last_intent is None and contradicts(guess, drafts[0].command.intent)
            drafts[0].doubts.unclear = drafts[0].doubts.unclear or doubtful
            return drafts
        if guess.label in (NOTHING, NO_WISH):
            return drafts
        if drafts and (guess.share < INSTEAD or guess.label == drafts[0].command.intent):
            return drafts
        if (
            not drafts
            and not any(map(tells_of, clauses))
            and any(
                one.intent in _EVERYDAY - {"out_of_scope", "faq"}
                for one in self._everyday.understand(text, world, Context(asked=None)).commands
            )
        ):
            return drafts
        return self._draft_of(guess, context, reading) or drafts

    def _replaceable(self, drafts: list[Draft], limit: int) -> bool:
        """Whether a guess may take the place: nothing is written as it stands."""
        if not drafts:
            return True
        command, doubts = drafts[0].command, drafts[0].doubts
        if command.intent in self._reads | REPLACED:
            return True
        return command.intent in self._writes and decide([command], [doubts], limit)[0] in ("ask", "confirm")

    def _draft_of(self, guess: Guess, context: Context, reading: LineReading) -> list[Draft]:
        """One command of what is guessed; what would be written is read back first."""
        if guess.label == ATTACK and guess.share >= INSTEAD:
            return [Draft(Command(intent="out_of_scope", slots={"reason": ATTACK}), Doubts())]
        known = context.last_customer is not None
        clause = self._clause(reading, 0, len(reading.scan), known)
        writes = guess.label in self._writes
        match = wished(guess.label, self._language.frames)
        if match is None or not clear(guess, clause, known=known) or ELSEWHERE in clause.present:
            return []
        if writes and not outweighs(guess) and self._bars.barred(match, clause, reading.scan):
            return []
        if not writes and "customer" in match.frame.slots and not (known or clause.persons):
            return []  # nobody is asked about
        clause.matches = [match]
        name_goods(guess.label, clause, reading.scan)
        drafts = self._made(reading, clause, context.last_customer)
        for draft in drafts:
            draft.doubts.unclear = draft.doubts.unclear or writes
        return [] if any(draft.command.intent == "out_of_scope" for draft in drafts) else drafts

    def _lean(self, draft: Draft, clause: Clause, before: list[Draft], customer: str | None) -> None:
        """A later wish of a sentence is about whom the earlier one named, when it names nobody."""
        intent = draft.command.intent
        if draft.person is not None or "customer" in draft.command.slots or not before:
            return
        frame = clause.best.frame if clause.best is not None else None
        if frame is None or "customer" not in frame.slots or customer is None or intent == "customer.create":
            return
        if before[-1].command.slots.get("customer") == customer:
            draft.command.slots["customer"] = customer

    def _made(self, reading: LineReading, clause: Clause, customer: str | None) -> list[Draft]:
        if clause.best is None:
            return []
        intent = clause.best.frame.intent
        now = reading.world.now.astimezone(reading.tenant.calendar.zone)
        # What a book is told of has happened; only what is owed may be due "until" a day to come.
        past = intent in ("payment.record", "summary") or (intent in DATED and "until" not in clause.present)
        side = "past" if past else "future"
        times = reading.times(clause.start, clause.end, side)  # type: ignore[arg-type]  # one of two literals
        period = find_period(reading.scan, clause.start, clause.end, times, now) if intent == "summary" else None
        drafts = CommandMaker(reading.scan, clause, now, customer, times, period).make()
        if (intent in ("stock.add", "invoice.create") and only_told(clause)) or goods_alone(intent, clause):
            for draft in drafts:
                draft.doubts.unclear = True
        if intent in self._explained and self._explained[intent].whole:
            clause.left = left_over(reading.scan, clause, self._explained[intent])
        moved = intent.startswith(("payment.", "credit."))
        if moved and {"doer", "goal"} <= {person.role for person in clause.persons}:
            for draft in drafts:
                draft.doubts.unclear = True  # "Rahul ko 500 diye the, usne wapas kar diye"
        if intent in self._writes and (
            not (clause.noted | clause.named).issuperset(clause.foreign)
            or clause.left
            or acts_beside(clause, reading.scan)
            or (moved and (only_was(clause, reading.scan) or not clause.present.isdisjoint(("@others", "@you"))))
            or (intent.startswith(MONEYED) and "wants" in clause.present and not ordered(intent, clause))
            or several.PART_LEFT_OUT in clause.present
        ):
            for draft in drafts:
                draft.doubts.unclear = True
        return drafts
