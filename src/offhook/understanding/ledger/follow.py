"""A line in the light of what was said before: answers to our question, corrections, yes and no, "aur uska number?".

With a command waiting, dialogue acts come first: "nahi 500 nahi 600" amends, it does not deny; a name answers "which
Ramesh?". A whole command of another kind stays what it is. A yes counts only where nothing in the line speaks against
it.
"""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.accounts import Explained, agrees, left_over, tells
from offhook.understanding.ledger.amend import (
    POSTED,
    goes_on,
    names_nothing,
    of_another_kind,
    puts_right,
    to_come,
    written_so,
)
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.commands import Draft
from offhook.understanding.ledger.decide import Doubts, one
from offhook.understanding.ledger.items import number
from offhook.understanding.ledger.language import LedgerLanguage
from offhook.understanding.ledger.paying import paid_for
from offhook.understanding.ledger.periods import find_period
from offhook.understanding.ledger.reading import LineReading, tongue_of
from offhook.understanding.ledger.turning import against, kept, kind_of, turned_to
from offhook.understanding.ledger.values_said import Values, told_anew
from offhook.understanding.model import Command, Context, Understanding, World
from offhook.understanding.understander import Understander

_DENY = frozenset({"nahi", "mat", "cancel", "undo", "not_yet"})
_MONEY = frozenset({"payment.record", "payment.refund"})
_OWED = frozenset({"credit.add", "invoice.create"})
"""Entries that money may come in for afterwards."""
_TWO = 2
_DOING = frozenset({"book", "made_customer", "change", "made"})
"""What may stand beside a yes and say only what it is a yes to."""
_DOUBTING = frozenset({"@negated", "@asked", "@unreal", "not_yet", "wrong", "cancel"})
_TAKING_BACK = frozenset({"undo", "invoice.cancel", "reminder.cancel"})
_TELLING = frozenset({"@asked", "@unreal", "hearsay", "if_word", "maybe_word"})
"""With one of these a line after an entry puts nothing right."""
_MAKING = frozenset({"book", "made", "made_customer"})
_BESIDE_SUMS = frozenset({"method", "date", "due_date"})
"""Said alone after an entry they are about that one ("upi se")."""
_GOODS = frozenset({"bill", "@goods"})
_REFUSING = frozenset({"@negated", "@asked", "@unreal", "mat", "not_yet"})
WHEN = ("date", "time", "daypart", "recurrence")
_SUM = 100
"""From here on a bare number behind a bill of goods is sooner a sum than a count."""
AS_BEFORE = "as_before"
"""Beside a command that says no time: the one before it has told when."""
_ACTS = frozenset({"confirm", "deny", "repeat", "greet", "goodbye", "smalltalk", "handoff"})


class Following:
    """What a line means to a command that waits, or to the one before."""

    def __init__(
        self,
        language: LedgerLanguage,
        everyday: Understander,
        writes: frozenset[str],
        explained: dict[str, Explained],
    ) -> None:
        self._language = language
        self._values = Values(language)
        self._everyday = everyday
        self._writes = writes
        self._explained = explained

    def answer(
        self,
        text: str,
        world: World,
        context: Context,
        reading: LineReading,
        clauses: list[Clause],
        drafts: list[Draft],
    ) -> Understanding | None:
        """None where the line is a command of its own."""
        pending = context.pending
        if pending is None:
            return None
        turned = self._turned(reading, clauses, drafts, pending)
        if turned is not None:
            return Understanding(
                commands=[turned],
                decision="confirm",
                language=tongue_of(reading, self._language),
                confidence=0.8,
                unclear=True,
            )
        if (less := self._left_out(reading, clauses, pending)) is not None:
            return less
        if drafts and self._own_command(drafts, clauses, pending, context):
            return None
        if pending.intent in _MONEY and any(clause.goods or clause.goods_back for clause in clauses):
            return None  # "phir se 50 ka doodh le gaya" says nothing of the money that waits
        said, doubts = self._values.said(reading, clauses, pending, context)
        held = {slot for slot, value in said.items() if pending.slots.get(slot) == value}
        agreed = context.asked == "confirm" and held == set(said) and doubts.ask is None
        act = self._act(text, reading, world, clauses, pending) if agreed or not said else None
        if said and not (agreed and act in ("confirm", "deny")):
            return self._valued(said, doubts, pending, context, world, reading, clauses)
        if act == "confirm" and (held_back := self._explained.get(pending.intent)) is not None:
            present = {name for clause in clauses for name in clause.present}
            back = pending.intent in _TAKING_BACK and self._taken_back(reading, world, present, pending)
            # "haan bana do" is no yes to taking back.
            makes = pending.intent in _TAKING_BACK and not present.isdisjoint(_MAKING)
            if not back and (makes or not agrees(reading.scan, clauses, held_back)):
                return Understanding(  # the same question again
                    commands=[Command(intent=pending.intent)],
                    decision="confirm",
                    language=tongue_of(reading, self._language),
                    confidence=0.5,
                )
        if act is not None:
            return Understanding(
                commands=[Command(intent=act)],
                decision="execute" if act in ("confirm", "deny") else "handoff" if act == "handoff" else "answer",
                language=tongue_of(reading, self._language),
                confidence=0.9,
            )
        if doubts.ask is not None:
            return Understanding(
                commands=[Command(intent=pending.intent)],
                decision="ask",
                ask=doubts.ask,
                language=tongue_of(reading, self._language),
                confidence=0.5,
            )
        return None

    def _turned(
        self, reading: LineReading, clauses: list[Clause], drafts: list[Draft], pending: Command
    ) -> Command | None:
        """The waiting entry, or that of another customer, on the other side."""
        side = turned_to(reading.scan, clauses, pending)
        if side is not None:
            return Command(intent=side, slots=kept(pending.slots))
        return None if drafts else against(clauses, pending)

    def _own_command(self, drafts: list[Draft], clauses: list[Clause], pending: Command, context: Context) -> bool:
        """Whether the line would be a command if nothing waited, and not only values for what waits."""
        if len(drafts) > 1:
            return True
        intent = drafts[0].command.intent
        if intent == "out_of_scope":
            return True
        if intent == "undo" and not clauses[0].known_persons:
            return False
        if intent == pending.intent:
            return False
        named = drafts[0].command.slots.keys() & {"name", "phone"}
        if intent == "customer.create" and context.asked == "unknown_customer" and not named:
            return False  # "haan naya khata bana do": whom we asked about
        clause = clauses[0]
        if any(clause.corrected or "@negated" in clause.present for clause in clauses) and clause.amounts:
            return False
        new = {slot for slot in drafts[0].command.slots if slot != "customer_candidates"}
        if context.asked in ("customer", "unknown_customer", "name") and new <= {"customer"} and not clause.verbs:
            return clause.best is not None and clause.best.score >= 2.5
        return clause.best is not None and clause.best.score >= 1.8

    def _valued(
        self,
        said: dict[str, SlotValue],
        doubts: Doubts,
        pending: Command,
        context: Context,
        world: World,
        reading: LineReading,
        clauses: list[Clause],
    ) -> Understanding:
        changed = {slot for slot, value in said.items() if pending.slots.get(slot) not in (None, value)}
        if context.asked in said or context.asked in ("unknown_customer", "customer"):
            changed -= {context.asked or "", "customer"} if context.asked != "confirm" else set()
        amends = bool(changed) or context.asked in ("confirm", "change")
        intent = "correct" if amends else pending.intent
        merged = told_anew(pending.slots, said)
        explained = self._explained.get(pending.intent)
        amending = context.asked in ("confirm", "change", "unknown_customer")
        if explained is not None and tells(reading.scan, clauses, explained, amends=amending):
            doubts.unclear = True
        decision, ask = one(Command(intent=pending.intent, slots=merged), doubts, world.limit)
        return Understanding(
            commands=[Command(intent=intent, slots=said)],
            decision=decision,
            ask=ask,
            language=tongue_of(reading, self._language),
            confidence=0.85,
        )

    def _act(
        self, text: str, reading: LineReading, world: World, clauses: list[Clause], pending: Command
    ) -> str | None:
        acts = self._acts(text, world)
        present = {name for clause in clauses for name in clause.present}
        if pending.intent in _TAKING_BACK and self._taken_back(reading, world, present, pending):
            return "confirm"
        if not {"cancel", "mat", "undo"}.isdisjoint(present):
            return "deny"
        if not acts and "@negated" in present:
            return "deny"
        if acts or len(reading.scan) < _TWO:
            return acts[0] if acts else None
        if present.isdisjoint(_DOUBTING) and not present.isdisjoint(_DOING) and not any(c.foreign for c in clauses):
            # "haan add karo": a yes, and the doing of it.
            first = self._acts(reading.scan.words[0], world)
            return "confirm" if first[:1] == ["confirm"] else None
        return None

    def _taken_back(self, reading: LineReading, world: World, present: set[str], pending: Command) -> bool:
        """Whether a yes is said to taking back ("haan hata do"); a bare "cancel" may mean our question."""
        if present.isdisjoint(("cancel", "undo")) or not present.isdisjoint(_REFUSING):
            return False
        if self._acts(reading.scan.words[0], world)[:1] == ["confirm"]:
            return True
        return pending.intent != "undo" or "cancel" not in reading.scan.words

    def _acts(self, text: str, world: World) -> list[str]:
        result = self._everyday.understand(text, world, Context(pending=Command(intent="faq"), asked="confirm"))
        return [command.intent for command in result.commands if command.intent in _ACTS]

    # -- nothing waits --------------------------------------------------------------------------------------------

    def continued(self, reading: LineReading, clauses: list[Clause], context: Context) -> list[Draft]:
        """ "aur Priya ka?", "aur paanch sau aur": the last wish again, with what is new."""
        intent = context.last_intent
        if intent is None or len(clauses) != 1:
            return []
        clause = clauses[0]
        if intent in self._writes and any(verb.tense == "future" and verb.acts for verb in clause.verbs):
            return []  # "aur 50 baad mein degi"
        if clause.foreign or "@negated" in clause.present or "@unreal" in clause.present or clause.goods_back:
            return []
        if not clause.present.isdisjoint(("@told_of", "@own_words")):
            return []
        if intent in _MONEY and clause.goods:
            return []
        if intent in self._writes and "@asked" in clause.present:
            return []
        if intent in POSTED and "cancel" in clause.present and names_nothing(clause):
            return [Draft(Command(intent="undo"), Doubts())]  # "ye wala hata do"
        if intent in _OWED and names_nothing(clause) and "@asked" not in clause.present and paid_for(clause):
            # "cash mil gaya": all of it, or a part?
            methods = {one.name.partition("=")[2] for one in clause.values.get("method", [])}
            paid: dict[str, SlotValue] = {"customer": context.last_customer} if context.last_customer else {}
            paid |= {"method": methods.pop()} if len(methods) == 1 else {}
            return [Draft(Command(intent="payment.record", slots=paid), Doubts(ask="amount"))]
        takes = self._values.takes(intent)
        if intent == "summary":
            now = reading.world.now.astimezone(reading.tenant.calendar.zone)
            times = reading.times(clause.start, clause.end, "past")
            days = find_period(reading.scan, clause.start, clause.end, times, now)
            if days is None:
                return []
            ends: dict[str, SlotValue] = {"date_from": days.first.isoformat(), "date_to": days.last.isoformat()}
            return [Draft(Command(intent=intent, slots=ends), Doubts())]
        said, doubts = self._values.said(
            reading, clauses, Command(intent=intent), Context(last_customer=context.last_customer)
        )
        said = {slot: value for slot, value in said.items() if slot in takes or slot.endswith("_candidates")}
        if not said:
            return []
        if "customer" in takes and "customer" not in said and context.last_customer is not None:
            said["customer"] = context.last_customer
        explained = self._explained.get(intent)
        if explained is not None and explained.whole:
            dated = "due_date" in said and "until" not in clause.present
            doubts.unclear = dated or bool(left_over(reading.scan, clause, explained))
        draft = Draft(Command(intent=intent, slots=said), doubts)
        if intent == "reminder.schedule" and said.keys().isdisjoint(WHEN):
            draft.beside[AS_BEFORE] = True  # "Suresh ko bhi"
        return [self._short(draft, reading, clause) if intent in self._writes else draft]

    def put_right(
        self, reading: LineReading, clauses: list[Clause], drafts: list[Draft], context: Context
    ) -> Understanding | None:
        """ "sorry 400 nahi, 450" after an entry: what of it is to be otherwise; None where the line is about something
        else. It is never written as it stands: the entry before it has to go."""
        intent, scan = context.last_intent, reading.scan
        if intent not in POSTED or of_another_kind(drafts, intent) or not clauses:
            return None
        present = {name for clause in clauses for name in clause.present}
        undone = any(draft.command.intent == "undo" for draft in drafts)
        if scan.words[:2] == ["should", "be"]:
            present -= {"@asked"}  # "should be 450"
        if not present.isdisjoint(_TELLING) or to_come(scan, clauses) or (undone and "cancel" in present):
            return None
        if "less" in present or (intent.startswith("payment.") and not present.isdisjoint(_GOODS)):
            return None
        kind = kind_of(intent, present)
        people = any(clause.known_persons or clause.goods for clause in clauses)
        came = any(paid_for(clause) and not clause.corrected for clause in clauses)  # "payment ho gaya"
        if kind is not None and not came and not drafts and not people and puts_right(scan, clauses, whole=False):
            sums = [one for clause in clauses for one in clause.amounts]
            summed = {"amount": number(sums[0].value)} if len(sums) == 1 else {}
            return self._otherwise({"kind": kind, **summed}, Doubts(), reading)
        dropped = self._dropped(clauses, intent, present)
        whole = bool(drafts)
        said, doubts = (dropped, Doubts()) if dropped else self._amended(reading, clauses, intent, context)
        if intent.startswith("payment.") and "udhaar" in present:
            return None  # another kind of entry, which no value of this one makes
        added = not whole and bool(said) and _BESIDE_SUMS.issuperset(said)
        named = {one.name for clause in clauses for one in clause.known_persons}
        told = "@told_of" in present  # "Lakhan wala 1000 tha"
        if told and named - {context.last_customer}:
            return None
        if not (
            dropped or added or told or written_so(scan, clauses, drafts) or puts_right(scan, clauses, whole=whole)
        ):
            return None
        if not said and doubts.ask is None:
            return None
        return self._otherwise(said, doubts, reading)

    def _otherwise(self, said: dict[str, SlotValue], doubts: Doubts, reading: LineReading) -> Understanding:
        return Understanding(
            commands=[Command(intent="correct", slots=said)],
            decision="ask" if doubts.ask is not None else "confirm",
            ask=doubts.ask,
            language=tongue_of(reading, self._language),
            confidence=0.8,
        )

    def _amended(
        self, reading: LineReading, clauses: list[Clause], intent: str, context: Context
    ) -> tuple[dict[str, SlotValue], Doubts]:
        asked = "qty" if intent == "stock.add" else None
        lean = Context(last_customer=context.last_customer, asked=asked)
        said, doubts = self._values.said(reading, clauses, Command(intent=intent), lean)
        takes = self._values.takes(intent) | {"customer_candidates", "product_candidates"}
        said = {slot: value for slot, value in said.items() if slot in takes}
        counted = [one for clause in clauses for one in clause.quantities]
        if intent == "invoice.create" and len(counted) == 1 and "items" not in said:
            said["qty"] = number(counted[0].value)
            if counted[0].unit is not None:
                said["unit"] = counted[0].unit
        bare = [one for clause in clauses for one in clause.amounts if not one.marked and one.value < _SUM]
        if intent == "invoice.create" and said.get("amount") and bare and said.keys().isdisjoint(("items", "qty")):
            said["qty"] = said.pop("amount")  # "nahi 5": packets, where the bill is of goods
        if said.get("customer") == context.last_customer:
            said.pop("customer", None)
        return said, doubts

    @staticmethod
    def _dropped(clauses: list[Clause], intent: str, present: set[str]) -> dict[str, SlotValue]:
        """Goods of the bill before that are not to be on it ("chai mat likho"): none of them."""
        goods = [one for clause in clauses for one in clause.goods]
        dropping = not present.isdisjoint(("mat", "cancel")) or ("nahi" in present and "@verb" not in present)
        if intent != "invoice.create" or not goods or not dropping:
            return {}
        if any(clause.amounts or clause.quantities or clause.known_persons for clause in clauses):
            return {}
        items: list[dict[str, SlotValue]] = [{"product": one.name or one.said, "qty": 0} for one in goods]
        return {"items": items}

    def _left_out(self, reading: LineReading, clauses: list[Clause], pending: Command) -> Understanding | None:
        """Goods that are not to be on the bill that waits ("maggi mat likho"): the rest of it is read back."""
        present = {name for clause in clauses for name in clause.present}
        dropped, held = self._dropped(clauses, pending.intent, present).get("items"), pending.slots.get("items")
        if not isinstance(dropped, list) or not isinstance(held, list) or "@asked" in present:
            return None
        out = [one.get("product") for one in dropped if isinstance(one, dict)]
        kept = [one for one in held if isinstance(one, dict) and one.get("product") not in out]
        command = Command(intent="correct", slots={"items": list(kept)}) if kept else Command(intent="deny")
        if len(kept) == len(held):
            command = Command(intent=pending.intent)  # the same question again
        summed = bool(kept) and len(kept) < len(held) and pending.slots.get("amount") is not None
        return Understanding(
            commands=[command],
            decision="ask" if summed else "confirm" if kept else "execute",
            ask="amount" if summed else None,  # the sum that was said was of all of it
            language=tongue_of(reading, self._language),
            confidence=0.8,
            unclear=True,
        )

    def _short(self, draft: Draft, reading: LineReading, clause: Clause) -> Draft:
        """The draft; where a line after an entry is no more than a number or a name, the question what it is about."""
        slots, intent = draft.command.slots, draft.command.intent
        named = [one for one in clause.known_persons if one.role != "bare"]
        told = bool(clause.amounts or clause.goods) or intent not in POSTED
        if goes_on(reading.scan) or (named and told):
            return draft
        if clause.known_persons and not clause.amounts and not clause.goods:
            about = {slot: value for slot, value in slots.items() if slot in ("customer", "customer_candidates")}
            return Draft(Command(intent="customer.info", slots=about), Doubts(ask=draft.doubts.ask or "field"))
        if clause.known_persons:
            return Draft(draft.command, Doubts(ask=draft.doubts.ask, unclear=True))
        alone = {slot: value for slot, value in slots.items() if slot != "customer"}
        return Draft(Command(intent=intent, slots=alone), Doubts(ask=draft.doubts.ask or "customer"))

    def refused(self, clauses: list[Clause]) -> bool:
        """Whether a wish is taken back: "mat likho", "abhi mat karo"."""
        return any(not {"mat", "not_yet"}.isdisjoint(clause.present) or clause.verbs for clause in clauses)
