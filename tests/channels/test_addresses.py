from __future__ import annotations

import pytest

from offhook.channels.addresses import client_address

PROXIES = ("10.0.0.0/8", "192.0.2.1", "nonsense")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (None, (), ""),
        ("203.0.113.7", (), "203.0.113.7"),
        ("203.0.113.7", ("198.51.100.1",), "203.0.113.7"),  # not a proxy of ours: its word is worth nothing
        ("10.1.2.3", ("198.51.100.1",), "198.51.100.1"),
        ("10.1.2.3", ("198.51.100.1, 192.0.2.1, 10.9.9.9",), "198.51.100.1"),
        ("10.1.2.3", ("1.1.1.1, 198.51.100.1",), "198.51.100.1"),  # what the client itself claims is left of that
        ("10.1.2.3", ("1.1.1.1", "198.51.100.1"), "198.51.100.1"),
        ("10.1.2.3", ("198.51.100.1, unknown",), "10.1.2.3"),
        ("10.1.2.3", ("",), "10.1.2.3"),
        ("10.1.2.3", ("10.0.0.1",), "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", (), "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", (), "198.51.100.1"),
        ("fe80::1%eth0", (), "fe80::/64"),
    ],
)
def test_the_address_that_limits_count(peer: str | None, forwarded: tuple[str, ...], address: str) -> None:
    headers = [("X-Forwarded-For", value) for value in forwarded]
    assert client_address(peer, headers, PROXIES) == address
