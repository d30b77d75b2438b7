"""Google's own client against a local server that speaks the Calendar API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials

from offhook.contracts.calendar import Busy, CalendarEvent, CalendarUnknown
from offhook.contracts.errors import AppError
from offhook.contracts.messaging import Delivered, Refused, TryLater
from offhook.providers.calendar.google import GoogleCalendar, connect, credentials_of
from support.http_carrier import HANG_UP, HttpCarrier, http_carrier

TEN = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
EVENT = CalendarEvent(
    event_id="abc123",
    title="Oil change: Dana",
    starts_at=TEN,
    ends_at=TEN + timedelta(minutes=45),
    timezone="America/Chicago",
)
OK = (200, {"id": "abc123", "status": "confirmed"})


def error(code: int, reason: str) -> tuple[int, dict[str, Any]]:
    detail = {"domain": "global", "reason": reason, "message": "…"}
    return code, {"error": {"code": code, "message": "…", "errors": [detail]}}


@asynccontextmanager
async def calendar(*answers: Any) -> AsyncIterator[tuple[GoogleCalendar, HttpCarrier]]:
    with http_carrier(*answers) as carrier:
        found = GoogleCalendar(AnonymousCredentials(), "me@example.com", api_endpoint=f"{carrier.url}/calendar/v3/")  # type: ignore[no-untyped-call]
        yield found, carrier
        await found.aclose()


async def test_an_event_under_our_own_id() -> None:
    async with calendar(OK) as (google, carrier):
        assert await google.put(EVENT) == Delivered()
    (asked,) = carrier.asked
    assert (asked.method, asked.path.split("?")[0]) == ("POST", "/calendar/v3/calendars/me%40example.com/events")
    assert "sendUpdates=none" in asked.path
    assert asked.json["id"] == "abc123"
    assert asked.json["start"] == {"dateTime": "2026-11-27T16:00:00+00:00", "timeZone": "America/Chicago"}
    assert (asked.json["transparency"], asked.json["status"]) == ("transparent", "confirmed")


async def test_an_event_that_is_there_or_was_deleted_is_brought_to_what_it_shall_be() -> None:
    async with calendar(error(409, "duplicate"), OK) as (google, carrier):
        assert await google.put(EVENT) == Delivered()
    assert [asked.method for asked in carrier.asked] == ["POST", "PUT"]
    assert carrier.asked[1].json["status"] == "confirmed"


@pytest.mark.parametrize("answer", [(204, None), error(404, "notFound"), error(410, "deleted")])
async def test_an_event_that_is_gone_is_removed(answer: Any) -> None:
    async with calendar(answer) as (google, carrier):
        assert await google.remove("abc123") == Delivered()
    assert carrier.asked[0].method == "DELETE"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error(403, "rateLimitExceeded"), TryLater("google answered 403")),
        (error(503, "backendError"), TryLater("google answered 503")),
        (error(400, "invalid"), Refused("google answered 400")),
    ],
)
async def test_how_it_can_end(answer: Any, expected: object) -> None:
    async with calendar(answer) as (google, _):
        assert await google.put(EVENT) == expected


async def test_busy_times() -> None:
    busy = {"start": "2026-11-27T16:00:00Z", "end": "2026-11-27T17:00:00Z"}
    async with calendar((200, {"calendars": {"me@example.com": {"busy": [busy]}}})) as (google, carrier):
        found = await google.busy(TEN, TEN + timedelta(days=1))
    assert found == [Busy(TEN, TEN + timedelta(hours=1))]
    assert carrier.asked[0].json["items"] == [{"id": "me@example.com"}]


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"calendars": {"me@example.com": {"errors": [{"reason": "notFound"}], "busy": []}}}),
        (200, {"calendars": {}}),
        error(500, "backendError"),
        HANG_UP,
    ],
)
async def test_what_cannot_be_read_is_unknown(answer: Any) -> None:
    async with calendar(answer) as (google, _):
        with pytest.raises(CalendarUnknown):
            await google.busy(TEN, TEN + timedelta(days=1))


def test_credentials_of_the_installed_flow_and_none(tmp_path: Path) -> None:
    token = tmp_path / "token.json"
    token.write_text(
        json.dumps({"client_id": "a", "client_secret": "b", "refresh_token": "c", "type": "authorized_user"})
    )
    assert credentials_of(token).refresh_token == "c"
    for text in ("{}", "no json"):
        token.write_text(text)
        with pytest.raises(AppError, match="cannot be used"):
            credentials_of(token)
    with pytest.raises(AppError):
        credentials_of(tmp_path / "none")


def test_the_installed_flow_needs_its_file(tmp_path: Path) -> None:
    (tmp_path / "client.json").write_text("{}")
    for name in ("client.json", "none.json"):
        with pytest.raises(AppError, match="cannot be used"):
            connect(tmp_path / name, tmp_path / "token.json")
    assert not (tmp_path / "token.json").exists()
