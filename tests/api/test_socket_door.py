from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from offhook.api.http import Sockets, create_app
from offhook.api.socket_door import HANDSHAKES_PER_MINUTE, admission
from offhook.channels.socketio.deps import SocketIoDeps
from offhook.channels.socketio.endpoint import SocketIoChannel
from offhook.contracts.errors import AppError
from support.api_rig import Rig, open_session

STRANGER = {"type": "http", "client": ("203.0.113.7", 5), "headers": [(b"host", b"offhook.example")], "scheme": "https"}
NEAR = {"type": "http", "client": ("127.0.0.1", 5), "headers": [(b"host", b"127.0.0.1:8000")], "scheme": "http"}


def scope(of: dict[str, Any], **headers: str) -> dict[str, Any]:
    more = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {**of, "headers": [*of["headers"], *more], "query_string": b"", "path": "/socket/"}


async def test_a_token_opens_its_session(rig: Rig) -> None:
    async with rig.stranger() as client:
        session = await open_session(client)
    entry = admission(rig.deps)(scope(STRANGER), {"token": session.token})
    assert (entry.session_id, entry.address, entry.trusted) == (session.session_id, "203.0.113.7", False)


async def test_what_is_wrong_has_a_code(rig: Rig) -> None:
    async with rig.stranger() as client:
        one, other = await open_session(client), await open_session(client)
    admit = admission(rig.deps)
    cases: list[tuple[dict[str, Any], object, str]] = [
        (scope(STRANGER), None, "unauthorized"),
        (scope(STRANGER), {"session_id": one.session_id}, "unauthorized"),
        (scope(STRANGER), {"token": one.token + "x"}, "bad_token"),
        (scope(STRANGER), {"token": ["x"]}, "bad_token"),
        (scope(STRANGER), {"token": one.token, "session_id": other.session_id}, "wrong_session"),
        (scope(STRANGER, origin="https://elsewhere.example"), {"token": one.token}, "forbidden"),
        (scope(NEAR), {"session_id": "no such/id"}, "not_found"),
    ]
    for where, auth, code in cases:
        with pytest.raises(AppError) as refused:
            admit(where, auth)
        assert refused.value.code == code
    assert admit(scope(NEAR), {"session_id": one.session_id}).trusted
    rig.clock.advance(hours=13)
    with pytest.raises(AppError) as expired:
        admit(scope(STRANGER), {"token": one.token})
    assert expired.value.code == "token_expired"


async def test_its_path_and_no_other_goes_to_the_sockets(rig: Rig) -> None:
    app = create_app(rig.deps, sockets=Sockets("/socket", PlainTextResponse("sockets"), 5_000_000))
    async with rig.client(app) as client:
        for path in ("/socket", "/socket/", "/socket/?EIO=4"):
            assert (await client.get(path)).text == "sockets"
        assert (await client.get("/sockets")).status_code == 404
        assert (await client.get("/health/live")).status_code == 200
        refused = await client.get("/socket/", headers={"Origin": "https://elsewhere.example"})
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "forbidden"


@pytest.mark.parametrize("query", ["EIO=4&transport=polling", "EIO=4&transport=polling&sid="])
async def test_one_address_begins_so_many_connections(rig: Rig, query: str) -> None:
    deps = replace(rig.deps, settings=replace(rig.deps.settings, trusted_proxies=("203.0.113.0/24",)))
    app = create_app(deps, sockets=Sockets("/socket", PlainTextResponse("sockets"), 5_000_000))
    async with rig.stranger(app) as client:

        async def asked(address: str, query: str) -> int:
            return (await client.get(f"/socket/?{query}", headers={"X-Forwarded-For": address})).status_code

        statuses = [await asked("198.51.100.1", query) for _ in range(HANDSHAKES_PER_MINUTE + 1)]
        assert statuses == [200] * HANDSHAKES_PER_MINUTE + [429]
        assert await asked("198.51.100.2", query) == 200
        assert await asked("198.51.100.1", f"{query}&sid=one") == 200


async def test_a_page_that_is_listed_may_poll_with_its_cookies(rig: Rig) -> None:
    """Balancers keep a polling client at one server by a cookie, which browsers send across origins only so."""
    page = "https://shop.example"
    deps = replace(rig.deps, settings=replace(rig.deps.settings, cors_origins=(page,)))
    channel = SocketIoChannel(
        SocketIoDeps(
            conversations=deps.conversations,
            store=deps.store,
            businesses=deps.businesses,
            speech=rig.speech,
            clock=deps.clock,
            metrics=deps.metrics,
            admit=admission(deps),
        )
    )
    async with channel:
        app = create_app(deps, sockets=Sockets(channel.path, channel.app, 5_000_000))
        async with rig.stranger(app) as browser:
            handshake = f"{channel.path}/?EIO=4&transport=polling"
            opened = await browser.get(handshake, headers={"Origin": page})
            assert opened.text.startswith("0{")
            assert opened.headers["access-control-allow-origin"] == page
            assert opened.headers["access-control-allow-credentials"] == "true"
            assert opened.headers["x-request-id"]
            asked = await browser.options(handshake, headers={"Origin": page, "Access-Control-Request-Method": "POST"})
            assert asked.headers["access-control-allow-origin"] == page
            foreign = await browser.get(handshake, headers={"Origin": "https://elsewhere.example"})
            assert foreign.status_code == 403
            assert "access-control-allow-origin" not in foreign.headers
