"""Two servers that share Redis and the database, behind HAProxy: the chat does not see that there are two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from e2e_server import QUICK, ServerProcess
from wire_call import http

from support.balancer import NoHaproxy, balancer
from support.js_chat import POLLING, UPGRADE, WEBSOCKET, JsChat, Told, js_chat
from support.redis_server import RedisServer

pytestmark = pytest.mark.e2e
TRANSPORTS = pytest.mark.parametrize("options", [POLLING, WEBSOCKET, UPGRADE], ids=["polling", "websocket", "upgrade"])
COOKIES: Told = {"withCredentials": True}


@dataclass(frozen=True)
class Nodes:
    servers: dict[str, ServerProcess]
    door: str


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("nodes")
    servers = {name: ServerProcess(folder / "server", OFFHOOK_REDIS_URL=redis_server.url, **QUICK) for name in "ab"}
    try:
        for server in servers.values():  # one after the other: the first makes the database
            server.start()
        with balancer(folder, {name: server.url.rpartition("/")[2] for name, server in servers.items()}) as door:
            yield Nodes(servers, door)
    except NoHaproxy as reason:
        pytest.skip(str(reason))
    finally:
        for server in servers.values():
            server.stop()


async def begin(url: str) -> Told:
    async with http(url) as client:
        response = await client.post("/api/chat/init", json={"desk": "dealership", "customer_phone": "+12025550142"})
        assert response.status_code == 201, response.text
        told: Told = response.json()
        return told


@TRANSPORTS
async def test_the_chat_works_behind_a_balancer(nodes: Nodes, js_folder: Path, options: Told) -> None:
    chat = await begin(nodes.door)
    async with js_chat(js_folder) as one, js_chat(js_folder) as other:
        for tab in (one, other):
            assert (await tab.connect(nodes.door, {"token": chat["token"]}, COOKIES | options))["what"] == "connect"
            assert (await tab.ask("chat:start", {}))["ok"]
        for number in range(3):
            reply = await one.reply("when are you open", f"m{number}")
            assert (await other.response(f"m{number}"))["text"] == reply["text"]


@TRANSPORTS
async def test_what_happens_at_one_server_is_heard_at_the_other(nodes: Nodes, js_folder: Path, options: Told) -> None:
    a, b = nodes.servers["a"].url, nodes.servers["b"].url
    chat = await begin(a)
    async with js_chat(js_folder) as one, js_chat(js_folder) as other:
        await one.connect(a, {"token": chat["token"]}, options)
        await other.connect(b, {"token": chat["token"]}, options)
        for tab in (one, other):
            await tab.ask("chat:start", {})
        one.emit("chat:typing", {"typing": True})
        typed = await other.until(lambda told: (told.get("data") or {}).get("type") == "typing")
        assert typed["data"]["from"] == "visitor"
        first = await other.reply("where are you", "m1")
        assert (await one.response("m1"))["text"] == first["text"]
        # The same message again, at the other server: nothing runs twice.
        again = await one.reply("when are you open", "m1")
        assert again["text"] == first["text"]
        # A person is asked for at b; what comes of it is heard at a.
        await other.reply("let me talk to a human please", "m2")
        await one.until(lambda told: (told.get("data") or {}).get("type") == "notification")
        seqs = [[told["data"]["seq"] for told in tab.told if "seq" in (told.get("data") or {})] for tab in (one, other)]
        for numbered in seqs:
            assert numbered == sorted(set(numbered))


async def test_a_client_goes_on_at_the_other_server_when_its_own_dies(nodes: Nodes, js_folder: Path) -> None:
    chat = await begin(nodes.door)
    async with js_chat(js_folder) as js:
        await js.connect(nodes.door, {"token": chat["token"]}, COOKIES | UPGRADE)
        await js.ask("chat:start", {})
        first = await js.reply("when are you open", "m1")
        since = len(js.told)
        nodes.servers["a"].kill()
        try:
            here = await js_reply_wherever(js, since)
            assert here["ok"]
            if any(told["what"] == "disconnect" for told in js.told[since:]):
                started = await js.ask("chat:start", {"after": first["seq"]})
                assert started["ok"]
            assert (await js.reply("when are you open", "m1"))["text"] == first["text"]
        finally:
            nodes.servers["a"].start_again()


async def js_reply_wherever(js: JsChat, since: int) -> Told:
    """A message that is sent while the server may be dying: the client keeps it until somebody acknowledges."""
    for attempt in range(20):
        number = js.emit("chat:message", {"id": "m2", "text": "where are you"})
        try:
            told = await js.until(lambda told, n=number: told["what"] == "ack" and told["n"] == n, since, patience_s=3)
        except AssertionError:
            if attempt == 19:
                raise
            continue
        answer: Told = told["answer"]
        return answer
    raise AssertionError("unreachable")
