"""A CalDAV calendar (the extra `caldav`): Nextcloud, Radicale, iCloud, Fastmail and their kin.

The event is one resource named after its id, put unconditionally: doing it again changes nothing. Busy is what the
server's events say, less our own: many servers do not answer free-busy queries, all of them list events.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from offhook.contracts.calendar import Busy, CalendarEvent, CalendarUnknown
from offhook.contracts.errors import AppError
from offhook.contracts.messaging import Delivered, Delivery, Refused, TryLater
from offhook.kit.ics import event_text
from offhook.providers.calendar.in_thread import SOCKET_S, OneThread

try:
    from caldav.davclient import DAVClient
    from caldav.lib.error import AuthorizationError, NotFoundError
except ImportError:
    raise AppError("missing_extra", "CalDAV needs its client: pip install 'offhook[caldav]'.") from None

_UID_HOST = "@offhook"
_OK = range(200, 300)
_GONE = (404, 410)


class CalDavCalendar:
    name = "caldav"

    def __init__(self, url: str, timezone: str) -> None:
        """`url` of the calendar's collection, with user and password in it. `timezone`: of all-day events. Raises
        AppError for what is no such URL, without showing it."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise AppError("settings", "CALDAV_URL cannot be used; write https://user:password@host/path/to/calendar/.")
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        self._base = urlunsplit((parts.scheme, host, parts.path.rstrip("/") + "/", "", ""))
        self._zone = ZoneInfo(timezone)
        self._thread = OneThread("caldav")
        self._client = DAVClient(
            self._base,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            timeout=int(SOCKET_S),
            enable_rfc6764=False,
            require_tls=parts.scheme == "https",
        )

    async def put(self, event: CalendarEvent) -> Delivery:
        text = event_text(
            uid=event.event_id + _UID_HOST,
            title=event.title,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            stamp=datetime.now(UTC),
            description=event.description,
            location=event.location,
            blocks_time=False,
        )
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        return await self._change(lambda: self._client.put(self._url(event.event_id), text, headers), _OK)

    async def remove(self, event_id: str) -> Delivery:
        return await self._change(lambda: self._client.delete(self._url(event_id)), (*_OK, *_GONE))

    async def busy(self, first: datetime, last: datetime) -> list[Busy]:
        try:
            return await self._thread.run(lambda: self._busy(first, last))
        except Exception as error:  # lint: broad-except: the client raises its own, its HTTP library's and its parser's
            raise CalendarUnknown(f"caldav: {type(error).__name__}") from None

    async def aclose(self) -> None:
        await self._thread.aclose()

    def _url(self, event_id: str) -> str:
        return f"{self._base}{event_id}.ics"

    async def _change(self, work: Callable[[], Any], fine: range | tuple[int, ...]) -> Delivery:
        try:
            status = int((await self._thread.run(work)).status)
        except NotFoundError:
            status = 404
        except AuthorizationError:
            return TryLater("caldav refused the password")
        except Exception as error:  # lint: broad-except: the client raises its own and its HTTP library's
            return TryLater(f"caldav cannot be reached: {type(error).__name__}")
        if status in fine:
            return Delivered()
        reason = f"caldav answered {status}"
        return TryLater(reason) if status in (401, 403, 423, 429) or status >= 500 else Refused(reason)

    def _busy(self, first: datetime, last: datetime) -> list[Busy]:
        calendar = self._client.calendar(url=self._base)  # type: ignore[no-untyped-call]  # not annotated there
        found = calendar.search(start=first, end=last, event=True, expand=True)
        return [
            part for entry in found for event in entry.icalendar_instance.walk("VEVENT") if (part := self._block(event))
        ]

    def _block(self, event: Any) -> Busy | None:
        """What an event blocks, if it blocks anything and is not ours."""
        if str(event.get("UID", "")).endswith(_UID_HOST) or str(event.get("TRANSP", "OPAQUE")) == "TRANSPARENT":
            return None
        if str(event.get("STATUS", "")) == "CANCELLED" or event.get("DTSTART") is None:
            return None
        begins = event["DTSTART"].dt
        if event.get("DTEND") is not None:
            ends = event["DTEND"].dt
        elif event.get("DURATION") is not None:
            ends = begins + event["DURATION"].dt
        else:
            ends = begins if isinstance(begins, datetime) else begins + timedelta(days=1)
        return Busy(self._moment(begins), self._moment(ends))

    def _moment(self, value: date | datetime) -> datetime:
        if not isinstance(value, datetime):
            return datetime.combine(value, time(0), self._zone)
        return value if value.tzinfo is not None else value.replace(tzinfo=self._zone)
