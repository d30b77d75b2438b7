"""Under which URLs a request may have been sent to us: what a signature covers, and what our answers link to.

With a configured public URL there is one answer. Without one the server can only guess from Host and from what a proxy
says; guessing is safe here, because a signature made with the account's secret over any of the guesses is still a
signature by the carrier.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Headers = Sequence[tuple[str, str]]

_SECURE = frozenset({"https", "wss"})


def header(headers: Headers, name: str) -> str:
    """The first value of a header, "" when absent."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), "")


def base_urls(headers: Headers, scheme: str, public_url: str | None) -> list[str]:
    """http(s) base URLs without a trailing slash, the likeliest first.

    Args:
        scheme: of the connection as the server sees it (http, https, ws, wss).
        public_url: the configured public base URL, if any; then it is the only one.
    """
    if public_url:
        return [public_url.rstrip("/")]
    hosts = [_first(header(headers, "x-forwarded-host")), header(headers, "host")]
    schemes = [_http(_first(header(headers, "x-forwarded-proto"))), _http(scheme)]
    found = [f"{way}://{host}" for host in hosts if host for way in schemes if way]
    return list(dict.fromkeys(found))


def as_websocket(url: str, *, insecure: bool = False) -> str:
    """The WebSocket twin of an http(s) URL: wss, or ws for plain http where that is allowed."""
    way, _, rest = url.partition("://")
    kind: Literal["ws", "wss"] = "ws" if insecure and way == "http" else "wss"
    return f"{kind}://{rest}"


def _first(value: str) -> str:
    return value.partition(",")[0].strip()


def _http(scheme: str) -> str:
    if not scheme:
        return ""
    return "https" if scheme.lower() in _SECURE else "http"
