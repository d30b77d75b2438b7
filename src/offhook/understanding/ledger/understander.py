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
from offhook.understanding.frames import Match
from offhook.understanding.ledger import several
from offhook.understanding.ledger.accounts import astray, left_over, read_explained
from offhook.understanding.ledger.clause_reading import read_clause
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.commands import DATED, CommandMaker, Draft
from offhook.understanding.ledger.decide import Doubts, decide
from offhook.understanding.ledger.explain import explain_line
from offhook.understanding.ledger.follow import Following
from offhook.understanding.ledger.happening import acts_beside, not_done, only_told, only_was
from offhook.understanding.ledger.language import ELSEWHERE, LedgerLanguage, load_ledger_language
from offhook.understanding.ledger.no_path import bars, of_no_entry
from offhook.understanding.ledger.periods import find_period
from offhook.understanding.ledger.reading import LineReading, read_line, tongue_of
from offhook.understanding.ledger.spans import Scan
from offhook.understanding.ledger.taking_back import put_otherwise
from offhook.understanding.ledger.tenants import Tenants
from offhook.understanding.model import Command, Context, Understanding, World
from offhook.understanding.understander import Understander

_GUARDS = frozenset({"@negated", "@asked", "@unreal", "cancel", "not_yet", "wrong", "mistaken"})
"""With one of these, a clause writes nothing: it denies, asks, doubts, reports or takes back."""
_MONEYED = ("payment.", "credit.", "invoice.create", "stock.add")
_CANCELLING = frozenset({"invoice.cancel", "reminder.cancel", "undo"})
_OVERALL = frozenset({"summary", "stock.low", "dues.list", "dues.total", "help", "reminder.schedule", "reminder.list"})
"""What names nobody and nothing of the book."""
_OWED = frozenset({"balance", "baaki", "udhaar", "udhaar_of", "payment", "settle", "jama", "khata"})
"""What says that an account is asked about."""
_STORED = frozenset({"stock", "in_stock", "low"})
"""What says that goods are asked about as they lie there; without it nothing else may be spoken of."""
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
        self._asking = {intent: frozenset(map(str, groups)) for intent, groups in listed.items()}
        self._tenants = Tenants(self._language)
        self._everyday = Understander(self._language.everyday)
        self._following = Following(self._language, self._everyday, self._writes, self._explained)

    @property
    def language(self) -> LedgerLanguage:
        return self._language

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
        if drafts:
            decision, ask = decide([d.command for d in drafts], [d.doubts for d in drafts], world.limit)
            return Understanding(
                commands=[draft.command for draft in drafts],
                decision=decision,
                ask=ask,
                language=self._tongue(reading),
                confidence=_confidence(clauses, drafts),
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
        if context.pending is None and any(_tells_of(clause) for clause in clauses):
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
        clause.matches = [match for match in matches if not self._barred(match, clause, scan)]

    def _barred(self, match: Match, clause: Clause, scan: Scan) -> bool:
        """Whether the clause only speaks of what the frame would write."""
        if ELSEWHERE in clause.present and not _anchored(clause):
            return match.frame.intent != "out_of_scope"
        overall = match.frame.intent in _OVERALL and not clause.known_persons
        if overall and astray(scan, clause, self._explained[match.frame.intent]):
            return True
        if match.frame.intent == "balance.check" and clause.present.isdisjoint(_OWED):
            strangers = [one for one in clause.known_persons if one.near or not (one.name or one.candidates)]
            several = len(clause.known_persons) > 1 and any(one.start > clause.start for one in strangers)
            if several or astray(scan, clause, self._explained[match.frame.intent]):
                return True  # "tulsi vivah ki katha sunao"
        if match.frame.intent == "balance.check" and clause.goods and all(one.doubtful for one in clause.persons):
            return True  # "doodh wali chai peene se …"
        alone = match.frame.intent == "stock.check" and clause.present.isdisjoint(_STORED)
        if alone and astray(scan, clause, self._explained[match.frame.intent], most=1):
            return True
        if match.frame.intent not in self._writes:
            allowed = self._asking.get(match.frame.intent)
            return allowed is not None and any(verb.acts and verb.group not in allowed for verb in clause.verbs)
        if match.frame.intent.startswith(_MONEYED) and _of_nothing(clause):
            return True
        guards = _GUARDS & clause.present
        if match.frame.intent == "customer.update":
            guards = guards - {"wrong"}  # "number galat hai, 98… karo"
        if match.frame.intent in _CANCELLING:
            guards = guards - {"cancel", "not_yet", "wrong", "mistaken"}
        if match.frame.intent == "undo":
            guards = guards - {"@unreal"}  # "maine galat bola, undo karo"
        if match.frame.intent == "reminder.cancel":
            guards = guards - {"@negated"}
        if match.frame.intent == "payment.record" and "@doer" in clause.present and not _written(clause):
            guards = guards - {"mistaken"}  # "Rahul sent me 500 by mistake": it came in, and is read back
        if match.frame.intent.startswith(_MONEYED):
            guards |= {"@later"} & clause.present
            if not_done(match.frame.intent, clause) or clause.goods_back or bars(match.frame.intent, clause):
                return True
        if match.frame.intent.startswith("reminder."):
            guards = guards - {"@unreal"}
            if bars(match.frame.intent, clause):
                return True
        return bool(guards)

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
        if intent in ("stock.add", "invoice.create") and only_told(clause):
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
            or (intent.startswith(_MONEYED) and "wants" in clause.present)
            or several.PART_LEFT_OUT in clause.present
        ):
            for draft in drafts:
                draft.doubts.unclear = True
        return drafts


def _tells_of(clause: Clause) -> bool:
    return bool(clause.known_persons or clause.amounts or clause.goods)


def _written(clause: Clause) -> bool:
    """Whether a clause speaks of what stands in the book."""
    return not clause.present.isdisjoint(("book", "@write.past"))


def _of_nothing(clause: Clause) -> bool:
    """Whether nobody and nothing of the tenant's is spoken of, no name that people have, and nothing that counts
    ("kurta pe haldi ka daag lag gaya")."""
    counted = clause.amounts or clause.quantities or clause.phones
    people = any(not one.doubtful for one in clause.persons)
    return bool(clause.persons and clause.goods) and not (counted or people or _anchored(clause))


def _anchored(clause: Clause) -> bool:
    """Whether a clause names somebody or something on the tenant's lists."""
    return any(one.name or one.candidates for one in clause.persons) or any(one.name for one in clause.goods)


def _confidence(clauses: list[Clause], drafts: list[Draft]) -> float:
    best = max((clause.best.score for clause in clauses if clause.best is not None), default=1.0)
    doubt = sum(0.15 for draft in drafts if draft.doubts.ask or draft.doubts.unclear)
    foreign = sum(len(clause.foreign) for clause in clauses) * 0.1
    return round(max(0.3, min(0.98, 0.6 + 0.08 * best - doubt - foreign)), 2)
