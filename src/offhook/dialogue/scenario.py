"""Scripted conversations: what a caller says, what must be heard in return, and what the database must hold at the end.

A scenario file is YAML, a list of:

    name: books in one sentence
    caller: "+12025550187"       # null: the number is withheld. Left out: DEFAULT_CALLER
    channel: twilio              # as in CONTRACT
    about: reminder              # we called, for this; `caller` is whom. Left out: the call came in
    greeting: [hello]            # regular expressions that what we say first must match
    now: 2026-11-25T20:30        # when the call is, wall-clock of the business. Left out: as the player has it
    full: ["2026-11-27T10:00"]   # moments, or whole days, at which every bay is taken beforehand
    book: [{service: Oil change, starts: 2026-11-27T09:00, name: Ann Lee, phone: "+12025550141"}]  # beforehand
    talk:
      - say: i need an oil change friday at ten
        alternatives: [i need an oil change friday at nine]   # the recogniser's other readings
        confidence: 0.4
        reply: [name]            # regular expressions, letter case aside, that the reply must match
        never: [booked]          # and those that it must not
        expect: name             # what the reply asks for (ExpectKind)
        outside: false           # true: no wish that a desk of this kind serves; see `Report.in_scope`
      - silence: 1               # no input, first time; `goodbye: no_input` ends the call
      - keys: "0"
      - unclear: 1               # speech that could not be read
    end:
      appointments: [{service: Oil change, starts: 2026-11-27T10:00, name: Joe Smith, phone: "+12025550187"}]
      others: []                 # what is left of `book`, moved or not; left out: all of it as it was
      waiting: []                # entries of the waiting list: {service, first, last, name, phone}
      entries: []                # of a shop's book: {kind, customer, amount (paise)}
      reminders: []              # customers for whom reminders wait
      leads: []                  # of a sales desk: see LeadLeft
      tasks: 0
      owner_told: 0              # how many of the tasks the owner is written to about
      hang_up: true              # the last reply ends the call

The greeting comes before the first line. `end` is compared with the whole of what the session left behind, so a write
too many fails a scenario as surely as a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import yaml
from msgspec import UNSET, UnsetType

from offhook.contracts.business import Business
from offhook.contracts.conversation import MEMORY_OPERATOR, ConversationState, TurnDone, TurnInput, TurnResult
from offhook.contracts.speech import Hypothesis
from offhook.dialogue.agents.everyday import lost
from offhook.dialogue.brains.prompt import scenario_memory
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.watch import REFUSE
from offhook.kit.closing import closing

DEFAULT_CALLER = "+12025550199"
TYPED = "chat"
"""The channel whose callers type, and have no number."""


class Step(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    say: str | None = None
    alternatives: tuple[str, ...] = ()
    confidence: float | None = None
    silence: int | None = None
    unclear: int | None = None
    keys: str | None = None
    goodbye: str | None = None
    reply: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    expect: str | None = None
    outside: bool = False
    """Whether it is about nothing that a desk of this kind does: weather, flights, another trade."""

    def turn(self, turn_id: str, *, typed: bool = False) -> TurnInput:
        """The turn that this step is. Raises ValueError when it says nothing, or several things."""
        given = [name for name in ("say", "silence", "unclear", "keys", "goodbye") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a step is one of say, silence, unclear, keys, goodbye; this one is {given or 'none'}")
        if self.say is not None:
            n_best = (self.say, *self.alternatives) if self.alternatives else ()
            heard = tuple(Hypothesis(text, -float(place)) for place, text in enumerate(n_best))
            if typed:
                return TurnInput(turn_id, "text", self.say)
            return TurnInput(turn_id, "speech", self.say, alternatives=heard, confidence=self.confidence)
        if self.keys is not None:
            return TurnInput(turn_id, "dtmf", self.keys)
        if self.goodbye is not None:
            return TurnInput(turn_id, "goodbye", self.goodbye)
        if self.silence is not None:
            return TurnInput(turn_id, "no_input", attempt=self.silence)
        return TurnInput(turn_id, "not_heard", attempt=self.unclear or 1)


class AppointmentLeft(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, order=True):
    service: str
    starts: str
    """YYYY-MM-DDTHH:MM, wall-clock of the business."""
    name: str
    phone: str | None = None
    registration: str = ""
    """Of the customer's car that it is for, where the book knows which."""


class WaitingLeft(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, order=True):
    """Of the waiting list: starts from the first to the last moment suit."""

    service: str
    first: str
    """YYYY-MM-DDTHH:MM, wall-clock of the business."""
    last: str
    name: str
    phone: str | None = None


class EntryLeft(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, order=True):
    """One entry of a shop's book."""

    kind: str
    """payment, refund, credit, invoice, stock, opening, reversal"""
    customer: str = ""
    amount: int = 0
    """Paise; of stock, thousandths of the product's unit."""
    product: str = ""


class LeadLeft(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A lead of a sales desk."""

    product: str = ""
    need: str = ""
    qty: int | None = None
    budget: str = ""
    """ "40000-50000", "-20000" for at most, "30000-" for at least; whole units of the business's currency."""
    timing: str = ""
    """ "2026-12-01/2026-12-31", or "later"."""
    name: str = ""
    phone: str = ""
    email: str = ""
    next_step: str | UnsetType = UNSET
    """Left out: whichever."""
    next_at: str = ""
    """YYYY-MM-DDTHH:MM, wall-clock of the business."""
    quote: int | None = None
    """The total of the quote that is kept with it, in minor units."""

    def like(self, found: LeadLeft) -> LeadLeft:
        """Itself, with what is left out as in `found`."""
        return msgspec.structs.replace(self, next_step=found.next_step) if self.next_step is UNSET else self


class Ending(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What the session left behind."""

    appointments: tuple[AppointmentLeft, ...] = ()
    others: tuple[AppointmentLeft, ...] | UnsetType = UNSET
    """Active appointments that were not made in the session."""
    waiting: tuple[WaitingLeft, ...] = ()
    entries: tuple[EntryLeft, ...] = ()
    reminders: tuple[str, ...] = ()
    """Customers whose reminders the session set and nobody took back."""
    leads: tuple[LeadLeft, ...] = ()
    tasks: int = 0
    owner_told: int = 0
    """Tasks of the session that the owner is written to about, since nobody was there."""
    hang_up: bool | None = None


class Scenario(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    name: str
    talk: tuple[Step, ...]
    end: Ending = Ending()
    caller: str | UnsetType | None = UNSET
    channel: str = "twilio"
    about: str = ""
    greeting: tuple[str, ...] = ()
    now: str | None = None
    """YYYY-MM-DDTHH:MM, wall-clock of the business."""
    full: tuple[str, ...] = ()
    book: tuple[AppointmentLeft, ...] = ()

    @property
    def caller_phone(self) -> str | None:
        if self.caller is not UNSET:
            return self.caller
        return None if self.channel == TYPED else DEFAULT_CALLER


@dataclass(slots=True)
class Report:
    """How a scenario went: the conversation as text, and what was not as it should be."""

    scenario: str
    lines: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    in_scope: int = 0
    """What the caller said, but for steps that are marked `outside` and attempts that were refused."""
    lost: list[str] = field(default_factory=list)
    """What of it was answered with no more than that it was not understood."""

    def __str__(self) -> str:
        return "\n".join([self.scenario, *self.lines, *(f"  !! {failure}" for failure in self.failures)])


def load_scenarios(folder: Path) -> list[Scenario]:
    """Every scenario of the folder's YAML files. Raises ValueError naming the file."""
    scenarios: list[Scenario] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            scenarios += msgspec.convert(
                yaml.load(path.read_text(encoding="utf-8"), _PlainLoader),
                list[Scenario],
            )
        except (yaml.YAMLError, msgspec.ValidationError) as error:
            raise ValueError(f"{path}: {error}") from error
    return scenarios


class _PlainLoader(yaml.SafeLoader):
    """Moments stay text; "yes" and "no" are words that callers say."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


async def play(
    scenario: Scenario,
    engine: DialogueEngine,
    business: Business,
    left_behind: Callable[[str], Awaitable[Ending]],
    *,
    operator: bool = False,
) -> Report:
    """Talk the scenario through. `left_behind(session_id)` tells what the database holds of it afterwards; `operator`:
    whoever types acts for the business, unless the scenario names a caller, who speaks."""
    report = Report(scenario.name)
    as_operator = operator and scenario.caller is UNSET
    state = ConversationState(
        session_id=f"sess_{re.sub('[^a-z0-9]+', '_', scenario.name.lower())}",
        business_id=business.business_id,
        desk=business.desk,
        channel="chat" if as_operator else scenario.channel,
        caller_phone=None if as_operator else scenario.caller_phone,
        desk_memory={**({MEMORY_OPERATOR: ""} if as_operator else {}), **scenario_memory(scenario.about)},
    )
    greeting = Step(say="", reply=scenario.greeting)
    state, result = await _turn(engine, business, state, TurnInput("t0", "greeting"))
    _note(report, greeting, "", result)
    for number, step in enumerate(scenario.talk, start=1):
        if result.hang_up:
            report.failures.append(f"step {number}: the call was over already")
            break
        turn = step.turn(f"t{number}", typed=as_operator or scenario.channel == TYPED)
        before = state
        state, result = await _turn(engine, business, state, turn)
        _note(report, step, turn.text or f"({turn.source})", result)
        if step.say and not step.outside and not any(one.decision == REFUSE for one in result.commands):
            report.in_scope += 1
            report.lost += [step.say] if lost(before, state) else []
    wanted = scenario.end
    if wanted.others is UNSET:
        wanted = msgspec.structs.replace(wanted, others=scenario.book)
    _compare(report, wanted, await left_behind(state.session_id), result)
    return report


async def _turn(
    engine: DialogueEngine, business: Business, state: ConversationState, turn: TurnInput
) -> tuple[ConversationState, TurnResult]:
    async with closing(engine.run(state, turn, business)) as outputs:
        async for output in outputs:
            if isinstance(output, TurnDone):
                engine.committed(state, output.state, turn, business)
                return msgspec.json.decode(msgspec.json.encode(output.state), type=ConversationState), output.result
    raise AssertionError("a turn ends with TurnDone")


def _note(report: Report, step: Step, said: str, result: TurnResult) -> None:
    if said:
        report.lines.append(f"  > {said}")
    report.lines.append(f"  < {result.reply}  [{result.expect_kind}]")
    where = f"after {said!r}"
    for pattern in step.reply:
        if not re.search(pattern, result.reply, re.IGNORECASE):
            report.failures.append(f"{where}: the reply lacks {pattern!r}")
    for pattern in step.never:
        if re.search(pattern, result.reply, re.IGNORECASE):
            report.failures.append(f"{where}: the reply has {pattern!r}")
    if step.expect is not None and step.expect != result.expect_kind:
        report.failures.append(f"{where}: it asks for {result.expect_kind}, not {step.expect}")


def _leads(wanted: Ending, found: Ending) -> list[LeadLeft]:
    def order(lead: LeadLeft) -> tuple[str, ...]:
        return lead.phone, lead.email, lead.name

    pairs = zip(sorted(wanted.leads, key=order), sorted(found.leads, key=order), strict=False)
    alike = [mine.like(theirs) for mine, theirs in pairs]
    return [*alike, *sorted(wanted.leads, key=order)[len(alike) :]]


def _compare(report: Report, wanted: Ending, found: Ending, last: TurnResult) -> None:
    if sorted(wanted.appointments) != sorted(found.appointments):
        report.failures.append(f"appointments: {list(found.appointments)}, not {list(wanted.appointments)}")
    others = [sorted(end.others) for end in (wanted, found) if isinstance(end.others, tuple)]
    if len(others) == 2 and others[0] != others[1]:
        report.failures.append(f"others: {others[1]}, not {others[0]}")
    if sorted(wanted.waiting) != sorted(found.waiting):
        report.failures.append(f"waiting: {list(found.waiting)}, not {list(wanted.waiting)}")
    if sorted(wanted.entries) != sorted(found.entries):
        report.failures.append(f"entries: {list(found.entries)}, not {list(wanted.entries)}")
    if sorted(wanted.reminders) != sorted(found.reminders):
        report.failures.append(f"reminders: {list(found.reminders)}, not {list(wanted.reminders)}")
    if _leads(wanted, found) != _leads(found, found):
        missing = len(found.leads) < len(wanted.leads) and not found.leads
        report.failures.append(f"{'no ' * missing}leads: {list(found.leads)}, not {list(wanted.leads)}")
    if wanted.tasks != found.tasks:
        report.failures.append(f"tasks: {found.tasks}, not {wanted.tasks}")
    if wanted.owner_told != found.owner_told:
        report.failures.append(f"owner_told: {found.owner_told}, not {wanted.owner_told}")
    if wanted.hang_up is not None and wanted.hang_up != last.hang_up:
        report.failures.append(f"hang_up: {last.hang_up}, not {wanted.hang_up}")
