"""The calendar that is configured, if any. Vendors' clients are imported only when they are needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from offhook.contracts.calendar import Calendar


@dataclass(frozen=True, slots=True)
class CalendarOptions:
    google_credentials: Path | None = None
    """A service account's key, or a stored token of the installed flow."""
    google_calendar_id: str = "primary"
    caldav_url: str | None = field(default=None, repr=False)


def build_calendar(options: CalendarOptions, timezone: str) -> Calendar | None:
    """CalDAV where its URL is given, else Google where there are credentials. Raises AppError."""
    if options.caldav_url is not None:
        from offhook.providers.calendar.caldav import CalDavCalendar

        return CalDavCalendar(options.caldav_url, timezone)
    if options.google_credentials is not None:
        from offhook.providers.calendar.google import GoogleCalendar, credentials_of

        return GoogleCalendar(credentials_of(options.google_credentials), options.google_calendar_id)
    return None
