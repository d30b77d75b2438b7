"""Understanding one line of a caller: text, the tenant's world and the context in; commands and a decision out.

Slots first, then frames: every value in the sentence is read before anything asks what the sentence wants; then clauses
are matched against frames, the context has its say, and the decision rules come last. Pure: no clock, no I/O, no state
but the indexes of tenants seen lately.
"""

from __future__ import annotations

from itertools import pairwise
from time import perf_counter

from offhook.contracts.conversation import SlotValue
from offhook.understanding.clause_parts import (
    amend,
    booked_too,
    leans,
    new_one,
    one_wish,
    priced_and_booked,
    tells,
    told_and_changed,
    two_visits,
)
from offhook.understanding.clauses import Clause, read_clause
from offhook.understanding.decide import WRITES, decide, doubted
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.explain import explain_reading
from offhook.understanding.fetching import asks_of_fetching
from offhook.understanding.follow import follow, framed, slots_of
from offhook.understanding.guesses import GUESSED
from offhook.understanding.modality import UNWANTED
from offhook.understanding.model import Command, Context, Problem, Understanding, World
from offhook.understanding.reader import read_sentence
from offhook.understanding.reading import Reading
from offhook.understanding.wish_clauses import beside_answer
from offhook.understanding.worlds import WorldIndexes

_POLITE = frozenset({"greet", "smalltalk", "confirm", "deny"})
_MAX_CLAUSES = 4
_MAX_LINKS = 12
"""Places where a sentence is tried to be cut; each costs two readings of a clause."""
_SURE = 2.0
"""What a clause must score to stand by itself beside another one."""


class Understander:
    """Understands one desk's callers in one language. Not thread-safe; cheap to have one per worker."""

    def __init__(self, desk: DeskLanguage) -> None:
        self._desk = desk
        self._worlds = WorldIndexes(desk)

    @property
    def desk(self) -> DeskLanguage:
        return self._desk

    def understand(
        self, text: str, world: World, context: Context | None = None, explain: bool = False
    ) -> Understanding:
        """Read one line. Never raises for any text.

        Args:
            world: the tenant's data; `now` must be aware.
            explain: fill `explain` with why the result is what it is.
        """
        began = perf_counter()
        context = context or Context()
        index = self._worlds.of(world)
        reading = read_sentence(text, self._desk, index, world, context)
        clauses = self._clauses(reading, context)
        turned = any(reading.sentence.word(clause.start - 1) == "but" for clause in clauses[1:])
        commands, problems = self._commands(clauses, context, turned)
        if reading.sentence.cut:
            # What was not read could take back what was: nothing of it may become a write.
            commands, problems = [Command(intent="out_of_scope")], []
        if reading.mood is not None and reading.mood.taken_back:
            commands, problems = _taken_back(commands, problems, context)
        today = world.now.astimezone(index.zone).date()
        # What is not for us beside a wish may still belong to it ("and fetch it from my flat").
        doubt = any(clause.doubt for clause in clauses if clause.intent in WRITES)
        doubt = doubt or any(command.intent == "out_of_scope" for command in commands)
        decision, ask = decide(commands, problems, context, today, doubt=doubt)
        certain = any(clause.certain for clause in clauses) or _only_tells(reading, commands, clauses)
        unsettled = reading.unsettled
        if reading.told and context.pending is not None and all(command.slots for command in commands):
            unsettled = [i for i in unsettled if i not in beside_answer(reading)]
        if decision == "execute" and unsettled and not certain:
            decision, ask = doubted(commands, context)
        result = Understanding(
            commands=commands,
            decision=decision,
            ask=ask,
            language=reading.language,
            confidence=_confidence(clauses, commands, context),
            problems=problems,
            beside=_beside(reading, commands),
            explain=explain_reading(reading, clauses, commands) if explain else [],
        )
        complains = any(command.slots.get("reason") == "complaint" for command in commands)
        result.unclear = complains and not _complains_surely(clauses)
        result.guessed = bool(commands) and context.pending is None and all(_hinted(clause) for clause in clauses)
        result.elapsed_ms = round((perf_counter() - began) * 1000.0, 3)
        return result

    # -- clauses ------------------------------------------------------------------------------------------------------

    def _clauses(self, reading: Reading, context: Context) -> list[Clause]:
        """The sentence in as many clauses as carry a wish of their own."""
        size = len(reading.sentence)
        links = self._links(reading)
        if not links:
            return [self._clause(reading, context, 0, size)]
        whole = self._clause(reading, context, 0, size)
        parts: list[Clause] = []
        start = 0
        for link, begins in links[:_MAX_LINKS]:
            if len(parts) >= _MAX_CLAUSES - 1:
                break
            left = self._clause(reading, context, start, link)
            right = self._clause(reading, context, begins, size)
            if link == begins and not (left.intent in WRITES and right.intent == "faq"):
                continue
            both = context.pending is None and priced_and_booked(left, right)
            if both or self._stand_alone(reading, left, right, context):
                parts.append(left)
                start = begins
        parts.append(self._clause(reading, context, start, size))
        together = len(parts) < 2 or one_wish(whole, parts) or told_and_changed(reading, whole, parts)
        return [whole] if together else parts

    def _clause(self, reading: Reading, context: Context, start: int, end: int) -> Clause:
        return read_clause(reading, self._desk, context, start, end)

    def _links(self, reading: Reading) -> list[tuple[int, int]]:
        """Where a part ends and where the next one begins."""
        words, links = reading.sentence.words, self._desk.lexicon.hints.talk.links
        inside = {i for piece in reading.pieces for i in range(piece.start + 1, piece.end)}
        inside.update(i for entity in reading.services if not entity.partial for i in range(entity.start, entity.end))
        inside.update(
            one.end for one, two in pairwise(reading.pieces) if type(one) is type(two) and two.start == one.end + 1
        )
        inside.update(range(reading.name.start, reading.name.end) if reading.name is not None else ())
        asking = self._desk.lexicon.hints.talk.asking if not reading.mixed else frozenset()
        found = [(i, i + 1) for i, word in enumerate(words) if word in links and 0 < i < len(words) - 1]
        found += [(i, i) for i, pair in enumerate(pairwise(words)) if pair in asking and reading.sentence.pauses(i)]
        return sorted(span for span in found if span[0] not in inside)

    def _stand_alone(self, reading: Reading, left: Clause, right: Clause, context: Context) -> bool:
        if right.best is None:
            return False
        if left.best is None:
            return context.pending is not None and bool(left.slots) and right.score >= _SURE
        one, two = left.best.frame, right.best.frame
        if one.intent == two.intent and one.fixed == two.fixed:
            return context.pending is None and not reading.mixed and two_visits(left, right)
        if {one.intent, two.intent} & _POLITE and context.pending is None:
            return False
        if "customer.identify" in (one.intent, two.intent) and (
            "name" in slots_of(self._desk, one.intent) & slots_of(self._desk, two.intent)
            or "service.book" in (one.intent, two.intent)
        ):
            return False
        if one.intent == "service.book" and "pickup_drop" in right.present and not asks_of_fetching(reading, right):
            return False
        if two.intent == "service.book" and "pickup_drop" in left.present and not asks_of_fetching(reading, left):
            return False
        if "pickup_drop" in left.present and two.intent == "service.book" and right.slots.keys().isdisjoint(_WORK):
            return False  # "does your driver take the car and bring it back in the evening"
        if one.intent == "availability.check" or two.intent == "availability.check":
            other = two.intent if one.intent == "availability.check" else one.intent
            if other in ("service.book", "testdrive.book", "appointment.reschedule"):
                return False
        if "vehicle.status" in (one.intent, two.intent):
            # "Is it ready? I dropped it off this morning": the visit is told of, unless something is to be done.
            told = right if one.intent == "vehicle.status" else left
            if "left_off" in told.present and not told.slots:
                return False
        if {one.intent, two.intent} == {"service.book", "inventory.search"} and new_one(reading, right):
            return False  # "the battery is flat and I need a new one"
        changes = {"appointment.cancel", "appointment.reschedule", "appointment.status"}
        if {one.intent, two.intent} <= changes:
            return False
        return (
            left.score >= _SURE * 0.6 and right.score >= _SURE * 0.75 and (left.score >= _SURE or one.intent in _POLITE)
        )

    # -- commands -----------------------------------------------------------------------------------------------------

    def _commands(
        self, clauses: list[Clause], context: Context, turned: bool = False
    ) -> tuple[list[Command], list[Problem]]:
        """`turned`: a clause begins with "but", which takes back a yes before it."""
        commands: list[Command] = []
        problems: list[Problem] = []
        wished = any(clause.intent in WRITES for clause in clauses)
        asked = wished or any(clause.intent in _QUESTIONS for clause in clauses)
        takes = slots_of(self._desk, "service.book")
        for clause in clauses:
            command = booked_too(clause, commands, takes) or self._command(clause, context)
            if command is None or (asked and command == Command(intent="out_of_scope") and tells(clause)):
                continue
            if command.intent == "tradein" and wished and "selling" in clause.present and tells(clause):
                continue
            if command.intent == "faq" and wished and clause.aside and not clause.inquires:
                continue  # "my lease is up in January, could I drive the Civic"
            _same_day(clause, command, commands)
            if command in commands:
                continue  # "the light came on and I do not know what it means": both halves tell of one thing
            if not commands:
                problems = self._problems(clause, command, context)
            if command.intent == "price.quote" and "service" not in command.slots and commands:
                earlier = commands[-1].slots.get("service")
                if earlier is not None:
                    command.slots["service"] = earlier
            commands.append(command)
        if len(commands) > 1 and not turned and all(command.intent == "confirm" for command in commands):
            commands = commands[:1]  # "yes, go ahead and cancel it"
        confirmed = context.asked == "confirm" and [command.intent for command in commands] == ["confirm"]
        if confirmed and any("farewell" in clause.present for clause in clauses):
            # "That's all" may be a part of the yes; "goodbye" is not.
            commands.append(Command(intent="goodbye"))
        if not commands and context.pending is not None and any(clause.problems for clause in clauses):
            problems = [problem for clause in clauses for problem in clause.problems]
            return [Command(intent=context.pending.intent)], problems
        if context.pending is None and any(command.slots.get("reason") == "complaint" for command in commands):
            # "After the service it is louder than before, and you took the money": nothing is asked to be done.
            commands = [command for command in commands if command != Command(intent="service.book")]
        attack = next((command for command in commands if command.slots.get("reason") == "injection"), None)
        if attack is not None:
            return [attack], []
        emergency = next((command for command in commands if command.slots.get("reason") == "breakdown"), None)
        if emergency is not None and context.pending is None:
            return [emergency], []
        if any(command.slots.get("reason") == "complaint" for command in commands):
            commands = [command for command in commands if command != _A_COLLEAGUE]  # one colleague hears both
        meaningful = [command for command in commands if command.intent not in ("greet", "smalltalk", "confirm")]
        if len(commands) > 1 and meaningful and context.pending is None:
            commands = meaningful
        elif len(commands) > 1:
            late = any(command.intent == "confirm" for command in commands[1:])
            if turned or late or any(command.intent in ("deny", "correct") for command in commands):
                # A yes beside a no, a change or a "but", or behind another wish, is no yes.
                commands = [command for command in commands if command.intent != "confirm"]
            commands = [command for command in commands if command.intent not in ("greet", "smalltalk")] or commands[:1]
        return commands, problems

    def _command(self, clause: Clause, context: Context) -> Command | None:
        if context.pending is not None:
            command = follow(clause, self._desk, context)
            if command is not None or clause.problems:
                return command
            return None if "unsure" in clause.present else _digression(clause) or self._unrelated(clause)
        best = clause.best
        if best is not None and leans(clause) and (continued := self._continued(clause, context)) is not None:
            return continued
        if best is not None and best.frame.intent == "deny" and (amended := amend(clause)):
            if clause.doubt:
                return self._unrelated(clause)
            return Command(intent="correct", slots=amended)
        if best is not None:
            slots = framed(clause)
            if best.frame.intent == "out_of_scope" and "ignore_rules" in clause.present:
                slots["reason"] = "injection"
            return Command(intent=best.frame.intent, slots=slots)
        return self._continued(clause, context) or _guessed(clause) or self._unrelated(clause)

    def _continued(self, clause: Clause, context: Context) -> Command | None:
        """ "and on Saturday?": the last intent again, with what is new."""
        if context.last_intent is None or clause.foreign > 1:
            return None
        takes = slots_of(self._desk, context.last_intent)
        slots = {slot: value for slot, value in clause.slots.items() if slot in takes}
        if not slots:
            return None
        frames = [frame for frame in self._desk.frames.frames if frame.intent == context.last_intent]
        taking = [frame for frame in frames if slots.keys() <= frame.slots]
        if not any(frame.fixed for frame in frames):
            return Command(intent=context.last_intent, slots=slots)
        return Command(intent=context.last_intent, slots={**taking[0].fixed, **slots}) if len(taking) == 1 else None

    def _unrelated(self, clause: Clause) -> Command | None:
        strange = clause.nothing or clause.foreign >= 1 or clause.words >= 4
        return Command(intent="out_of_scope") if strange else None

    def _problems(self, clause: Clause, command: Command, context: Context) -> list[Problem]:
        """The problems that concern what the command takes."""
        takes = set(slots_of(self._desk, command.intent))
        if context.pending is not None and command.intent in (context.pending.intent, "correct"):
            takes |= slots_of(self._desk, context.pending.intent) | {"phone", context.asked or ""}
        if command.intent == "vin.provide":
            takes.add("vin")
        return [problem for problem in clause.problems if problem.slot in takes]


_QUESTIONS = frozenset({"faq", "price.quote", "availability.check", "vehicle.status", "inventory.search"})


def _same_day(clause: Clause, command: Command, earlier: list[Command]) -> None:
    """ "Cancel the test drive on Friday and book an alignment the same day": the day of what was said before."""
    if "same_day" in clause.present and command.intent in WRITES and earlier and "date" in earlier[-1].slots:
        command.slots.setdefault("date", earlier[-1].slots["date"])


_WORK = frozenset({"service", "date", "date_from"})
"""What a booking beside a question is about."""
HANDOFF = "handoff"
_DATA = frozenset({"vin.provide", "customer.identify"})
_SURE_COMPLAINT = 3.0
"""What a guess that somebody complains must score to be taken at its word."""
_DIGRESSIONS = frozenset({"faq", "handoff", "price.quote", "repeat", "smalltalk", "vehicle.status", "inventory.search"})
"""What a guess may lead to while something else waits: nothing of it writes."""
_PLAINLY = 2.6
"""What a guess must score, four times its share, for no model to be asked."""
_LIKELY = 3.0
"""What such a guess must score."""


_A_COLLEAGUE = Command(intent="handoff", slots={"reason": "request"})
_TOLD_OF = frozenset({"appointment.cancel", "appointment.reschedule", "appointment.status", "handoff"})
"""Wishes with which people say who they are."""


def _beside(reading: Reading, commands: list[Command]) -> list[dict[str, SlotValue]]:
    """The name and the number that were said with a wish which has no slot for them."""
    if len(commands) != 1 or commands[0].intent not in _TOLD_OF:
        return []
    said: dict[str, SlotValue] = {}
    if reading.name is not None and "name" not in commands[0].slots:
        said["name"] = reading.name.value
    if reading.phone is not None and "phone" not in commands[0].slots:
        said["phone"] = reading.phone.value
    return [said] if said else []


def _only_tells(reading: Reading, commands: list[Command], clauses: list[Clause]) -> bool:
    """Whether all that is said are a caller's own data, and strange words only stand around them ("note it down")."""
    if any(command.intent not in _DATA for command in commands) or not set(reading.unsettled) <= set(reading.foreign):
        return False
    if any(not {"no", "soft_no", UNWANTED}.isdisjoint(clause.present) for clause in clauses):
        return False
    return reading.name is None or all(i >= reading.name.end for i in reading.unsettled)


def _digression(clause: Clause) -> Command | None:
    told = _guessed(clause)
    likely = clause.guess is not None and clause.guess.score >= _LIKELY
    return told if told is not None and likely and told.intent in _DIGRESSIONS else None


def _guessed(clause: Clause) -> Command | None:
    frame = clause.guess.frame if clause.guess is not None else None
    if frame is None:
        return None
    slots = {slot: value for slot, value in clause.slots.items() if slot in frame.slots}
    return Command(intent=frame.intent, slots={**frame.fixed, **slots})


def _complains_surely(clauses: list[Clause]) -> bool:
    """Whether somebody complains in so many words, or in words that can hardly mean anything else and name no day or
    time, for which a complaint has no place."""
    found = [match for clause in clauses for match in (*clause.matches[:1], clause.guess) if match is not None]
    complaints = [match for match in found if match.frame.intent == HANDOFF]
    timed = any("@when" in clause.present for clause in clauses)
    return any(
        match.alternative is not GUESSED or (match.score >= _SURE_COMPLAINT and not timed) for match in complaints
    )


def _hinted(clause: Clause) -> bool:
    """Whether nothing but the words of many sayings tells what the clause wants, and not plainly."""
    return clause.best is None or (clause.best.alternative is GUESSED and clause.score < _PLAINLY)


def _taken_back(
    commands: list[Command], problems: list[Problem], context: Context
) -> tuple[list[Command], list[Problem]]:
    """ "Friday at ten, no, never mind": nothing of it is wished for any more."""
    cancels = context.pending is None and any(command.intent == "appointment.cancel" for command in commands)
    if cancels or not any(command.intent in WRITES and command.slots for command in commands):
        return commands, problems
    if context.pending is not None and context.asked not in ("confirm", "change"):
        return [], []
    return [Command(intent="deny")], []


def _confidence(clauses: list[Clause], commands: list[Command], context: Context) -> float:
    """0..1: how much speaks for the reading. Answers to our own question are surer than what comes unasked."""
    if not commands or commands[0].intent == "out_of_scope":
        return 0.2 if commands else 0.0
    clause = clauses[0]
    margin = clause.matches[0].score - clause.matches[1].score if len(clause.matches) > 1 else 1.5
    value = 0.5 + 0.08 * min(clause.score, 4.0) + 0.08 * min(margin, 1.5) - 0.06 * min(clause.foreign, 4)
    if context.pending is not None and (clause.slots or commands[0].intent in ("confirm", "deny")):
        value += 0.15
    return round(max(0.1, min(0.98, value)), 2)
