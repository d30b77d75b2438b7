"""The gate of the media sockets: one pure function that decides on an upgrade request, for every lane and carrier.

In order: path, Origin, credentials or loopback trust, room. The call token is not here: it arrives later, in the
stream's first message (`arrivals`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from offhook.channels.trust import is_local_origin, loopback_trusted
from offhook.channels.urls import Headers, base_urls, header

BELOW = "/*"
"""At the end of a door's path: any one name below it."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(frozen=True, slots=True)
class UpgradeRequest:
    path: str
    query: str
    """Without the question mark; "" for none."""
    scheme: str
    """Of the connection as the server sees it: ws or wss."""
    headers: Headers
    peer: str | None
    """Address of the other end, None when unknown."""


Credential = Literal["genuine", "absent", "wrong"]
CredentialCheck = Callable[[UpgradeRequest, Sequence[str]], Credential]
"""(request, URLs it may have been sent to) -> what the carrier's credential on it is worth."""


@dataclass(frozen=True, slots=True)
class GateRules:
    path: str
    """Ends in `BELOW` where each socket has a path of its own."""
    credential: CredentialCheck | None = None
    """None: no credentials are configured for this carrier; only loopback trust lets anybody in."""
    refusal_code: str = "bad_signature"
    refusal: str = "The carrier's signature is missing or wrong."
    refusal_status: int = 403
    public_url: str | None = None
    allowed_origins: frozenset[str] = frozenset()
    """Origins beyond our own that browsers may connect from; "*" for any."""
    max_sockets: int | None = None
    """Sockets open at once; None for no limit."""


@dataclass(frozen=True, slots=True)
class Admitted:
    request_id: str
    trusted: bool
    """Loopback trust: a stream without a call token is served too."""
    query: str = ""
    """Of the request."""
    name: str = ""
    """What stood in the place of `BELOW`."""


@dataclass(frozen=True, slots=True)
class Refused:
    status: int
    code: str
    message: str
    request_id: str


def admit_media(
    request: UpgradeRequest, rules: GateRules, *, open_sockets: int, new_request_id: str
) -> Admitted | Refused:
    """Whether the socket may be opened.

    Args:
        open_sockets: how many are open now.
        new_request_id: used unless the request brings a sane `X-Request-ID` of its own.
    """
    request_id = request_id_of(request.headers, new_request_id)
    name = _name_in(request.path.rstrip("/"), rules.path)
    if name is None:
        return Refused(404, "not_found", "There is no media socket under this path.", request_id)
    trusted = loopback_trusted(request.peer, request.headers, rules.public_url)
    bases = base_urls(request.headers, request.scheme, rules.public_url)
    if not origin_allowed(request.headers, bases, rules.allowed_origins, trusted=trusted):
        return Refused(403, "origin_not_allowed", "Connections from this origin are not allowed.", request_id)
    if rules.credential is None:
        if not trusted:
            message = "The carrier is not configured; set its credentials, or connect directly over loopback."
            return Refused(403, "carrier_not_configured", message, request_id)
    else:
        path = f"{request.path}?{request.query}" if request.query else request.path
        verdict = rules.credential(request, [base + path for base in bases])
        if verdict == "wrong" or (verdict == "absent" and not trusted):
            return Refused(rules.refusal_status, rules.refusal_code, rules.refusal, request_id)
    if rules.max_sockets is not None and open_sockets >= rules.max_sockets:
        return Refused(503, "busy", "All lines are in use.", request_id)
    return Admitted(request_id, trusted, request.query, name)


def _name_in(path: str, pattern: str) -> str | None:
    """ "" where the path is the pattern, its last part where that is left open; None for another path."""
    if not pattern.endswith(BELOW):
        return "" if path == pattern else None
    folder, _, name = path.rpartition("/")
    return name if folder + BELOW == pattern and name else None


def request_id_of(headers: Headers, new_request_id: str) -> str:
    given = header(headers, "x-request-id")
    return given if _REQUEST_ID.fullmatch(given) else new_request_id


def origin_allowed(
    headers: Headers, own_urls: Sequence[str], allowed_origins: Collection[str], *, trusted: bool
) -> bool:
    """Carriers send no Origin; a browser always does. Ours, a listed one, or (under loopback trust) a local one."""
    origin = header(headers, "origin")
    if not origin or "*" in allowed_origins or origin.rstrip("/") in allowed_origins:
        return True
    if any(origin.rstrip("/").lower() == _origin_of(base) for base in own_urls):
        return True
    return trusted and is_local_origin(origin)


def _origin_of(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}".lower()
