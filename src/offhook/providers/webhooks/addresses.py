"""Where webhooks may go. Pure rules on URLs and addresses.

An endpoint is HTTPS, or this machine itself while it is developed on. What its name resolves to is looked at when it is
sent, not when it is entered: names change. Addresses that the public network does not carry (private networks,
link-local ones with the metadata service of clouds, loopback) are refused unless the operator's setting allows them.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

MOST_CHARS = 2000
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class BadEndpoint(ValueError):
    """The URL cannot be an endpoint; the text says why and what would do."""


def checked_url(url: str) -> str:
    """Raises BadEndpoint."""
    if len(url) > MOST_CHARS or not url.isascii() or not url.isprintable() or " " in url:
        raise BadEndpoint("a URL of printable ASCII characters is needed")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise BadEndpoint("the URL cannot be read") from None
    if not parts.hostname:
        raise BadEndpoint("the URL names no host")
    if parts.username is not None or parts.password is not None:
        raise BadEndpoint("a user and password in the URL would be logged on the way; the signature proves who sends")
    if parts.fragment:
        raise BadEndpoint("the part behind # is never sent")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise BadEndpoint("https is needed; http only to this machine itself (localhost)")
    return url


def is_loopback(host: str) -> bool:
    """Whether the URL itself names this machine; a name that only resolves to it does not count."""
    return host.lower().rstrip(".") in _LOOPBACK_NAMES


def may_reach(address: str) -> bool:
    """Whether a resolved address is one of the public network."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inside(found)
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in (found, *inner))


def _inside(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """Addresses of the old kind that one of the new carries within it, and a gateway may take out."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour]
    if address.teredo is not None:
        found += list(address.teredo)
    if address.packed[:12] == bytes.fromhex("0064ff9b0000000000000000"):
        found.append(IPv4Address(address.packed[12:]))
    return tuple(one for one in found if one is not None)
