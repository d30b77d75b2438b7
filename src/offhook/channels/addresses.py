"""Which address a request came from, for limits per client: the peer, or what proxies of ours say of it.

`X-Forwarded-For` grows to the right: each proxy appends the address that it saw. So it is read from the right, through
the proxies that are trusted, to the first address that is not one of them. What stands left of that is the client's own
claim and worth nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

_MOST_HOPS = 20
_HOME_PREFIX = 64
"""One IPv6 subscriber has a whole /64: its addresses share a limit."""


def client_address(peer: str | None, headers: Iterable[tuple[str, str]], trusted_proxies: Sequence[str]) -> str:
    """The client's address, "" when unknown; for IPv6 its network, because one subscriber has a whole one.

    Args: as `exact_address`.
    """
    return _limited_as(exact_address(peer, headers, trusted_proxies))


def exact_address(peer: str | None, headers: Iterable[tuple[str, str]], trusted_proxies: Sequence[str]) -> str:
    """The client's address, "" when unknown.

    Args:
        peer: other end of the TCP connection.
        headers: all headers, repeated ones repeated.
        trusted_proxies: addresses or networks (`10.0.0.0/8`) whose word is taken; others are not asked.
    """
    address = peer or ""
    if trusted_proxies and is_among(address, trusted_proxies):
        forwarded = ",".join(value for name, value in headers if name.lower() == "x-forwarded-for")
        for hop in reversed(forwarded.split(",")[-_MOST_HOPS:]):
            if _parsed(hop.strip()) is None:
                break
            address = hop.strip()
            if not is_among(address, trusted_proxies):
                break
    return address


def is_among(address: str, networks: Sequence[str]) -> bool:
    """Whether it is one of these addresses or in one of these networks (`10.0.0.0/8`)."""
    ip = _parsed(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip is not None and any(ip in network for network in map(_network, networks) if network is not None)


def _limited_as(address: str) -> str:
    ip = _parsed(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, _HOME_PREFIX), strict=False))
    return address


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
