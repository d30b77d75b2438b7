"""What proves an Exotel media socket before its first message, and webhooks under loopback trust."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from offhook.channels.exotel.deps import ExotelSettings
from offhook.channels.exotel.verify import stream_check, verify_webhook
from offhook.channels.gate import UpgradeRequest
from offhook.channels.webhook import Denied, Verified, WebhookRequest

HOST = ("Host", "desk.example")
BARE = UpgradeRequest("/media/exotel", "", "ws", (HOST,), "203.0.113.9")
BASIC = ExotelSettings(webhook_user="flow", webhook_password="long-enough-password")
LISTED = ExotelSettings(allowed_ips=("203.0.113.0/24",))
BOTH = replace(BASIC, allowed_ips=LISTED.allowed_ips)


def signed(password: str) -> tuple[tuple[str, str], ...]:
    return HOST, ("Authorization", "Basic " + base64.b64encode(f"flow:{password}".encode()).decode())


@pytest.mark.parametrize(
    ("request_", "settings", "worth"),
    [
        (BARE, BASIC, "absent"),
        (replace(BARE, query="sample-rate=8000"), BASIC, "absent"),
        (replace(BARE, query="call_token=good"), BASIC, "genuine"),
        (replace(BARE, query="call_token=bad"), BASIC, "wrong"),
        (replace(BARE, headers=signed("long-enough-password")), BASIC, "genuine"),
        (replace(BARE, headers=signed("guess")), BASIC, "wrong"),
        (replace(BARE, headers=signed("guess"), query="call_token=good"), BASIC, "wrong"),
        (BARE, LISTED, "genuine"),
        (BARE, BOTH, "genuine"),
        (replace(BARE, headers=signed("x")), replace(LISTED, allowed_ips=("198.51.100.1",)), "wrong"),
        (replace(BARE, query="call_token=good", peer="198.51.100.1"), LISTED, "wrong"),
    ],
)
def test_a_socket_that_proves_nothing_holds_no_place(
    request_: UpgradeRequest, settings: ExotelSettings, worth: str
) -> None:
    assert stream_check(settings, lambda token: token == "good")(request_, ()) == worth


@pytest.mark.parametrize(
    ("header", "kind"), [(None, Verified), ("http://evil.example", Denied), ("http://localhost:5173", Verified)]
)
def test_a_page_of_elsewhere_has_no_loopback_trust(header: str | None, kind: type) -> None:
    headers = (("Host", "127.0.0.1:8000"), *((("Origin", header),) if header else ()))
    request = WebhookRequest("GET", "http", "/exotel/status", "", headers, "127.0.0.1", b"")
    assert isinstance(verify_webhook(request, ExotelSettings()), kind)
