"""The CalDAV calendar against a real Radicale server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from offhook.contracts.calendar import Busy, CalendarEvent, CalendarUnknown
from offhook.contracts.errors import AppError
from offhook.contracts.messaging import Delivered, TryLater
from offhook.kit.ics import event_text
from offhook.providers.calendar.caldav import CalDavCalendar
from support.radicale_server import radicale

TEN = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
EVENT = CalendarEvent(
    event_id="abc123",
    title="Oil change: Dana; O'Neil",
    starts_at=TEN,
    ends_at=TEN + timedelta(minutes=45),
    timezone="America/Chicago",
    description="+12025550142\nतेल",
    location="Bay 1",
)
DAY = (TEN - timedelta(hours=12), TEN + timedelta(hours=12))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with radicale(Path(tmp_path_factory.mktemp("radicale"))) as found:
        yield found


def _store(url: str, name: str, text: str) -> None:
    parts = urlsplit(url)
    auth = (unquote(parts.username or ""), unquote(parts.password or ""))
    plain = f"http://{parts.hostname}:{parts.port}{parts.path}{name}.ics"
    if text:
        httpx.put(plain, content=text, auth=auth, headers={"content-type": "text/calendar"}).raise_for_status()
    else:
        httpx.delete(plain, auth=auth).raise_for_status()


def _stored(url: str, name: str) -> httpx.Response:
    parts = urlsplit(url)
    auth = (unquote(parts.username or ""), unquote(parts.password or ""))
    return httpx.get(f"http://{parts.hostname}:{parts.port}{parts.path}{name}.ics", auth=auth)


async def test_put_again_changes_and_remove_again_is_fine(url: str) -> None:
    calendar = CalDavCalendar(url, "America/Chicago")
    assert [await calendar.put(EVENT) for _ in range(2)] == [Delivered()] * 2
    text = _stored(url, "abc123").text
    assert "SUMMARY:Oil change: Dana\\; O'Neil" in text and "तेल" in text
    assert await calendar.busy(*DAY) == []  # our own
    assert [await calendar.remove("abc123") for _ in range(2)] == [Delivered()] * 2
    assert _stored(url, "abc123").status_code == 404
    await calendar.aclose()


async def test_what_people_put_there_is_busy(url: str) -> None:
    calendar = CalDavCalendar(url, "America/Chicago")
    other = {"starts_at": TEN, "ends_at": TEN + timedelta(hours=1), "stamp": TEN}
    _store(url, "meeting", event_text(uid="meeting", title="Meeting", **other))
    _store(url, "birthday", event_text(uid="birthday", title="Birthday", blocks_time=False, **other))
    weekly = event_text(
        uid="weekly",
        title="Weekly",
        starts_at=TEN - timedelta(days=7, hours=3),
        ends_at=TEN - timedelta(days=7, hours=2),
        stamp=TEN,
    )
    _store(url, "weekly", weekly.replace("SUMMARY", "RRULE:FREQ=WEEKLY;COUNT=4\r\nSUMMARY"))
    whole = event_text(uid="holiday", title="Closed", **other)
    lines = ["DTSTART;VALUE=DATE:20261128" if x.startswith("DTSTART") else x for x in whole.split("\r\n")]
    _store(url, "holiday", "\r\n".join(x for x in lines if not x.startswith("DTEND")))
    found = await calendar.busy(*DAY)
    as_utc = sorted((part.starts_at.astimezone(UTC), part.ends_at.astimezone(UTC)) for part in found)
    midnight = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
    expected = [(TEN - timedelta(hours=3), TEN - timedelta(hours=2)), (TEN, TEN + timedelta(hours=1))]
    assert as_utc[:2] == expected
    assert (await calendar.busy(midnight, midnight + timedelta(hours=2)))[-1] == Busy(
        midnight, midnight + timedelta(days=1)
    )
    for name in ("meeting", "birthday", "weekly", "holiday"):
        _store(url, name, "")
    await calendar.aclose()


async def test_a_wrong_password_and_a_dead_server_are_unknown_and_tried_again(url: str) -> None:
    for bad in (url.replace("se%20cret", "wrong"), "http://dealer:x@127.0.0.1:1/dealer/showroom/"):
        calendar = CalDavCalendar(bad, "America/Chicago")
        assert isinstance(await calendar.put(EVENT), TryLater)
        assert isinstance(await calendar.remove("abc123"), TryLater)
        with pytest.raises(CalendarUnknown):
            await calendar.busy(*DAY)
        await calendar.aclose()


def test_a_url_that_cannot_be_used_is_not_shown() -> None:
    with pytest.raises(AppError, match="CALDAV_URL cannot be used") as told:
        CalDavCalendar("dealer:pw@host", "UTC")
    assert "pw" not in told.value.message.replace("password", "")
