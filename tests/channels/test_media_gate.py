from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from offhook.channels.gate import BELOW, Admitted, Credential, GateRules, Refused, UpgradeRequest, admit_media
from offhook.channels.urls import as_websocket, base_urls

RULES = GateRules(path="/media/twilio")
BELOW_IT = GateRules(path="/media/twilio" + BELOW)
LOOPBACK = UpgradeRequest("/media/twilio", "", "ws", (("host", "127.0.0.1:9"),), "127.0.0.1")
OUTSIDE = UpgradeRequest("/media/twilio", "", "ws", (("host", "desk.example"),), "203.0.113.9")


def saying(verdict: Credential) -> GateRules:
    return replace(RULES, credential=lambda request, urls: verdict)


def admit(request: UpgradeRequest, rules: GateRules, open_sockets: int = 0) -> Admitted | Refused:
    return admit_media(request, rules, open_sockets=open_sockets, new_request_id="req_new")


def with_headers(request: UpgradeRequest, *headers: tuple[str, str]) -> UpgradeRequest:
    return replace(request, headers=(*request.headers, *headers))


@pytest.mark.parametrize(
    ("request_", "rules", "expected"),
    [
        (LOOPBACK, RULES, Admitted("req_new", trusted=True)),
        (OUTSIDE, RULES, "carrier_not_configured"),
        (OUTSIDE, saying("genuine"), Admitted("req_new", trusted=False)),
        (OUTSIDE, saying("absent"), "bad_signature"),
        (OUTSIDE, saying("wrong"), "bad_signature"),
        (LOOPBACK, saying("absent"), Admitted("req_new", trusted=True)),
        (LOOPBACK, saying("wrong"), "bad_signature"),
        (with_headers(LOOPBACK, ("X-Forwarded-For", "1.2.3.4")), RULES, "carrier_not_configured"),
        (replace(LOOPBACK, path="/media/twilio/"), RULES, Admitted("req_new", trusted=True)),
        (replace(LOOPBACK, path="/media/other"), RULES, "not_found"),
        (replace(LOOPBACK, query="a=1"), RULES, Admitted("req_new", trusted=True, query="a=1")),
        (replace(LOOPBACK, path="/media/twilio/x"), RULES, "not_found"),
        (replace(LOOPBACK, path="/media/twilio/x"), BELOW_IT, Admitted("req_new", trusted=True, name="x")),
        (replace(LOOPBACK, path="/media/twilio/x/y"), BELOW_IT, "not_found"),
        (LOOPBACK, BELOW_IT, "not_found"),
        (
            with_headers(LOOPBACK, ("Origin", "https://any.example")),
            replace(saying("absent"), allowed_origins=frozenset({"*"})),
            "bad_signature",
        ),
    ],
)
def test_who_gets_in(request_: UpgradeRequest, rules: GateRules, expected: Admitted | str) -> None:
    verdict = admit(request_, rules)
    if isinstance(expected, str):
        assert isinstance(verdict, Refused)
        assert verdict.code == expected
    else:
        assert verdict == expected


@pytest.mark.parametrize(
    ("request_", "rules", "allowed"),
    [
        (with_headers(LOOPBACK, ("Origin", "http://localhost:5173")), RULES, True),
        (with_headers(LOOPBACK, ("Origin", "https://evil.example")), RULES, False),
        (with_headers(LOOPBACK, ("Origin", "null")), RULES, False),
        (with_headers(LOOPBACK, ("Origin", "http://[")), RULES, False),
        (with_headers(OUTSIDE, ("Origin", "http://localhost")), saying("genuine"), False),
        (with_headers(OUTSIDE, ("Origin", "http://desk.example")), saying("genuine"), True),
        (
            with_headers(OUTSIDE, ("Origin", "https://app.example")),
            replace(saying("genuine"), allowed_origins=frozenset({"https://app.example"})),
            True,
        ),
        (
            with_headers(OUTSIDE, ("Origin", "https://any.example")),
            replace(saying("genuine"), allowed_origins=frozenset({"*"})),
            True,
        ),
    ],
)
def test_origins(request_: UpgradeRequest, rules: GateRules, allowed: bool) -> None:
    verdict = admit(request_, rules)
    assert isinstance(verdict, Admitted) is allowed
    if isinstance(verdict, Refused):
        assert (verdict.status, verdict.code) == (403, "origin_not_allowed")


def test_full_house_is_told_so_after_credentials() -> None:
    rules = replace(saying("genuine"), max_sockets=2)
    assert isinstance(admit(OUTSIDE, rules, open_sockets=1), Admitted)
    full = admit(OUTSIDE, rules, open_sockets=2)
    assert isinstance(full, Refused)
    assert (full.status, full.code) == (503, "busy")
    stranger = admit(OUTSIDE, replace(saying("wrong"), max_sockets=2), open_sockets=2)
    assert isinstance(stranger, Refused)
    assert stranger.status == 403


@pytest.mark.parametrize(("given", "used"), [("abc-1", "abc-1"), ("bad id\n", "req_new"), ("x" * 200, "req_new")])
def test_request_id_is_taken_when_sane(given: str, used: str) -> None:
    assert admit(with_headers(LOOPBACK, ("X-Request-ID", given)), RULES).request_id == used


def test_credential_sees_every_url_it_may_cover() -> None:
    seen: list[str] = []

    def check(request: UpgradeRequest, urls: Sequence[str]) -> Credential:
        seen.extend(urls)
        return "genuine"

    proxied = with_headers(OUTSIDE, ("X-Forwarded-Proto", "https, http"), ("X-Forwarded-Host", "pub.example"))
    admit(replace(proxied, query="a=1"), replace(RULES, credential=check))
    assert seen[0] == "https://pub.example/media/twilio?a=1"
    assert "http://desk.example/media/twilio?a=1" in seen
    seen.clear()
    admit(proxied, replace(RULES, credential=check, public_url="https://desk.example/x/"))
    assert seen == ["https://desk.example/x/media/twilio"]


def test_urls() -> None:
    assert base_urls([("Host", "h:1")], "ws", None) == ["http://h:1"]
    assert base_urls([], "http", None) == []
    assert as_websocket("http://h/x") == "wss://h/x"
    assert as_websocket("http://h/x", insecure=True) == "ws://h/x"
    assert as_websocket("https://h/x", insecure=True) == "wss://h/x"
