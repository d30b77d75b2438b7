"""Several commands in one line: where one may end, and what they lend each other. Pure.

"Rahul ne 500 aur Priya ne 300 diye" has one verb for both, "Priya 120, Suresh 80 udhaar" one word; a day before or
behind all is the day of each.
"""

from __future__ import annotations

from dataclasses import replace

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.asides import stands_beside
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.drafts import Draft
from offhook.understanding.ledger.newcomers import titled
from offhook.understanding.ledger.reading import LineReading
from offhook.understanding.ledger.spans import Scan
from offhook.understanding.model import Command

SHARING = "@sharing"
"""Beside each of several sums that one verb is said of."""
_ENTERED = frozenset({"book", "came"})
"""What makes goods an entry of the stock without a verb ("put 8 Harpic into stock and …")."""
PART_LEFT_OUT = "@part_left_out"
"""Beside a sum whose somebody plays the part that was said of another: it is read back."""


def links(reading: LineReading) -> list[tuple[int, int]]:
    """(place, width) of what may part two commands: a link word, a pause, or somebody behind another's sum."""
    scan = reading.scan
    inside = {i for one in reading.concepts for i in range(one.start + 1, one.end)}
    begins = {span.start for span in scan.persons} | {span.start for span in scan.goods}
    begins |= {span.start for span in scan.amounts}
    summed = {span.end for span in scan.amounts} & {span.start for span in scan.persons}
    found: list[tuple[int, int]] = []
    for i in range(1, len(scan) - 1):
        if i in inside:
            continue
        if scan.taken[i]:
            if (i in begins and scan.sentence.pauses(i)) or i in summed:
                found.append((i, 0))
            continue
        if (scan.latin(i) in scan.language.hints.links or _typed_and(scan, i)) and not (
            found and found[-1][0] + found[-1][1] == i
        ):
            found.append((i, 1))
        elif scan.sentence.pauses(i) and not (found and found[-1][0] + found[-1][1] >= i):
            found.append((i, 0))
    return found


def _typed_and(scan: Scan, i: int) -> bool:
    """Whether "or" is how "aur" is typed: before somebody and the word of his part ("… diye or Priya ko 350 diye")."""
    return scan.words[i] == "or" and any(one.start == i + 1 and one.close > one.end for one in scan.persons)


def told_once(drafts: list[Draft]) -> list[Draft]:
    """Without what only says again, or goes on with, what a command before it says: "… wapas karne hain, refund daal
    do", "mat dilana, reminder hata do", "add a new customer, name Meghna Pillai, phone …"."""
    kept: list[Draft] = []
    for draft in drafts:
        if any(_same_deed(draft, one) for one in kept) or (kept and _says_again(draft, kept[-1].command)):
            continue
        if kept and _names_newcomer(draft, kept[-1].command):
            slots = dict(draft.command.slots)
            slots["name"] = titled(str(slots.pop("customer")))
            added = Command(intent="customer.create", slots={**kept[-1].command.slots, **slots})
            kept[-1] = replace(kept[-1], command=added)
            continue
        kept.append(draft)
    return kept


def _same_deed(draft: Draft, before: Draft) -> bool:
    """Whether a command does what one before it did already; an entry that is told twice may be two."""
    entry = draft.command.intent.startswith(("payment.", "credit.")) or draft.command.intent.endswith(
        (".create", ".add")
    )
    return not entry and (draft.command, draft.beside) == (before.command, before.beside)


def _says_again(draft: Draft, last: Command) -> bool:
    """Whether a command is that before it, of the same customer, and neither says nor leaves open any more."""
    slots = draft.command.slots
    same = last.intent == draft.command.intent and draft.person is None and draft.doubts.ask is None
    return same and slots.keys() == {"customer"} and slots.items() < last.slots.items()


def _names_newcomer(draft: Draft, last: Command) -> bool:
    person = draft.person
    unlisted = person is not None and person.name is None and not person.candidates
    unnamed = last.intent == "customer.create" and "name" not in last.slots
    return unnamed and unlisted and draft.command.intent == "customer.update" and "customer" in draft.command.slots


def stand_alone(scan: Scan, left: Clause, right: Clause) -> bool:
    """Whether both sides of a link carry a wish of their own, or one lends it to the other."""
    if right.end <= right.start or left.end <= left.start:
        return False
    if any(stands_beside(scan, one.start, one.end) for one in (left, right)):
        return False
    if left.best is not None and right.best is not None:
        return _whole(left) and _whole(right) and not _goes_on(left, right)
    if left.best is not None and lends(left, right):
        return True
    return right.best is not None and lends(right, left)


def _whole(clause: Clause) -> bool:
    if clause.best is None:
        return False
    if clause.best.frame.intent in ("invoice.create", "stock.add") and not clause.verbs:
        return clause.best.frame.intent == "stock.add" and not clause.present.isdisjoint(_ENTERED)
    if clause.best.frame.intent == "customer.update" and not clause.persons:
        return False
    return bool(clause.verbs) or clause.best.score >= 1.5


def lends(whole: Clause, bare: Clause) -> bool:
    """ "Rahul ne 500 aur Priya ne 300 diye": the same parts, one verb for both; "Priya paid 120, Suresh 80" leaves
    the part out as well."""
    if bare.verbs or bare.foreign or bare.goods or not one_each(whole) or not one_each(bare):
        return False
    one = {f"@{p.role}" for p in whole.known_persons}
    two = {f"@{p.role}" for p in bare.known_persons}
    return one == two or (two == {"@bare"} and whole.end <= bare.start and not bare.concepts)


def borrows(clause: Clause, clauses: list[Clause], n: int) -> bool:
    """Whether a clause takes the verb of another that it shares: then it is to be matched anew."""
    behind = next((one for one in clauses[n + 1 :] if one.best is not None), None)
    for other in (clauses[n - 1] if n else None, behind):
        if other is not None and other.best is not None and lends(other, clause):
            clause.present |= {name for name in other.present if not name.startswith("@") or "." in name}
            roles = {person.role for person in other.known_persons}
            for person in clause.known_persons:
                if person.role not in roles:
                    person.role = other.known_persons[0].role
                    clause.present |= {f"@{person.role}", PART_LEFT_OUT}
            clause.verbs = other.verbs
            clause.values = {**other.values, **clause.values}
            clause.present.add(SHARING)
            other.present.add(SHARING)
            return True
    return False


def one_each(clause: Clause) -> bool:
    """Whether somebody or several are named with a sum each ("Priya 120, Suresh 80")."""
    people, sums = clause.known_persons, clause.amounts
    if not people or len(people) != len(sums):
        return False
    pairs = list(zip(people, sums, strict=True))
    behind = all(before.start < amount.start for before, amount in pairs)
    return len(people) == 1 or (
        behind and all(pairs[n][1].start < pairs[n + 1][0].start for n in range(len(pairs) - 1))
    )


def lean(draft: Draft, clause: Clause, before: list[Draft], customer: str | None) -> None:
    """A later wish of a sentence is about whom the earlier one named, when it names nobody."""
    intent = draft.command.intent
    if draft.person is not None or "customer" in draft.command.slots or not before:
        return
    frame = clause.best.frame if clause.best is not None else None
    if frame is None or "customer" not in frame.slots or customer is None or intent == "customer.create":
        return
    if before[-1].command.slots.get("customer") == customer:
        draft.command.slots["customer"] = customer


def share_days(drafts: list[Draft]) -> None:
    """A day that is said before or behind several sums is the day of each ("kal Priya ne 120, Suresh ne 80 diye")."""
    for rows in ([one.command.slots for one in drafts], [one.beside for one in drafts]):
        for slot in ("date", "due_date"):
            told = [n for n, row in enumerate(rows) if slot in row]
            if not told or len(told) == len(rows):
                continue
            if len(told) > 1 or 0 < told[0] < len(rows) - 1:
                for draft in drafts:
                    draft.doubts.unclear = True
                continue
            for row in rows:
                row.setdefault(slot, rows[told[0]][slot])


def _goes_on(bill: Clause, rest: Clause) -> bool:
    """Whether goods behind a link belong to the bill before it ("… ande aur ek bread khate mein likho"), or what is
    owed to the customer who is new ("…, she owes 400 already")."""
    if bill.intent == "customer.create" and rest.intent in ("credit.add", "balance.check"):
        return "baaki" in rest.present and not rest.known_persons
    if bill.intent == "dues.list" and rest.intent == "reminder.schedule":
        return not rest.known_persons and not bill.present.isdisjoint(("everyone", "who", "more_than"))
    if bill.intent == "customer.create" and rest.intent == "customer.update":
        return bool(rest.phones) and not rest.known_persons and not bill.phones
    if bill.intent != "invoice.create" or rest.known_persons or rest.intent is None:
        return False
    if not rest.goods and not rest.amounts:
        return rest.intent == "credit.add"  # "… will pay later, so bill it on credit"
    if not rest.goods:
        return False
    return rest.intent in ("invoice.create", "stock.add") and rest.present.isdisjoint(("stock", "in_stock", "came"))


def takes_back(scan: Scan, clause: Clause, before: Draft, after: Draft) -> bool:
    """Whether a clause takes back the one before it ("Suresh ne 400 diye, sorry Anil ne diye 400")."""
    first = [scan.latin(i) for i in range(clause.start, min(clause.start + 2, clause.end))]
    hints = scan.language.hints
    taken_back = first[:1] and (first[0] in hints.sorry or (first[0] in hints.oops and first[-1] in hints.sorry))
    same = before.command.intent == after.command.intent
    return bool(taken_back) and same


def on_the_bill(draft: Draft, clause: Clause, customer: str | None) -> Draft:
    """Goods that are "added" after a bill are sold, not bought: another bill of that customer, read back."""
    if draft.command.intent != "stock.add" or not clause.present.isdisjoint(("stock", "in_stock", "came")):
        return draft
    item = {slot: value for slot, value in draft.command.slots.items() if slot in ("product", "qty", "unit")}
    slots: dict[str, SlotValue] = {"items": [item]}
    if customer is not None:
        slots["customer"] = customer
    if "product_candidates" in draft.command.slots:
        slots["product_candidates"] = draft.command.slots["product_candidates"]
    return Draft(Command(intent="invoice.create", slots=slots), Doubts(ask=draft.doubts.ask, unclear=True))
