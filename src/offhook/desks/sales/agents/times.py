"""Whether somebody is there at the moment that is agreed for a call or a demo."""

from __future__ import annotations

from datetime import date

from offhook.contracts.conversation import ConversationState
from offhook.contracts.desk import Ok
from offhook.desks.sales.agents.lines import Say
from offhook.dialogue.agents.faq import spoken_ranges
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import FormState
from offhook.dialogue.model import Line
from offhook.dialogue.spoken import spoken_date
from offhook.dialogue.tools.opening_hours import HoursQuestion, opening_hours


async def closed_then(work: Work, state: ConversationState, form: FormState, say: Say) -> Line | None:
    """What to say where the business is closed at the form's moment, or it has passed; None where all is well."""
    day, at = date.fromisoformat(str(form.values["date"])), str(form.values["time"])
    if f"{day.isoformat()}T{at}" <= work.now.strftime("%Y-%m-%dT%H:%M"):
        return Line("when_past")
    outcome = await work.call(opening_hours, HoursQuestion(day=day), state)
    if not isinstance(outcome, Ok):
        return None
    ranges = outcome.value.days[0].ranges
    if any(opens <= at < closes for opens, closes in ranges):
        return None
    values = {"day": spoken_date(day, say.words)}
    if not ranges:
        return Line("closed_that_day", values)
    return Line("closed_at_that_time", {**values, "ranges": spoken_ranges(ranges, say.words)})
