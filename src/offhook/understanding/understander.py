"""Understanding one line of a caller: text, the tenant's world and the context in; commands and a decision out.

Slots first, then frames: every value in the sentence is read before anything asks what the sentence wants; then clauses
are matched against frames, the context has its say, and the decision rules come last. Pure: no clock, no I/O, no state
but the indexes of tenants seen lately.
"""

from __future__ import annotations

from itertools import pairwise
from time import perf_counter

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
from offhook.understanding.follow import follow, framed, slots_of, waits
from offhook.understanding.guesses import GUESSED, MOVE
from offhook.understanding.model import Command, Context, Problem, Understanding, World
from offhook.understanding.outcomes import (
    complains_surely,
    confidence,
    only_tells,
    said_beside,
    taken_back,
)
from offhook.understanding.prefaces import wish_behind
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
        if context.pending is None and (begins := wish_behind(reading)):
            reading = read_sentence(text[reading.sentence.starts[begins] :], self._desk, index, world, context)
        clauses = self._clauses(reading, context)
        turned = any(reading.sentence.word(clause.start - 1) == "but" for clause in clauses[1:])
        commands, problems = self._commands(clauses, context, turned)
        if reading.sentence.cut:
            # What was not read could take back what was: nothing of it may become a write.
            commands, problems = [Command(intent="out_of_scope")], []
        if reading.mood is not None and reading.mood.taken_back:
            commands, problems = taken_back(commands, problems, context)
        today = world.now.astimezone(index.zone).date()
        # What is not for us beside a wish may still belong to it ("and fetch it from my flat").
        doubt = any(clause.doubt for clause in clauses if clause.intent in WRITES)
        doubt = doubt or any(command.intent == "out_of_scope" for command in commands)
        decision, ask = decide(commands, problems, context, today, doubt=doubt)
        certain = any(clause.certain for clause in clauses) or only_tells(reading, commands, clauses)
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
            confidence=confidence(clauses, commands, context),
            problems=problems,
            beside=said_beside(reading, commands),
            explain=explain_reading(reading, clauses, commands) if explain else [],
        )
        complains = any(command.slots.get("reason") == "complaint" for command in commands)
        result.unclear = complains and not complains_surely(clauses)
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
        for n, (link, begins) in enumerate(links[:_MAX_LINKS]):
            following = links[n + 1][0] if n + 1 < len(links) else None
            if following is not None and self._changes_behind(reading, context, (start, link, following)):
                continue
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

    def _changes_behind(self, reading: Reading, context: Context, at: tuple[int, int, int]) -> bool:
        """Whether what is told before a "but" is changed behind it, and more follows: "I booked for the eighth but my
        ride fell through so can we do the ninth, and do you have wifi". `at`: where it begins, is cut, and goes on."""
        start, link, following = at
        if reading.sentence.word(link) != "but" or context.pending is not None or reading.mixed:
            return False
        return self._clause(reading, context, start, following).intent == MOVE

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
            if "left_off" in told.present and told.slots.keys() <= _OF_LEAVING:
                return False
            if "uncalled" in told.present:
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
            if command.intent == "faq" and wished and clause.aside:
                continue  # "my lease is up in January, could I drive the Civic"
            _same_day(clause, command, commands)
            if command in commands:
                continue  # "the light came on and I do not know what it means": both halves tell of one thing
            if not commands:
                problems = self._problems(clause, command, context)
            if command.intent == "price.quote" and commands and command.slots.keys().isdisjoint(_PRICED):
                # "And what does it cost": what was spoken of right before.
                earlier = {slot: value for slot, value in commands[-1].slots.items() if slot in _PRICED}
                command.slots.update(earlier)
            if (
                command.intent == "faq"
                and wished
                and not clause.asks
                and tells(clause)
                and _ASKS.isdisjoint(clause.present)
            ):
                continue  # "my lease is up in January and …"
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
            parted = any("farewell" in clause.present for clause in clauses)
            kept = [command for command in meaningful if command.intent != "goodbye"]
            commands = meaningful if parted else kept or meaningful  # "… cancel it, I'm done"
        elif len(commands) > 1:
            late = any(command.intent == "confirm" for command in commands[1:])
            if turned or late or any(command.intent in ("deny", "correct") for command in commands):
                # A yes beside a no, a change or a "but", or behind another wish, is no yes.
                commands = [command for command in commands if command.intent != "confirm"]
            commands = [command for command in commands if command.intent not in ("greet", "smalltalk")] or commands[:1]
        return commands, problems

    def _command(self, clause: Clause, context: Context) -> Command | None:
        if context.pending is not None:
            if waits(clause, self._desk, context):
                return None
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


_QUESTIONS = frozenset(
    {"faq", "price.quote", "availability.check", "vehicle.status", "inventory.search", "appointment.status"}
)
_PRICED = frozenset({"service", "model"})
_ASKS = frozenset({"query", "ask_if", "tell_me"})


def _same_day(clause: Clause, command: Command, earlier: list[Command]) -> None:
    """ "Cancel the test drive on Friday and book an alignment the same day": the day of what was said before."""
    if "same_day" in clause.present and command.intent in WRITES and earlier and "date" in earlier[-1].slots:
        command.slots.setdefault("date", earlier[-1].slots["date"])


_OF_LEAVING = frozenset({"model", "date", "daypart", "time"})
"""What is told of a car that was left with us."""
_WORK = frozenset({"service", "date", "date_from"})
"""What a booking beside a question is about."""
_DIGRESSIONS = frozenset({"faq", "handoff", "price.quote", "repeat", "smalltalk", "vehicle.status", "inventory.search"})
"""What a guess may lead to while something else waits: nothing of it writes."""
_PLAINLY = 2.6
"""What a guess must score, four times its share, for no model to be asked."""
_LIKELY = 3.0
"""What such a guess must score."""


_A_COLLEAGUE = Command(intent="handoff", slots={"reason": "request"})


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


def _hinted(clause: Clause) -> bool:
    """Whether nothing but the words of many sayings tells what the clause wants, and not plainly."""
    return clause.best is None or (clause.best.alternative is GUESSED and clause.score < _PLAINLY)
