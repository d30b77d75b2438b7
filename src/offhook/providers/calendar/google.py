"""Google Calendar through Google's own client (the extra `google-calendar`).

The event's id is ours, so an insert that was done already answers 409, and the event is then brought to what it shall
be; so is one that was deleted, which keeps its id. Our events are `transparent`: they do not count as busy.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from offhook.contracts.calendar import Busy, CalendarEvent, CalendarUnknown
from offhook.contracts.errors import AppError
from offhook.contracts.messaging import Delivered, Delivery, Refused, TryLater
from offhook.providers.calendar.in_thread import SOCKET_S, OneThread

try:
    import google_auth_httplib2
    import httplib2
    from google.auth.exceptions import GoogleAuthError
    from google.oauth2.credentials import Credentials
    from google.oauth2.service_account import Credentials as ServiceAccount
    from googleapiclient.discovery import build
    from googleapiclient.errors import HttpError
except ImportError:
    raise AppError(
        "missing_extra", "Google Calendar needs its client: pip install 'offhook[google-calendar]'."
    ) from None

SCOPES = ("https://www.googleapis.com/auth/calendar.events", "https://www.googleapis.com/auth/calendar.freebusy")
_GONE = (404, 410)
_EXISTS = 409


def credentials_of(path: Path) -> Any:
    """A service account's key, or the token that `offhook calendar connect` stored. Raises AppError."""
    try:
        text = path.read_text(encoding="utf-8")
        if '"service_account"' in text:
            return ServiceAccount.from_service_account_file(str(path), scopes=list(SCOPES))  # type: ignore[no-untyped-call]
        return Credentials.from_authorized_user_file(str(path), list(SCOPES))  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        text = f"Google's credentials cannot be used: {type(error).__name__}."
        raise AppError("google_credentials", text) from None


def connect(client_secrets: Path, token: Path) -> None:
    """The installed flow: opens a browser, waits for the owner's yes, stores the token (mode 0600). Raises AppError."""
    from google_auth_oauthlib.flow import InstalledAppFlow

    try:
        flow = InstalledAppFlow.from_client_secrets_file(str(client_secrets), list(SCOPES))
    except (OSError, ValueError) as error:
        text = f"The client's file cannot be used: {type(error).__name__}."
        raise AppError("google_credentials", text, status=422) from None
    found = flow.run_local_server(port=0)
    token.parent.mkdir(parents=True, exist_ok=True)
    token.touch(mode=0o600)
    token.write_text(found.to_json(), encoding="utf-8")


class GoogleCalendar:
    name = "google"

    def __init__(self, credentials: Any, calendar_id: str, *, api_endpoint: str | None = None) -> None:
        """`api_endpoint`: a local fake's, ending in /calendar/v3/. The description of the API comes with the client:
        nothing is fetched."""
        self._calendar_id = calendar_id
        self._thread = OneThread("google-calendar")
        http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(timeout=SOCKET_S))
        options = {"api_endpoint": api_endpoint} if api_endpoint else None
        self._service = build(
            "calendar", "v3", http=http, client_options=options, static_discovery=True, cache_discovery=False
        )

    async def put(self, event: CalendarEvent) -> Delivery:
        return await self._change(lambda: self._put(_body(event)))

    async def remove(self, event_id: str) -> Delivery:
        return await self._change(lambda: self._remove(event_id))

    async def busy(self, first: datetime, last: datetime) -> list[Busy]:
        query = {"timeMin": first.isoformat(), "timeMax": last.isoformat(), "items": [{"id": self._calendar_id}]}
        try:
            answer = await self._thread.run(lambda: self._service.freebusy().query(body=query).execute())
            mine = answer["calendars"][self._calendar_id]
            if mine.get("errors"):
                raise CalendarUnknown(f"google: {mine['errors'][0].get('reason', 'error')}")
            return [
                Busy(datetime.fromisoformat(part["start"]), datetime.fromisoformat(part["end"]))
                for part in mine.get("busy", ())
            ]
        except HttpError as error:
            raise CalendarUnknown(f"google answered {error.status_code}") from None
        except (OSError, KeyError, ValueError, httplib2.HttpLib2Error, GoogleAuthError) as error:
            raise CalendarUnknown(f"google: {type(error).__name__}") from None

    async def aclose(self) -> None:
        await self._thread.aclose()

    async def _change(self, work: Any) -> Delivery:
        try:
            await self._thread.run(work)
        except HttpError as error:
            return _refusal(error)
        except (OSError, httplib2.HttpLib2Error, GoogleAuthError) as error:
            return TryLater(f"google cannot be reached: {type(error).__name__}")
        return Delivered()

    def _put(self, body: dict[str, Any]) -> None:
        events = self._service.events()
        try:
            events.insert(calendarId=self._calendar_id, body=body, sendUpdates="none").execute()
        except HttpError as error:
            if error.status_code != _EXISTS:
                raise
            changes = events.update(calendarId=self._calendar_id, eventId=body["id"], body=body, sendUpdates="none")
            changes.execute()

    def _remove(self, event_id: str) -> None:
        try:
            self._service.events().delete(calendarId=self._calendar_id, eventId=event_id, sendUpdates="none").execute()
        except HttpError as error:
            if error.status_code not in _GONE:
                raise


def _body(event: CalendarEvent) -> dict[str, Any]:
    return {
        "id": event.event_id,
        "summary": event.title,
        "description": event.description,
        "location": event.location,
        "start": {"dateTime": event.starts_at.isoformat(), "timeZone": event.timezone},
        "end": {"dateTime": event.ends_at.isoformat(), "timeZone": event.timezone},
        "status": "confirmed",
        "transparency": "transparent",
    }


def _refusal(error: Any) -> Delivery:
    reason = f"google answered {error.status_code}"
    later = error.status_code in (401, 403, 429) or error.status_code >= 500
    return TryLater(reason) if later else Refused(reason)
