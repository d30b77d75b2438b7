"""What comes again and again ("har mahine 5 ko", "every Friday"), and what is wanted at another time than now. Pure."""

from __future__ import annotations

from datetime import date

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.clauses import Clause, rung
from offhook.understanding.ledger.dates import Timed, first_of_month
from offhook.understanding.ledger.items import number
from offhook.understanding.ledger.spans import Scan

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def recurrence_of(scan: Scan, clause: Clause, times: Timed) -> str | None:
    """As `daily`, `weekly:fri`, `monthly:5`, or the first part alone where the day was not said."""
    said = {one.name.partition("=")[2] for one in clause.values.get("recurrence", [])}
    if not said:
        return None
    day = times.when.date
    weekday = _weekday(scan, times)
    if "daily" in said:
        return "daily"
    if weekday is not None and "monthly" not in said:
        return f"weekly:{weekday}"
    if "monthly" in said or (day is not None and "every" in said):
        if day is not None:
            return f"monthly:{day.day}"
        if any(first_of_month(scan, i) for i in range(clause.start, clause.end)):
            return "monthly:1"
        bare = [one.value for one in clause.amounts if not one.marked]
        return f"monthly:{int(bare[0])}" if len(bare) == 1 and bare[0] in range(1, 32) else "monthly"
    return "weekly" if "weekly" in said else None


def often(clause: Clause) -> bool:
    """Whether it is to be again and again ("roz", "every week"); "every" may be of things as well."""
    return bool({one.name.partition("=")[2] for one in clause.values.get("recurrence", [])} - {"every"})


def of_another_time(clause: Clause, times: Timed, today: date) -> bool:
    """Whether what goes out at once is wanted at some time, or again and again."""
    when = times.when
    return often(clause) or when.time is not None or when.date not in (None, today)


def _weekday(scan: Scan, times: Timed) -> str | None:
    voc, calendar = scan.language.voc, scan.language.everyday.lexicon.calendar
    for start, end in times.places:
        for i in range(start, end):
            if scan.words[i] in calendar.weekdays:
                return _DAYS[calendar.weekdays[scan.words[i]]]
            entry = voc.at(scan.keys, i, end)
            if entry is not None and entry[0].kind == "weekdays":
                return _DAYS[calendar.weekdays[entry[0].value]]
    return None


def reminder_slots(scan: Scan, clause: Clause, times: Timed, intent: str, slots: dict[str, SlotValue]) -> None:
    when = times.when
    if intent == "reminder.bulk":
        if len(clause.amounts) == 1:
            slots["min_amount"] = number(clause.amounts[0].value)
        return
    if intent == "reminder.list":
        if when.date is not None:
            slots["date"] = when.date.isoformat()
        return
    if intent != "reminder.schedule":
        return
    recurrence = recurrence_of(scan, clause, times)
    if recurrence is not None:
        slots["recurrence"] = recurrence
    elif when.date is not None:
        slots["date"] = when.date.isoformat()
    if when.time is not None:
        slots["time"] = when.time.strftime("%H:%M")
    elif when.daypart is not None:
        slots["daypart"] = when.daypart
    channel = value_of(clause, "channel") or ("call" if rung(clause, scan) == "phone" else None)
    if channel is not None:
        slots["channel"] = channel


def value_of(clause: Clause, slot: str) -> str | None:
    found = {one.name.partition("=")[2] for one in clause.values.get(slot, [])}
    return found.pop() if len(found) == 1 else None
