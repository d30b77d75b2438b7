"""iCalendar text that other programs read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from offhook.kit.ics import event_text

BEGINS = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200)


@given(TEXT, TEXT)
def test_another_reader_gets_the_same(title: str, description: str) -> None:
    text = event_text(
        uid="a@offhook",
        title=title,
        description=description,
        starts_at=BEGINS,
        ends_at=BEGINS + timedelta(hours=1),
        stamp=BEGINS,
    )
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["SUMMARY"]) == title
    assert str(event.get("DESCRIPTION", "")) == description
    assert event["DTSTART"].dt == BEGINS


def test_lines_and_controls_stay_inside_their_value() -> None:
    text = event_text(
        uid="a", title="one\r\nDTSTART:x\x00", starts_at=BEGINS, ends_at=BEGINS, stamp=BEGINS, method="PUBLISH"
    )
    assert "SUMMARY:one\\nDTSTART:x\r\n" in text
    assert "METHOD:PUBLISH\r\n" in text
