"""Browsers' media sockets over a real server, on both lanes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from offhook.channels.browser.deps import BrowserSettings
from offhook.channels.browser.talk import TAKEN_OVER
from offhook.contracts.audio import PCM16_16K
from offhook.contracts.channel import Everybody

FRAME = b"\x01\x02" * 320


async def told(socket: ClientConnection) -> dict[str, Any]:
    """The next text message."""
    async with asyncio.timeout(5):
        while isinstance(message := await socket.recv(), bytes):
            continue
    body = json.loads(message)
    assert isinstance(body, dict)
    return body


async def closed(socket: ClientConnection) -> int:
    async with asyncio.timeout(5):
        with pytest.raises(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code is not None
    return socket.close_code


async def test_a_session_is_talked_to_in_16_khz(serve: Any) -> None:
    async with serve() as server, connect(server.url()) as page:
        ready = await told(page)
        live = await server.live()
        assert (ready["type"], ready["resumed"], ready["received"]) == ("ready", False, 0)
        info = live.info
        assert (info.session_id, info.business_id, info.channel) == ("sess_one", "biz_dealer", "browser")
        assert (info.audio, info.language, info.from_number) == (PCM16_16K, "en", "+12025550142")
        assert info.call_id == ready["call_id"]
        assert server.rung == ["biz_dealer"]
        await page.send(FRAME)
        live.out.play(FRAME[:500])
        live.out.play(FRAME)
        live.out.mark("m1")
        assert await page.recv() == FRAME[:500] + FRAME[:140]
        assert await page.recv() == FRAME[140:].ljust(640, b"\0")
        assert await told(page) == {"type": "played", "mark": "m1"}
        await page.send('{"type":"played","mark":"m1"}')
        live.out.clear()
        assert await told(page) == {"type": "clear", "received": 4}
        await page.send('{"type":"end"}')
        assert await closed(page) == 1000
        assert (bytes(live.heard), live.marks, live.stops) == (FRAME, ["m1"], ["caller_hung_up"])


async def test_a_socket_that_comes_back_goes_on_with_the_call_and_hears_what_it_missed(serve: Any) -> None:
    async with serve() as server:
        async with connect(server.url()) as page:
            call_id = (await told(page))["call_id"]
            live = await server.live()
            live.out.play(FRAME)
            assert await page.recv() == FRAME
        live.out.play(FRAME[::-1])
        live.out.mark("m1")
        async with connect(server.url(more=f"&call={call_id}&received=1&waiting_ms=700")) as page:
            ready = await told(page)
            assert (ready["call_id"], ready["resumed"], ready["received"]) == (call_id, True, 1)
            assert await page.recv() == FRAME[::-1]
            assert (await told(page))["mark"] == "m1"
            live.out.play(FRAME)
            assert await page.recv() == FRAME
        async with connect(server.url()) as reloaded:
            ready = await told(reloaded)
            assert (ready["call_id"], ready["resumed"], ready["received"]) == (call_id, False, 0)
            assert [await reloaded.recv() for _ in range(2)] == [FRAME, FRAME[::-1]]
        assert (len(server.calls.lives), live.stops) == (1, [])
        assert live.moves[:4] == ["away", 720, "away", 60], "what it has not played, and what it is given again"


async def test_whoever_stays_away_too_long_has_hung_up_and_begins_a_new_call(serve: Any) -> None:
    async with serve(away_s=0.05) as server:
        async with connect(server.url()) as page:
            first = (await told(page))["call_id"]
            live = await server.live()
        async with asyncio.timeout(5):
            await live.over.wait()
        assert live.stops == ["disconnected"]
        async with connect(server.url(more=f"&call={first}&received=0")) as page:
            ready = await told(page)
            assert ready["call_id"] != first
            assert (ready["resumed"], (await server.live(1)).info.session_id) == (False, "sess_one")


async def test_a_second_connection_takes_the_call_over_and_the_first_is_told(serve: Any) -> None:
    async with serve() as server, connect(server.url()) as first:
        call_id = (await told(first))["call_id"]
        live = await server.live()
        async with connect(server.url()) as second:
            assert (await told(second))["call_id"] == call_id
            assert await closed(first) == TAKEN_OVER
            assert "another place" in (first.close_reason or "")
            live.out.play(FRAME)
            assert await second.recv() == FRAME
            await second.send(FRAME)
            await second.send('{"type":"end"}')
            assert await closed(second) == 1000
        assert (len(server.calls.lives), bytes(live.heard)) == (1, FRAME)


@pytest.mark.parametrize(("reason", "code"), [("goodbye", 1000), ("shutdown", 1012)])
async def test_a_page_is_told_whether_the_call_is_over_or_the_server_goes(serve: Any, reason: str, code: int) -> None:
    async with serve() as server, connect(server.url()) as page:
        await told(page)
        (await server.live()).stopped(reason)
        assert await closed(page) == code


async def test_sessions_do_not_hear_one_another(serve: Any) -> None:
    async with serve() as server, connect(server.url()) as one, connect(server.url("sess_two", "other")) as two:
        await told(one), await told(two)
        (await server.live(1)).out.play(FRAME)
        assert await two.recv() == FRAME
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(one.recv(), 0.05)


@pytest.mark.parametrize(
    ("session_id", "token", "headers", "status"),
    [
        ("sess_one", "other", {}, 401),
        ("sess_one", "forged", {}, 401),
        ("sess_two", "good", {}, 401),
        ("sess_one", "", {"X-Forwarded-For": "203.0.113.9"}, 401),
        ("sess_one", "", {"X-API-Key": "guess"}, 401),
        ("sess_one", "good", {"Origin": "https://evil.example"}, 403),
        ("sess_one/more", "good", {}, 403),
    ],
)
async def test_who_is_not_let_in(serve: Any, session_id: str, token: str, headers: dict[str, str], status: int) -> None:
    async with serve(BrowserSettings(allowed_origins=frozenset({"https://garage.example"}))) as server:
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.url(session_id, token), additional_headers=headers)
        assert refused.value.response.status_code == status
        assert server.calls.lives == []


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("", {"X-API-Key": "staff", "X-Forwarded-For": "203.0.113.9"}),
        ("good", {"Origin": "https://garage.example", "X-Forwarded-For": "203.0.113.9"}),
    ],
)
async def test_loopback_staff_and_listed_origins_are_let_in(serve: Any, token: str, headers: dict[str, str]) -> None:
    settings = BrowserSettings(allowed_origins=frozenset({"https://garage.example"}))
    async with (
        serve(settings) as server,
        connect(server.url(token=token), additional_headers=headers) as page,
    ):
        assert (await told(page))["type"] == "ready"


@pytest.mark.parametrize(("session_id", "token"), [("sess_over", "over"), ("sess_gone", "gone")])
async def test_a_session_that_is_over_is_not_talked_to(serve: Any, session_id: str, token: str) -> None:
    async with serve() as server, connect(server.url(session_id, token)) as page:
        assert await closed(page) == 1008
        assert server.calls.lives == []


class Nobody(Everybody):
    async def starts(self, call: str) -> bool:
        return False


async def test_when_the_lines_are_busy_it_is_said(serve: Any) -> None:
    async with serve(admission=Nobody()) as server, connect(server.url()) as page:
        await told(page)
        assert [await page.recv(), await page.recv()] == [FRAME, FRAME]
        assert await closed(page) == 1000
        assert (server.words.asked, server.errors("busy")) == (["pcm16 16000 en"], 1.0)


async def test_ten_megabytes_end_the_socket_and_a_flood_ends_the_call(serve: Any) -> None:
    async with serve() as server:
        async with connect(server.url(), max_size=None) as page:
            await told(page)
            with pytest.raises(ConnectionClosed):
                await page.send(bytes(10_000_000))
                while True:
                    await page.recv()
        async with connect(server.url("sess_two", "other")) as other:
            await told(other)
            live = await server.live(1)
            for _ in range(80):
                await other.send(bytes(64_000))
            assert await closed(other) == 1008
            assert server.errors("inbound_flood") == 1.0
            assert len(live.heard) < 8 * 32_000


async def test_what_cannot_be_read_is_counted_and_borne(serve: Any) -> None:
    async with serve() as server, connect(server.url()) as page:
        await told(page)
        live = await server.live()
        for message in ("{", b"\x01", '{"type":"played"}', '{"type":"what"}', FRAME):
            await page.send(message)
        await page.send('{"type":"end"}')
        assert await closed(page) == 1000
        assert bytes(live.heard) == FRAME
        counted = {kind: server.dropped(kind) for kind in ("bad_json", "half_sample", "bad_shape", "unknown_event")}
        assert counted == {"bad_json": 1, "half_sample": 1, "bad_shape": 1, "unknown_event": 1}
