from __future__ import annotations

import pytest

from offhook.channels.trust import is_local_host, is_loopback_address, loopback_trusted

LOCAL = ("Host", "127.0.0.1:8000")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::1%lo", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("0.0.0.0", False),
        ("localhost", False),
        ("", False),
        (None, False),
    ],
)
def test_loopback_addresses(address: str | None, expected: bool) -> None:
    assert is_loopback_address(address) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LOCALHOST:8000", True),
        ("127.0.0.1", True),
        ("127.0.0.1:1", True),
        ("[::1]", True),
        ("[::1]:8000", True),
        ("[::1]evil.example", False),
        ("[::1", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost:80:80", False),
        ("example.com", False),
        ("192.168.1.2:8000", False),
        ("", False),
    ],
)
def test_local_hosts(host: str, expected: bool) -> None:
    assert is_local_host(host) is expected


def test_trusts_a_plain_loopback_request() -> None:
    assert loopback_trusted("127.0.0.1", [LOCAL, ("User-Agent", "x")], None)


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-For",
        "x-forwarded-proto",
        "X-Forwarded-Anything",
        "Forwarded",
        "Via",
        "X-Real-IP",
        "CF-Connecting-IP",
    ],
)
def test_any_sign_of_forwarding_takes_trust_away(name: str) -> None:
    assert not loopback_trusted("127.0.0.1", [LOCAL, (name, "127.0.0.1")], None)


@pytest.mark.parametrize(
    ("peer", "headers", "public_url"),
    [
        ("203.0.113.9", [LOCAL], None),
        (None, [LOCAL], None),
        ("127.0.0.1", [("Host", "tunnel.example")], None),
        ("127.0.0.1", [], None),
        ("127.0.0.1", [LOCAL, ("host", "localhost")], None),
        ("127.0.0.1", [LOCAL], "https://desk.example"),
    ],
    ids=["peer", "no-peer", "foreign-host", "no-host", "two-hosts", "public-url"],
)
def test_each_condition_alone_takes_trust_away(
    peer: str | None, headers: list[tuple[str, str]], public_url: str | None
) -> None:
    assert not loopback_trusted(peer, headers, public_url)


EVIL, PAGE = ("Origin", "http://evil.example"), ("Origin", "http://localhost:5173")
CROSS = ("Sec-Fetch-Site", "cross-site")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([EVIL], False),
        ([("Origin", "null")], False),
        ([("Origin", "")], False),
        ([("Origin", "http://[")], False),
        ([("Origin", "http://localhost.evil.example")], False),
        ([PAGE, EVIL], False),
        ([EVIL, PAGE], False),
        ([CROSS], False),
        ([CROSS, EVIL], False),
        ([PAGE], True),
        ([("Origin", "http://[::1]:8000")], True),
        ([("Sec-Fetch-Site", "none")], True),
        ([("Sec-Fetch-Site", "same-origin")], True),
        ([PAGE, CROSS], True),
    ],
    ids=str,
)
def test_pages_of_elsewhere_have_no_trust(headers: list[tuple[str, str]], expected: bool) -> None:
    assert loopback_trusted("127.0.0.1", [LOCAL, *headers], None) is expected
