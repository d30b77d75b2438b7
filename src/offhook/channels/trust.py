"""Loopback trust: whether a request may be served without credentials, for development on one machine.

All five must hold: the peer is a loopback address, no header says that the request was forwarded, the Host is local,
no page of elsewhere sends it, and the server has no public URL. A tunnel or a proxy on the same machine has a loopback
peer too: its forwarding headers or its Host give it away, and a browser lured to a foreign name that resolves to
127.0.0.1 is refused by the Host. A browser sends simple requests to any address without asking: the Origin, or
Sec-Fetch-Site where there is none, names the pages that do. Which origins may use the server at all
(OFFHOOK_CORS_ORIGINS) is another question, and gives no trust.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

_FORWARDING = frozenset(
    {
        "forwarded",
        "via",
        "x-real-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-original-host",
        "x-original-url",
        "x-rewrite-url",
        "true-client-ip",
        "cf-connecting-ip",
        "cf-ray",
        "cdn-loop",
        "fastly-client-ip",
        "fly-client-ip",
        "x-amzn-trace-id",
        "x-envoy-external-address",
    }
)


def is_loopback_address(address: str | None) -> bool:
    """True for 127.0.0.0/8, ::1 and IPv4-mapped loopback; False for None (no peer known) and for names."""
    if not address:
        return False
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_loopback)


def is_local_host(host: str) -> bool:
    """Whether a Host header (or the authority of an Origin) names this machine: localhost or a loopback literal."""
    name = host.strip().lower()
    if name.startswith("["):
        literal, bracket, rest = name[1:].partition("]")
        return bool(bracket) and (not rest or _is_port(rest)) and is_loopback_address(literal)
    name, colon, port = name.partition(":")
    if colon and not port.isdigit():
        return False
    return name == "localhost" or is_loopback_address(name)


def is_local_origin(origin: str) -> bool:
    """Whether a page of this origin is this machine's; "null" is nobody's."""
    try:
        return is_local_host(urlsplit(origin).netloc)
    except ValueError:
        return False


def is_forwarding_header(name: str) -> bool:
    lowered = name.lower()
    return lowered in _FORWARDING or lowered.startswith("x-forwarded")


def loopback_trusted(peer: str | None, headers: Iterable[tuple[str, str]], public_url: str | None) -> bool:
    """Whether the request may be served without credentials.

    Args:
        peer: address of the other end of the TCP connection, None when unknown.
        headers: all headers of the request, repeated ones repeated.
        public_url: the server's configured public base URL, if any.
    """
    if public_url or not is_loopback_address(peer):
        return False
    hosts, from_here, cross_site = 0, False, False
    for name, value in headers:
        lowered = name.lower()
        if is_forwarding_header(lowered):
            return False
        if lowered == "host":
            hosts += 1
            if not is_local_host(value):
                return False
        elif lowered == "origin":
            from_here = is_local_origin(value)
            if not from_here:
                return False
        elif lowered == "sec-fetch-site":
            cross_site = cross_site or value.strip().lower() == "cross-site"
    return hosts == 1 and (from_here or not cross_site)


def _is_port(text: str) -> bool:
    return text.startswith(":") and text[1:].isdigit()
