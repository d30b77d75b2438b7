"""A line while a command waits: the answer to our question, a correction, a yes or a no.

Dialogue acts come first: "nahi 500 nahi 600" amends, it does not deny; a name answers "which Ramesh?". A whole command
of another kind stays what it is. A yes counts only where nothing in the line speaks against it.
"""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.accounts import agrees, tells
from offhook.understanding.ledger.amend import dropped_goods
from offhook.understanding.ledger.decide import Doubts, one
from offhook.understanding.ledger.desk import LedgerDesk
from offhook.understanding.ledger.drafts import Draft
from offhook.understanding.ledger.line import Line
from offhook.understanding.ledger.turning import against, kept, turned_to
from offhook.understanding.ledger.values_said import Values, told_anew
from offhook.understanding.model import Command, Context, Understanding, World

_MONEY = frozenset({"payment.record", "payment.refund"})
_TWO = 2
_DOING = frozenset({"book", "made_customer", "change", "made"})
"""What may stand beside a yes and say only what it is a yes to."""
_ADDING = frozenset({"new", "made_customer"})
_DOUBTING = frozenset({"@negated", "@asked", "@unreal", "not_yet", "wrong", "cancel"})
_TAKING_BACK = frozenset({"undo", "invoice.cancel", "reminder.cancel"})
_MAKING = frozenset({"book", "made", "made_customer"})
_REFUSING = frozenset({"@negated", "@asked", "@unreal", "mat", "not_yet"})
_ACTS = frozenset({"confirm", "deny", "repeat", "greet", "goodbye", "smalltalk", "handoff"})


class Answering:
    """What a line means to the command that waits."""

    def __init__(self, desk: LedgerDesk) -> None:
        self._desk = desk
        self._values = Values(desk.language)

    def answer(self, line: Line, drafts: list[Draft]) -> Understanding | None:
        """None where the line is a command of its own."""
        clauses, context, pending = line.clauses, line.context, line.context.pending
        if pending is None:
            return None
        turned = _turned(line, drafts, pending)
        if turned is not None:
            return Understanding(
                commands=[turned],
                decision="confirm",
                language=line.tongue,
                confidence=0.8,
                unclear=True,
            )
        if (less := _left_out(line, pending)) is not None:
            return less
        if drafts and _own_command(line, drafts, pending):
            return None
        if pending.intent in _MONEY and any(clause.goods or clause.goods_back for clause in clauses):
            return None  # "phir se 50 ka doodh le gaya" says nothing of the money that waits
        said, doubts = self._values.said(line, pending)
        held = {slot for slot, value in said.items() if pending.slots.get(slot) == value}
        agreed = context.asked == "confirm" and held == set(said) and doubts.ask is None
        act = self._act(line, pending) if agreed or not said else None
        if said and not (agreed and act in ("confirm", "deny")):
            return self._valued(line, pending, said, doubts)
        if act == "confirm" and (held_back := self._desk.explained.get(pending.intent)) is not None:
            back = pending.intent in _TAKING_BACK and self._taken_back(line, pending)
            # "haan bana do" is no yes to taking back.
            makes = pending.intent in _TAKING_BACK and not line.present.isdisjoint(_MAKING)
            if not back and (makes or not agrees(line.scan, clauses, held_back)):
                return Understanding(  # the same question again
                    commands=[Command(intent=pending.intent)],
                    decision="confirm",
                    language=line.tongue,
                    confidence=0.5,
                )
        if act is not None:
            return Understanding(
                commands=[Command(intent=act)],
                decision="execute" if act in ("confirm", "deny") else "handoff" if act == "handoff" else "answer",
                language=line.tongue,
                confidence=0.9,
            )
        if doubts.ask is not None:
            return Understanding(
                commands=[Command(intent=pending.intent)],
                decision="ask",
                ask=doubts.ask,
                language=line.tongue,
                confidence=0.5,
            )
        return None

    def _valued(self, line: Line, pending: Command, said: dict[str, SlotValue], doubts: Doubts) -> Understanding:
        """The waiting command with what was told of it."""
        context = line.context
        changed = {slot for slot, value in said.items() if pending.slots.get(slot) not in (None, value)}
        if context.asked in said or context.asked in ("unknown_customer", "customer"):
            changed -= {context.asked or "", "customer"} if context.asked != "confirm" else set()
        amends = bool(changed) or context.asked in ("confirm", "change")
        intent = "correct" if amends else pending.intent
        merged = told_anew(pending.slots, said)
        explained = self._desk.explained.get(pending.intent)
        amending = context.asked in ("confirm", "change", "unknown_customer")
        if explained is not None and tells(line.scan, line.clauses, explained, amends=amending):
            doubts.unclear = True
        decision, ask = one(Command(intent=pending.intent, slots=merged), doubts, line.world.limit)
        return Understanding(
            commands=[Command(intent=intent, slots=said)],
            decision=decision,
            ask=ask,
            language=line.tongue,
            confidence=0.85,
        )

    def _act(self, line: Line, pending: Command) -> str | None:
        """The yes, the no or the like that the line is to us."""
        acts, present = self._acts(line.text, line.world), line.present
        if pending.intent in _TAKING_BACK and self._taken_back(line, pending):
            return "confirm"
        if not {"cancel", "mat", "undo"}.isdisjoint(present):
            return "deny"
        if not acts and "@negated" in present:
            return "deny"
        if acts or len(line.scan) < _TWO:
            return acts[0] if acts else None
        added = not _ADDING.isdisjoint(present) and present.isdisjoint(_DOUBTING)
        if line.context.asked == "unknown_customer" and added and not any(c.known_persons for c in line.clauses):
            return "confirm"  # "naya hai, jod do"
        if (
            present.isdisjoint(_DOUBTING)
            and not present.isdisjoint(_DOING)
            and not any(c.foreign for c in line.clauses)
        ):
            # "haan add karo": a yes, and the doing of it.
            first = self._acts(line.scan.words[0], line.world)
            return "confirm" if first[:1] == ["confirm"] else None
        return None

    def _taken_back(self, line: Line, pending: Command) -> bool:
        """Whether a yes is said to taking back ("haan hata do"); a bare "cancel" may mean our question."""
        present = line.present
        if present.isdisjoint(("cancel", "undo")) or not present.isdisjoint(_REFUSING):
            return False
        if self._acts(line.scan.words[0], line.world)[:1] == ["confirm"]:
            return True
        return pending.intent != "undo" or "cancel" not in line.scan.words

    def _acts(self, text: str, world: World) -> list[str]:
        asked = Context(pending=Command(intent="faq"), asked="confirm")
        return [intent for intent in self._desk.acts(text, world, asked) if intent in _ACTS]


def _turned(line: Line, drafts: list[Draft], pending: Command) -> Command | None:
    """The waiting entry, or that of another customer, on the other side."""
    side = turned_to(line.scan, line.clauses, pending)
    if side is not None:
        return Command(intent=side, slots=kept(pending.slots))
    return None if drafts else against(line.clauses, pending)


def _own_command(line: Line, drafts: list[Draft], pending: Command) -> bool:
    """Whether the line would be a command if nothing waited, and not only values for what waits."""
    clauses, asked = line.clauses, line.context.asked
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
    if intent == "customer.create" and asked == "unknown_customer" and not named:
        return False  # "haan naya khata bana do": whom we asked about
    clause = clauses[0]
    if any(clause.corrected or "@negated" in clause.present for clause in clauses) and clause.amounts:
        return False
    new = {slot for slot in drafts[0].command.slots if slot != "customer_candidates"}
    if asked in ("customer", "unknown_customer", "name") and new <= {"customer"} and not clause.verbs:
        return clause.best is not None and clause.best.score >= 2.5
    return clause.best is not None and clause.best.score >= 1.8


def _left_out(line: Line, pending: Command) -> Understanding | None:
    """Goods that are not to be on the bill that waits ("maggi mat likho"): the rest of it is read back."""
    dropped, held = dropped_goods(line.clauses, pending.intent), pending.slots.get("items")
    if not dropped or not isinstance(held, list) or "@asked" in line.present:
        return None
    out = [one.get("product") for one in dropped]
    rest = [one for one in held if isinstance(one, dict) and one.get("product") not in out]
    command = Command(intent="correct", slots={"items": list(rest)}) if rest else Command(intent="deny")
    if len(rest) == len(held):
        command = Command(intent=pending.intent)  # the same question again
    summed = bool(rest) and len(rest) < len(held) and pending.slots.get("amount") is not None
    return Understanding(
        commands=[command],
        decision="ask" if summed else "confirm" if rest else "execute",
        ask="amount" if summed else None,  # the sum that was said was of all of it
        language=line.tongue,
        confidence=0.8,
        unclear=True,
    )
