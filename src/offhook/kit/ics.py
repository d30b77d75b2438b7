"""iCalendar text (RFC 5545) of one event: what an e-mail carries, what a CalDAV server stores. Times are in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

_LINE_OCTETS = 75


def event_text(
    *,
    uid: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    stamp: datetime,
    description: str = "",
    location: str = "",
    blocks_time: bool = True,
    method: str = "",
) -> str:
    """A VCALENDAR with that event.

    Args:
        stamp: when the event was last changed.
        blocks_time: whether its time counts as busy.
        method: "PUBLISH" in an e-mail; none in a stored calendar object, where it is not allowed.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//offhook//offhook//EN",
        *([f"METHOD:{method}"] if method else []),
        "BEGIN:VEVENT",
        f"UID:{_escaped(uid)}",
        f"DTSTAMP:{_utc(stamp)}",
        f"DTSTART:{_utc(starts_at)}",
        f"DTEND:{_utc(ends_at)}",
        f"SUMMARY:{_escaped(title)}",
        *([f"DESCRIPTION:{_escaped(description)}"] if description else []),
        *([f"LOCATION:{_escaped(location)}"] if location else []),
        f"TRANSP:{'OPAQUE' if blocks_time else 'TRANSPARENT'}",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join("".join(c for c in line if c >= " ") for line in plain.splitlines())


def _folded(line: str) -> str:
    """At most 75 octets to a line, no character cut in two; what follows begins with a space."""
    parts, part, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE_OCTETS:
            parts.append(part)
            part, size = " ", 1
        part += character
        size += octets
    return "\r\n".join([*parts, part])
