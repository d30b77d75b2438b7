"""Whose account a command is about: the customer of its slots, or the question which one. Pure."""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.persons_settled import told_apart
from offhook.understanding.ledger.spans import Person, Scan, rest_of_name
from offhook.understanding.ledger.told import Told

_TWO = 2
_OF_EACH = frozenset({"balance.check", "customer.info", "reminder.schedule", "reminder.cancel", "invoice.send"})
"""Questions and reminders may be about several, each by himself; money for two is never divided."""
_READ_BACK = frozenset({"balance.check", "customer.info", "invoice.cancel"})


def named(person: Person) -> dict[str, SlotValue]:
    """The slots that say whom the words name."""
    if person.name is not None:
        return {"customer": person.name}
    if person.candidates:
        return {"customer": person.said, "customer_candidates": list(person.candidates)}
    return {"customer": person.said}


def sounds_named(person: Person, scan: Scan) -> bool:
    """Whether one of the words is a name that people have."""
    names = scan.language.persons.spelled
    return any(scan.latin(i) in names for i in range(person.start, person.end))


def customers(told: Told, intent: str, doubts: Doubts) -> list[Person] | None:
    """Several customers where each is meant."""
    people = told_apart(told.clause.known_persons)
    if len(people) < _TWO:
        return None
    if intent in _OF_EACH:
        return None if len(people) == _TWO and _spoken_to(told, people[0]) else people
    doubts.ask = "customer"
    return None


def customer(told: Told, slots: dict[str, SlotValue], doubts: Doubts) -> Person | None:
    """Who is meant, and his slots."""
    clause, last = told.clause, told.last_customer
    people = told_apart(clause.known_persons) or clause.persons
    if len(people) == _TWO and _reads(told) and _spoken_to(told, people[0]):
        people = people[1:]
    if not people and "@known" in clause.present and last is not None and _reads(told):
        slots["customer"] = last
    if doubts.ask == "customer" or not people:
        return None
    person = people[0]
    if person.pronoun and "@invoice_no" in clause.present:
        return None  # "bill 234 radd karo use": the bill
    if person.pronoun:
        if last is not None:
            slots["customer"] = last
        else:
            doubts.ask = "customer"
    elif person.near and len(person.candidates) == 1 and _reads(told):
        person.name, person.candidates = person.candidates[0], ()  # nothing is lost by reading what is near
        slots["customer"] = person.name
    else:
        slots.update(named(person))
    if person.numeric or any(rest_of_name(told.scan, person, one.start) for one in clause.amounts):
        doubts.ask = "amount"
    return person


def _spoken_to(told: Told, person: Person) -> bool:
    """ "munna, dekhiyo Chanda ka hisaab": nobody on the list, with no part, before a customer."""
    unlisted = person.name is None and not person.candidates
    others = [one for one in told.clause.known_persons if one is not person]
    before = range(told.clause.start, person.start)
    begins = all(told.scan.latin(i) in told.scan.language.hints.calls for i in before)
    listed = all((one.name or one.candidates) and one.role != "bare" for one in others)
    return unlisted and person.role == "bare" and begins and listed


def _reads(told: Told) -> bool:
    """Whether the clause only asks, or is read back with the name whatever is said: then it is about whom was
    spoken of last, though it names nobody."""
    best = told.clause.best
    return best is not None and best.frame.intent in _READ_BACK
