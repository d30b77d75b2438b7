"""Which calendar there is follows from what is configured."""

from __future__ import annotations

import json
from pathlib import Path

from offhook.providers.calendar.registry import CalendarOptions, build_calendar


async def test_none_caldav_google(tmp_path: Path) -> None:
    assert build_calendar(CalendarOptions(), "UTC") is None
    token = tmp_path / "token.json"
    token.write_text(json.dumps({"client_id": "a", "client_secret": "b", "refresh_token": "c"}))
    google = build_calendar(CalendarOptions(google_credentials=token), "UTC")
    both = build_calendar(CalendarOptions(google_credentials=token, caldav_url="http://a:b@localhost/c/"), "UTC")
    assert google is not None and both is not None
    assert (google.name, both.name) == ("google", "caldav")
    await google.aclose()
    await both.aclose()
