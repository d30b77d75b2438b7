"""A database that is locked or gone while somebody books: they hear that it could not be done, nothing is half-written,
and once it is back the same booking works. (A caller on the line: test_voice_faults.)"""

from __future__ import annotations

import pytest
from chats import STARTS_AT_UTC, up_to_read_back
from e2e_server import ServerProcess
from wire_call import http

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
