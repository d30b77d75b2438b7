"""A database that is locked or gone while somebody books: they hear that it could not be done, nothing is half-written,
and once it is back the same booking works."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from chats import STARTS_AT_UTC, up_to_read_back
from e2e_server import ServerProcess
from wire_call import http

from offhook.callers.cli import embedded_speaker
from offhook.callers.events import AgentSaid, CallEvent
from offhook.callers.phone import Phone, PhoneSettings
from offhook.callers.script import Script, Step
from offhook.kit.clock import SystemClock

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("fault", ["locked_book", "missing_book"])
async def test_a_booking_by_chat_fails_aloud_and_whole_and_works_later(fault: str, text_server: ServerProcess) -> None:
    server = text_server
    phone = {"locked_book": "+12025550182", "missing_book": "+12025550183"}[fault]
    async with http(server.url) as client:
        chat = await up_to_read_back(client, phone)
        with getattr(server, fault)():
            failed = await chat.say("yes", "first-yes")
        assert "could not" in failed["reply"], failed
        assert "booked" not in failed["reply"].replace("Nothing has been", "")
        assert not _left_by(server, phone, chat.session_id), "nothing half-written"

        for n in range(3):  # the agent may ask whether to try again
            reply = await chat.say("yes", f"later-yes-{n}")
            if _left_by(server, phone, chat.session_id)["appointments"]:
                break
        assert "booked" in reply["reply"], reply
        (row,) = [row for row in server.appointments() if row["customer_phone"] == phone]
        assert (row["starts_at"][:19], row["status"]) == (STARTS_AT_UTC, "booked")
        again = await chat.say("yes", f"later-yes-{n}")
        assert again["reply"] == reply["reply"]
        assert len(_left_by(server, phone, chat.session_id)["appointments"]) == 1


async def test_a_caller_hears_that_a_locked_book_took_nothing_and_books_when_it_is_free(
    speaking_server: ServerProcess,
) -> None:
    server, phone = speaking_server, "+12025550142"
    lock = ExitStack()
    heard_sorry: list[str] = []

    def on_event(event: CallEvent) -> None:
        if not isinstance(event, AgentSaid) or not event.text:
            return
        if "could not" in event.text:
            heard_sorry.append(event.text)
            lock.close()
            assert not [row for row in server.appointments() if row["customer_phone"] == phone]
        elif "Is that right" in event.text and not heard_sorry:
            lock.enter_context(server.locked_book())

    script = Script(
        steps=(
            Step(say="I need an oil change tomorrow at eleven."),
            Step(when=r"Oil change, on Thursday, November 19th at 11 AM.*is that right", say="Yes.", times=4),
            Step(when=r"shall I try again", say="Yes, please.", times=3),
            Step(when=r"put it under", say="Yes.", times=3),
            Step(when=r"did you say (oil change|Thursday, November 19th( at 11 AM)?|11 AM)\?", say="Yes.", times=4),
            Step(when=r"did you say|is that right", say="No.", times=4),
            Step(when=r"anything else", say="No, thank you. Goodbye."),
            Step(when=r"what|which|when|sorry|still", say="An oil change tomorrow at eleven.", times=6),
        ),
        from_number=phone,
        end="wait",
    )
    with lock:
        async with embedded_speaker() as speaker:
            outcome = await Phone(PhoneSettings(url=server.url, limit_s=150), speaker, SystemClock(), on_event).call(
                script
            )
    told = [(event.heard, event.text) for event in outcome.events if isinstance(event, AgentSaid)]
    assert heard_sorry, told
    assert outcome.reason == "agent_hung_up", told
    (row,) = [row for row in server.appointments() if row["customer_phone"] == phone]
    assert (row["service_name"], row["starts_at"][:19]) == ("Oil change", "2026-11-19 17:00:00"), told


def _left_by(server: ServerProcess, phone: str, session_id: str) -> dict[str, list[dict[str, object]]]:
    """What a booking leaves in the book, table by table; empty when it left nothing."""
    found = {
        "appointments": [row for row in server.appointments() if row["session_id"] == session_id],
        "units": server.rows(
            "select u.unit from appointment_units u left join appointments a using (appointment_id)"
            f" where a.appointment_id is null or a.session_id = '{session_id}'"
        ),
        "customers": server.rows(f"select customer_id from customers where phone = '{phone}'"),
    }
    return {table: rows for table, rows in found.items() if rows}
