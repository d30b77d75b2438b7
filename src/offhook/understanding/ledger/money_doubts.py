"""What stands against a sum as it was said: whether it is all of it, and of which day. Pure.

"dhai diye" may be two and a half or as many hundreds, "das das karke" is no ten, "pichle saal wale" is no day: such a
sum is asked about or read back, never written as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.dates import Timed
from offhook.understanding.ledger.spans import Amount, Scan

_TO_COME = frozenset({"tomorrow", "next", "coming", "agle", "agla", "agli"})
_INEXACT = frozenset({"inexact", "more_than", "@recurrence"})
"""With one of these, a sum is not what was given: "500 kam", "do baar 500", "roz 500"."""
_DOING_SO = frozenset({"karke", "milkar"})


@dataclass(frozen=True, slots=True)
class MoneyDoubts:
    """The doubts about the sums and the day of one clause."""

    scan: Scan
    clause: Clause
    now: datetime
    times: Timed

    def coming(self) -> bool:
        """Whether the day that was said is yet to come, whatever the verb says ("tomorrow")."""
        places = {i for start, end in self.times.places for i in range(start, end)}
        beside = {self.scan.latin(i) for i in places | {min(places, default=0) - 1} if i >= 0}
        return not beside.isdisjoint(_TO_COME)

    def yet_to_give(self) -> bool:
        """Whether it may be we who will give it ("Bunty ko 500 udhaar kal denge"): nothing else is done or written."""
        acting = [verb for verb in self.clause.verbs if verb.acts]
        tenses = {verb.tense for verb in acting}
        lent = min((one.end for one in self.clause.concepts if one.name == "udhaar"), default=self.clause.start)
        upto = max((verb.end for verb in acting), default=lent)
        paused = any(self.scan.sentence.pauses(i) for i in range(lent, upto))
        return tenses == {"future"} and not paused and "book" not in self.clause.present

    def paid_in(self) -> bool:
        """Whether "jama" is said and no udhaar: it is what somebody paid, whatever is done with it in the book."""
        return "jama" in self.clause.present and self.clause.present.isdisjoint(("udhaar", "udhaar_of", "baaki"))

    def made_so(self) -> bool:
        """Whether a sum is what is owed from now on, sooner than what is added ("udhaar 500 kar do", "credit 500")."""
        done = {verb.start for verb in self.clause.verbs if verb.tense == "past"}  # "borrowed 900"
        owed = {one.end for one in self.clause.concepts if one.name == "udhaar" and one.start not in done}
        made = {verb.start for verb in self.clause.verbs if verb.group in ("do", "make") and verb.tense != "past"}
        return any(
            amount.start in owed and (amount.end in made or amount.end == self.clause.end)
            for amount in self.clause.amounts
        )

    def fraction(self, amount: Amount) -> bool:
        counts = self.scan.language.counts
        parts = counts.quarters.keys() | counts.fractions.keys()
        return not amount.marked and self.scan.keys[amount.start] in parts

    def time_left(self, intent: str) -> bool:
        """Whether a time was spoken of that is no day and no time of day ("pichle saal wale hisaab mein")."""
        when = self.times.when
        if when.date is not None or when.time is not None or when.daypart is not None:
            return False
        if intent == "credit.add" and when.date_to is not None and "until" in self.clause.present:
            return False
        return any(self.scan.covered[self.clause.start : self.clause.end])

    def another_day(self) -> bool:
        """Whether a day was spoken of that is not today: what has no date of its own is entered today."""
        when = self.times.when
        if when.date is None:
            return when.date_from is not None or when.date_to is not None
        return when.date != self.now.date()

    def inexact(self) -> bool:
        """Whether the sum is not what was given; "card swipe karke" says no such thing, "das das karke" does."""
        counted = {amount.end for amount in self.clause.amounts} | {
            i + 1
            for i in range(self.clause.start, self.clause.end)
            if self.scan.keys[i] in self.scan.language.counts.words
        }
        methods = {one.start for one in self.clause.values.get("method", [])}  # "over UPI"
        left = {
            one.name
            for one in self.clause.concepts
            if (self.scan.latin(one.start) not in _DOING_SO or one.start in counted) and one.end not in methods
        }
        return not _INEXACT.isdisjoint(left | {name for name in self.clause.present if name.startswith("@")})

    def number_left(self) -> bool:
        """Whether a word of a number belongs to no number that was read ("dedh, matlab, sau")."""
        scan, counts = self.scan, self.scan.language.counts
        parts = counts.quarters.keys() | counts.fractions.keys()
        if any(not scan.taken[i] and scan.keys[i] in parts for i in range(self.clause.start, self.clause.end)):
            return True
        for amount in self.clause.amounts:
            before = [i for i in (amount.start - 1, amount.start - 2) if i >= 0 and not scan.taken[i]]
            if amount.lone and any(scan.keys[i] in counts.words for i in before):
                return True
            if amount.lone and amount.start - 1 in self.clause.foreign:
                return True  # an unknown word may have been its number
            if amount.end in self.clause.foreign and scan.key(amount.end + 1) in counts.money:
                return True  # or the rest of it ("paanch sau … rupaye")
        return any(
            (scan.keys[i] in counts.words or scan.words[i].isdecimal())
            and not (
                i == self.clause.retracted
                or scan.taken[i]
                or scan.covered[i]
                or scan.latin(i) in counts.shy
                or scan.keys[i] in counts.multipliers
            )
            and not any(verb.start <= i < verb.end for verb in self.clause.verbs)
            for i in range(self.clause.start, self.clause.end)
        )
