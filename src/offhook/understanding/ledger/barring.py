"""Which intents a clause only speaks of, and does not mean: it denies, asks, tells, or is of another trade. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from offhook.understanding.frames import Match
from offhook.understanding.ledger.accounts import Explained, astray
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.happening import not_done
from offhook.understanding.ledger.language import ELSEWHERE
from offhook.understanding.ledger.no_path import bars, refunded
from offhook.understanding.ledger.spans import Scan

MONEYED = ("payment.", "credit.", "invoice.create", "stock.add")
_GUARDS = frozenset({"@negated", "@asked", "@unreal", "cancel", "not_yet", "wrong", "mistaken"})
"""With one of these, a clause writes nothing: it denies, asks, doubts, reports or takes back."""
_CANCELLING = frozenset({"invoice.cancel", "reminder.cancel", "undo"})
_OVERALL = frozenset({"summary", "stock.low", "dues.list", "dues.total", "help", "reminder.schedule", "reminder.list"})
"""What names nobody and nothing of the book."""
_OWED = frozenset({"balance", "baaki", "udhaar", "udhaar_of", "payment", "settle", "jama", "khata"})
"""What says that an account is asked about."""
_STORED = frozenset({"stock", "in_stock", "low"})
"""What says that goods are asked about as they lie there; without it nothing else may be spoken of."""
_TELLING = frozenset({"show", "asks", "@asked"})
_ASKING = _TELLING | {"howmuch", "limit_word"}
"""What says that something is asked."""


@dataclass(frozen=True, slots=True)
class Bars:
    writes: frozenset[str]
    explained: Mapping[str, Explained]
    asking: Mapping[str, frozenset[str]]
    """What may be done in a question, by its intent."""

    def barred(self, match: Match, clause: Clause, scan: Scan) -> bool:
        """Whether the clause only speaks of what the frame would write."""
        if ELSEWHERE in clause.present and not anchored(clause):
            return match.frame.intent != "out_of_scope"
        overall = match.frame.intent in _OVERALL and not clause.known_persons
        if overall and astray(scan, clause, self.explained[match.frame.intent]):
            return True
        if match.frame.intent == "balance.check" and clause.present.isdisjoint(_OWED):
            strangers = [one for one in clause.known_persons if one.near or not (one.name or one.candidates)]
            several = len(clause.known_persons) > 1 and any(one.start > clause.start for one in strangers)
            if several or astray(scan, clause, self.explained[match.frame.intent]):
                return True  # "tulsi vivah ki katha sunao"
        if match.frame.intent == "balance.check" and (_paid_off(clause) or _entered(clause)):
            return True
        if match.frame.intent == "customer.info" and "new" in clause.present and clause.present.isdisjoint(_ASKING):
            return True  # "Sunita ka naya mobile likho"
        if match.frame.intent == "balance.check" and clause.goods and all(one.doubtful for one in clause.persons):
            return True  # "doodh wali chai peene se …"
        alone = match.frame.intent == "stock.check" and clause.present.isdisjoint(_STORED)
        if alone and astray(scan, clause, self.explained[match.frame.intent], most=1):
            return True
        if match.frame.intent not in self.writes:
            allowed = self.asking.get(match.frame.intent)
            return allowed is not None and any(verb.acts and verb.group not in allowed for verb in clause.verbs)
        if match.frame.intent.startswith(MONEYED) and _of_nothing(clause):
            return True
        guards = _GUARDS & clause.present
        if match.frame.intent == "customer.update":
            guards = guards - {"wrong"}  # "number galat hai, 98… karo"
        if match.frame.intent == "invoice.send" and clause.present.isdisjoint(("if_word", "maybe_word", "wish")):
            guards = guards - {"@unreal"}  # "bol raha bill nahi mila, bhej do"
        if match.frame.intent in _CANCELLING:
            guards = guards - {"cancel", "not_yet", "wrong", "mistaken"}
        if match.frame.intent == "undo":
            guards = guards - {"@unreal"}  # "maine galat bola, undo karo"
        if match.frame.intent == "reminder.cancel":
            guards = guards - {"@negated"}
        if match.frame.intent == "payment.record" and "@doer" in clause.present and not _written(clause):
            guards = guards - {"mistaken"}  # "Rahul sent me 500 by mistake": it came in, and is read back
        if match.frame.intent.startswith(MONEYED):
            guards |= {"@later"} & clause.present
            back = clause.goods_back and not refunded(match.frame.intent, clause)
            if not_done(match.frame.intent, clause) or back or bars(match.frame.intent, clause):
                return True
        if match.frame.intent.startswith("reminder."):
            guards = guards - {"@unreal"}
            if bars(match.frame.intent, clause):
                return True
        return bool(guards)


def _written(clause: Clause) -> bool:
    """Whether a clause speaks of what stands in the book."""
    return not clause.present.isdisjoint(("book", "@write.past"))


def _entered(clause: Clause) -> bool:
    """Whether a sum is told, which no question about a balance has ("Mehmood owes me another 460")."""
    return "@amount" in clause.present and clause.present.isdisjoint(_ASKING)


def _paid_off(clause: Clause) -> bool:
    """Whether somebody paid towards what he owes, or all of it, which only sounds like a question."""
    present = clause.present
    if not present.isdisjoint(_TELLING):
        return False
    return {"@pay.past", "@amount", "udhaar_of"} <= present or "@clear.past" in present


def _of_nothing(clause: Clause) -> bool:
    """Whether nobody and nothing of the tenant's is spoken of, no name that people have, and nothing that counts
    ("kurta pe haldi ka daag lag gaya")."""
    counted = clause.amounts or clause.quantities or clause.phones
    people = any(not one.doubtful for one in clause.persons)
    return bool(clause.persons and clause.goods) and not (counted or people or anchored(clause))


def anchored(clause: Clause) -> bool:
    """Whether a clause names somebody or something on the tenant's lists."""
    return any(one.name or one.candidates for one in clause.persons) or any(one.name for one in clause.goods)
