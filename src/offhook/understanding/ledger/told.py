"""What one command is made of: a clause whose frame is known, and what its times and pronouns point at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.dates import Timed
from offhook.understanding.ledger.money_doubts import MoneyDoubts
from offhook.understanding.ledger.periods import Period
from offhook.understanding.ledger.spans import Scan


@dataclass(frozen=True, slots=True)
class Told:
    scan: Scan
    clause: Clause
    now: datetime
    last_customer: str | None
    """Who was spoken of last."""
    times: Timed
    period: Period | None

    @property
    def doubt(self) -> MoneyDoubts:
        return MoneyDoubts(self.scan, self.clause, self.now, self.times)

    @property
    def days(self) -> set[int]:
        """The tokens of the times that were read."""
        return {i for start, end in self.times.places for i in range(start, end)}
