"""Drafts of commands out of the clauses of a line, and what of each has to be read back before it is written."""

from __future__ import annotations

from offhook.understanding.ledger import several
from offhook.understanding.ledger.accounts import left_over
from offhook.understanding.ledger.barring import MONEYED
from offhook.understanding.ledger.clause_maker import ClauseMaker
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.commands import CommandMaker
from offhook.understanding.ledger.desk import LedgerDesk
from offhook.understanding.ledger.drafts import DATED, Draft
from offhook.understanding.ledger.happening import acts_beside, goods_alone, only_told, only_was, ordered
from offhook.understanding.ledger.line import Line
from offhook.understanding.ledger.periods import find_period
from offhook.understanding.ledger.reading import LineReading
from offhook.understanding.ledger.settling import telling
from offhook.understanding.ledger.spans import Scan
from offhook.understanding.ledger.told import Told


class Drafting:
    def __init__(self, desk: LedgerDesk, maker: ClauseMaker) -> None:
        self._writes = desk.writes
        self._explained = desk.explained
        self._maker = maker

    def drafts(self, line: Line) -> list[Draft]:
        """What the clauses want, in their order."""
        drafts: list[Draft] = []
        sharing: list[Draft] = []
        customer = line.context.last_customer
        for n, clause in enumerate(line.clauses):
            if clause.best is None and several.borrows(clause, line.clauses, n):
                self._maker.match(clause, line.scan)
            if clause.best is None:
                continue
            made = self.of_clause(line.reading, clause, customer)
            if line.context.last_intent == "invoice.create":
                made = [several.on_the_bill(draft, clause, customer) for draft in made]
            for draft in made:
                several.lean(draft, clause, drafts, customer)
                said = draft.command.slots.get("customer")
                if isinstance(said, str) and draft.person is not None and draft.person.name is not None:
                    customer = said
            if (
                drafts
                and made
                and drafts[-1].command.intent in self._writes
                and several.takes_back(line.scan, clause, drafts[-1], made[0])
            ):
                drafts.pop()
            drafts.extend(made)
            sharing.extend(made if several.SHARING in clause.present else ())
        drafts = _without_reasons(drafts)
        self._doubt_together(line.clauses, drafts)
        several.share_days(sharing)
        return several.told_once(drafts)

    def _doubt_together(self, clauses: list[Clause], drafts: list[Draft]) -> None:
        """What one clause casts on the commands of the others."""
        for n, clause in enumerate(clauses):
            if clause.amounts and not clause.present.isdisjoint(("@asked", "@unreal")):
                for draft in drafts if any(one.intent in self._writes for one in clauses[n + 1 :]) else ():
                    draft.doubts.unclear = True  # "kya Priya ne 120, Suresh ne 80 diye" asks about both
        if any(clause.best is None and several.one_each(clause) for clause in clauses):
            for draft in drafts:
                draft.doubts.ask = draft.doubts.ask or "customer"  # nobody's sum is left out unheard

    def of_clause(self, reading: LineReading, clause: Clause, customer: str | None) -> list[Draft]:
        """What one clause wants by its best frame. `customer`: who was spoken of last."""
        if clause.best is None:
            return []
        intent = clause.best.frame.intent
        # What a book is told of has happened; only what is owed may be due "until" a day to come.
        past = intent in ("payment.record", "summary") or (intent in DATED and "until" not in clause.present)
        times = reading.times(clause.start, clause.end, "past" if past else "future")
        now = reading.now
        period = find_period(reading.scan, clause.start, clause.end, times, now) if intent == "summary" else None
        drafts = CommandMaker(Told(reading.scan, clause, now, customer, times, period)).make()
        if intent in self._explained and self._explained[intent].whole:
            clause.left = left_over(reading.scan, clause, self._explained[intent])
        if _told_otherwise(intent, clause) or (intent in self._writes and _unsure(intent, clause, reading.scan)):
            for draft in drafts:
                draft.doubts.unclear = True
        known = clause.noted | clause.named
        if intent in self._writes and (clause.left or not known.issuperset(clause.foreign)):
            turning = bool(telling(reading.scan, clause))
            for draft in drafts:
                draft.doubts.beside, draft.doubts.turning = True, turning
        return drafts


def _without_reasons(drafts: list[Draft]) -> list[Draft]:
    """The drafts without a payment of no sum that is only why reminders stop ("paise de chuki, reminder rok do")."""
    stopped = {str(one.command.slots.get("customer")) for one in drafts if one.command.intent == "reminder.cancel"}
    return [
        one
        for one in drafts
        if one.command.intent != "payment.record"
        or str(one.command.slots.get("customer")) not in stopped
        or not one.command.slots.keys().isdisjoint(("amount", "settle_all"))
    ]


def _told_otherwise(intent: str, clause: Clause) -> bool:
    """Whether the clause may tell of something else than is entered by its intent."""
    if (intent in ("stock.add", "invoice.create") and only_told(clause)) or goods_alone(intent, clause):
        return True
    # "Rahul ko 500 diye the, usne wapas kar diye"
    return _moves_money(intent) and {"doer", "goal"} <= {person.role for person in clause.persons}


def _moves_money(intent: str) -> bool:
    return intent.startswith(("payment.", "credit."))


def _unsure(intent: str, clause: Clause, scan: Scan) -> bool:
    """Whether something in a clause speaks against writing it as it stands."""
    return (
        acts_beside(clause, scan)
        or (_moves_money(intent) and (only_was(clause, scan) or not clause.present.isdisjoint(("@others", "@you"))))
        or (intent.startswith(MONEYED) and "wants" in clause.present and not ordered(intent, clause))
        or several.PART_LEFT_OUT in clause.present
    )
