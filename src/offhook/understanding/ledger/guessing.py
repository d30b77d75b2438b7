"""What the sayings guess in the place of what the frames found: where they found nothing, or what only reads.

How likely is likely enough stands in `guesses.py`. What is guessed and would be written is read back first.
"""

from __future__ import annotations

from offhook.understanding.ledger.clause_maker import ClauseMaker
from offhook.understanding.ledger.decide import Doubts, one
from offhook.understanding.ledger.desk import LedgerDesk
from offhook.understanding.ledger.drafting import Drafting
from offhook.understanding.ledger.drafts import Draft
from offhook.understanding.ledger.guesses import (
    ATTACK,
    ELSEWHERE_AT,
    ELSEWHERE_NAMED,
    INSTEAD,
    NO_WISH,
    NOTHING,
    OF_GOODS,
    REPLACED,
    SETTLED,
    carried_out,
    clear,
    contradicts,
    name_goods,
    outweighs,
    same_entry,
    weighed,
    wished,
)
from offhook.understanding.ledger.happening import tells_of
from offhook.understanding.ledger.language import ELSEWHERE
from offhook.understanding.ledger.line import Line
from offhook.understanding.model import Command
from offhook.understanding.sayings import Guess, Sayings

_SMALL_TALK = frozenset({"greet", "confirm", "deny", "repeat", "handoff", "goodbye", "smalltalk"})
"""What every desk understands, and no guess takes the place of."""


class Guessing:
    def __init__(self, desk: LedgerDesk, maker: ClauseMaker, drafting: Drafting, sayings: Sayings | None) -> None:
        """`sayings`: None guesses nothing."""
        self.sayings = sayings
        self._desk = desk
        self._maker = maker
        self._drafting = drafting

    def instead(self, line: Line, drafts: list[Draft]) -> list[Draft]:
        """The drafts, or what is guessed where rules found none or where they are clearly wrong about what only
        reads."""
        if not line.clauses:
            return drafts
        guess = weighed(self.sayings, line.scan, line.clauses)
        if guess is None:
            return drafts
        alone = line.context.last_intent is None
        if alone and self._enters_nothing(drafts, line.world.limit) and _of_elsewhere(guess, _names_somebody(line)):
            return []  # "mere hisaab se Sachin best hai"
        if len(drafts) > 1:
            return _of_one(guess, drafts)
        if drafts:
            _settle(guess, drafts[0])
        if drafts and not self._replaceable(drafts[0], line.world.limit):
            doubtful = line.context.last_intent is None and contradicts(guess, drafts[0].command.intent)
            drafts[0].doubts.unclear = drafts[0].doubts.unclear or doubtful
            return drafts
        if guess.label in (NOTHING, NO_WISH) or self._goes_on(line, drafts):
            return drafts
        if drafts and (guess.share < INSTEAD or same_entry(guess.label, drafts[0].command.intent)):
            return drafts
        if drafts and guess.label in self._desk.reads and self._entering(drafts[0], line):
            return drafts
        if drafts and guess.label in OF_GOODS and not any(clause.goods or clause.foreign for clause in line.clauses):
            return drafts  # "ab kitna bacha", of whom was spoken of
        if not drafts and self._small_talk(line):
            return drafts
        return self._draft_of(guess, line) or drafts

    def of_elsewhere(self, line: Line) -> bool:
        """Whether the line is clearly no talk to a shop's book."""
        guess = weighed(self.sayings, line.scan, line.clauses) if line.clauses else None
        return guess is not None and _of_elsewhere(guess, named=False)

    def _entering(self, draft: Draft, line: Line) -> bool:
        """Whether something is to be entered, though how much of it was not said ("rajma ka stock chadhana hai")."""
        present = line.present
        return (
            draft.command.intent in self._desk.writes
            and not present.isdisjoint(("book", "charge"))
            and present.isdisjoint(("howmuch", "show", "@asked"))
        )

    def _enters_nothing(self, drafts: list[Draft], limit: int) -> bool:
        """Whether all of it only looks up, or is not clear enough to be entered."""
        return all(
            draft.command.intent in self._desk.reads or one(draft.command, draft.doubts, limit)[0] == "ask"
            for draft in drafts
        )

    def _goes_on(self, line: Line, drafts: list[Draft]) -> bool:
        """Whether an entry follows an entry: the words by themselves do not know what they go on from."""
        return bool(drafts) and {drafts[0].command.intent, line.context.last_intent} <= self._desk.writes

    def _replaceable(self, draft: Draft, limit: int) -> bool:
        """Whether a guess may take the place: nothing is written as it stands."""
        intent = draft.command.intent
        if intent in self._desk.reads | REPLACED:
            return True
        return intent in self._desk.writes and one(draft.command, draft.doubts, limit)[0] in ("ask", "confirm")

    def _small_talk(self, line: Line) -> bool:
        if any(map(tells_of, line.clauses)):
            return False
        return not _SMALL_TALK.isdisjoint(self._desk.acts(line.text, line.world))

    def _draft_of(self, guess: Guess, line: Line) -> list[Draft]:
        """One command of what is guessed; nothing where it is not clear enough."""
        if guess.label == ATTACK and guess.share >= INSTEAD:
            return [Draft(Command(intent="out_of_scope", slots={"reason": ATTACK}), Doubts())]
        customer, reading = line.context.last_customer, line.reading
        known = customer is not None
        clause = self._maker.clause(reading, 0, len(reading.scan), leaning=known)
        writes = guess.label in self._desk.writes
        match = wished(guess.label, self._desk.language.frames)
        if match is None or not clear(guess, clause, known=known) or ELSEWHERE in clause.present:
            return []
        barred = writes and self._desk.bars.barred(match, clause, reading.scan)
        clearly = guess.share >= SETTLED and line.context.last_intent is None
        if barred and not (clearly or outweighs(guess)):
            return []
        if "customer" in match.frame.slots and not (known or clause.persons):
            return []  # nobody is spoken of
        clause.matches = [match]
        name_goods(guess.label, clause, reading.scan)
        drafts = self._drafting.of_clause(reading, clause, customer)
        for draft in drafts:
            draft.doubts.unclear = draft.doubts.unclear or barred or (writes and not carried_out(guess))
            _settle(guess, draft)
        return [] if any(draft.command.intent == "out_of_scope" for draft in drafts) else drafts


def _of_elsewhere(guess: Guess, named: bool) -> bool:
    """Whether a line is no talk to a shop's book; surer, where it names a customer. Goods are words of everybody's."""
    return guess.label == NOTHING and guess.share >= (ELSEWHERE_NAMED if named else ELSEWHERE_AT)


def _names_somebody(line: Line) -> bool:
    return any(one.name or one.candidates for clause in line.clauses for one in clause.persons)


def _of_one(guess: Guess, drafts: list[Draft]) -> list[Draft]:
    """One look-up, where a sentence that asks for one thing was taken for several of the same ("mother asks, what is
    on Bunty's account"): that of whom is known."""
    if guess.share < INSTEAD or any(draft.command.intent != guess.label for draft in drafts):
        return drafts
    clear = [draft for draft in drafts if one(draft.command, draft.doubts, 0)[0] == "execute"]
    known = {str(draft.command.slots): draft for draft in clear}
    return [*known.values()] if len(known) == 1 else drafts


def _settle(guess: Guess, draft: Draft) -> None:
    """What is only said beside a write is no question where the sayings speak clearly for the write."""
    if guess.share >= SETTLED and same_entry(guess.label, draft.command.intent) and not draft.doubts.turning:
        draft.doubts.beside = False
