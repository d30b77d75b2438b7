"""The chat over Socket.IO of a real server, with the official JavaScript client on each transport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from chats import BOOKING, STARTS_AT_UTC
from e2e_server import HEARD, QUICK, ServerProcess, serving
from websockets.asyncio.client import connect
from wire_call import http

from offhook.audio.wav import parse_wav, wav_bytes
from support.js_chat import POLLING, UPGRADE, WEBSOCKET, JsChat, Told, as_bytes, js_chat

pytestmark = pytest.mark.e2e
CALLER = "+12025550142"
TRANSPORTS = pytest.mark.parametrize("options", [POLLING, WEBSOCKET, UPGRADE], ids=["polling", "websocket", "upgrade"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    settings = QUICK | {"OFFHOOK_FAKE_TRANSCRIPT": HEARD}
    with serving(tmp_path_factory.mktemp("socketio") / "server", settings) as running:
        yield running


@pytest.fixture
async def js(js_folder: Path) -> AsyncIterator[JsChat]:
    async with js_chat(js_folder) as chat:
        yield chat


async def begin(server: ServerProcess, **body: object) -> Told:
    async with http(server.url) as client:
        response = await client.post("/api/chat/init", json={"desk": "dealership", **body})
        assert response.status_code == 201, response.text
        told: Told = response.json()
        return told


@TRANSPORTS
async def test_a_service_is_booked(server: ServerProcess, js: JsChat, options: Told) -> None:
    before = len(server.appointments())
    chat = await begin(server, customer_phone=CALLER)
    assert [message["role"] for message in chat["history"]] == ["assistant"]
    assert (await js.connect(server.url, {"token": chat["token"]}, options))["what"] == "connect"
    started = await js.ask("chat:start", {})
    assert started["ok"]
    assert started["history"] == chat["history"]
    for number, text in enumerate((*BOOKING, "yes")):
        reply = await js.reply(text, f"m{number}")
        pieces = [one for one in js.events("chat:response") if one["id"] == f"m{number}" and not one["final"]]
        assert "".join(one["text"] for one in pieces) == reply["text"]
    booked = server.appointments()[before:]
    assert [row["starts_at"][:19] for row in booked] == [STARTS_AT_UTC], js.told[-3:]
    numbered = [told["data"]["seq"] for told in js.told if "seq" in (told.get("data") or {})]
    assert numbered == list(range(started["seq"] + 1, started["seq"] + 1 + len(numbered)))
    assert (await begin(server, token=chat["token"]))["session_id"] == chat["session_id"]


async def test_upgrade_ends_on_a_websocket(server: ServerProcess, js: JsChat) -> None:
    chat = await begin(server)
    await js.connect(server.url, {"token": chat["token"]}, UPGRADE)
    assert (await js.until(lambda told: told["what"] == "open"))["transport"] == "polling"
    assert (await js.until(lambda told: told["what"] == "upgrade"))["transport"] == "websocket"
    assert (await js.reply("when are you open", "m1"))["text"]


@TRANSPORTS
async def test_a_message_that_comes_twice_runs_once(server: ServerProcess, js: JsChat, options: Told) -> None:
    chat = await begin(server)
    await js.connect(server.url, {"token": chat["token"]}, options)
    first = await js.reply("when are you open", "m1")
    again = await js.reply("where are you", "m1")
    assert again["text"] == first["text"]
    async with http(server.url) as client:
        kept = await client.get("/api/chat/history", headers={"Authorization": f"Bearer {chat['token']}"})
    assert [message["text"] for message in kept.json()["history"]][1:] == ["when are you open", first["text"]]


@TRANSPORTS
async def test_what_happened_while_away_comes_after_the_return(
    server: ServerProcess, js: JsChat, options: Told
) -> None:
    chat = await begin(server)
    bearer = {"Authorization": f"Bearer {chat['token']}"}
    await js.connect(server.url, {"token": chat["token"]}, options)
    await js.ask("chat:start", {})
    await js.reply("when are you open", "m1")
    await js.until(lambda told: (told.get("data") or {}).get("type") == "state")
    last = max(told["data"]["seq"] for told in js.told if "seq" in (told.get("data") or {}))
    since = len(js.told)
    js.do("drop")
    await js.until(lambda told: told["what"] == "disconnect", since)
    async with http(server.url) as client:
        body = {"session_id": chat["session_id"], "message": "where are you", "message_id": "away"}
        said = (await client.post("/api/chat", json=body, headers=bearer)).json()
    await js.until(lambda told: told["what"] == "connect", since)
    started = await js.ask("chat:start", {"after": last})
    assert started["ok"]
    assert (await js.response("away", since))["text"] == said["reply"]
    seqs = [told["data"]["seq"] for told in js.told[since:] if "seq" in (told.get("data") or {})]
    assert seqs[: started["seq"] - last] == list(range(last + 1, started["seq"] + 1))


async def test_who_is_refused_hears_why(server: ServerProcess, js: JsChat) -> None:
    one, other = await begin(server), await begin(server)
    head, body, signature = one["token"].split(".")
    forged = ".".join((head, body, signature[:-4] + "AAAA"))
    for auth, code in (
        ({"token": forged}, "bad_token"),
        ({"token": 7}, "bad_token"),
        ({"token": one["token"], "session_id": other["session_id"]}, "wrong_session"),
        ({}, "unauthorized"),
        ({"session_id": "sess_nobody"}, "not_found"),
    ):
        refused = await js.connect(server.url, auth, WEBSOCKET)
        assert refused["what"] == "connect_error", auth
        assert refused["data"]["code"] == code
        assert refused["message"]


async def test_a_foreign_page_gets_no_socket(server: ServerProcess, js: JsChat) -> None:
    chat = await begin(server)
    foreign = {"extraHeaders": {"Origin": "https://elsewhere.example"}, "reconnection": False}
    for options in (POLLING, WEBSOCKET):
        refused = await js.connect(server.url, {"token": chat["token"]}, foreign | options)
        assert refused["what"] == "connect_error"


async def test_two_tabs_see_the_same(server: ServerProcess, js: JsChat, js_folder: Path) -> None:
    chat = await begin(server)
    async with js_chat(js_folder) as other:
        for tab in (js, other):
            await tab.connect(server.url, {"token": chat["token"]}, WEBSOCKET)
            await tab.ask("chat:start", {})
        js.emit("chat:typing", {"typing": True})
        typed = await other.until(lambda told: (told.get("data") or {}).get("type") == "typing")
        assert typed["data"]["from"] == "visitor"
        reply = await js.reply("where are you", "m1")
        assert (await other.response("m1"))["text"] == reply["text"]
        asked = [one for one in other.events("chat:status") if one["type"] == "message"]
        assert [one["text"] for one in asked] == ["where are you"]


async def test_words_reach_the_session_without_what_is_not_text(server: ServerProcess, js: JsChat) -> None:
    chat = await begin(server)
    await js.connect(server.url, {"token": chat["token"]}, WEBSOCKET)
    said = "<b onclick=x>where</b>\x00\x1b[31m are \u202eyou"
    await js.reply(said, "m1")
    history = (await js.ask("chat:start", {}))["history"]
    assert history[1]["text"] == "<b onclick=x>where</b>[31m are you"
    for bad in ({"id": "x", "text": ""}, {"id": "x", "text": "y" * 5_000}, {"text": 5}, "hello", None, {"id": 1}):
        answer = await js.ask("chat:message", bad)
        assert not answer["ok"]
        assert answer["code"] == "invalid", bad
    assert not (await js.ask("chat:dance", {}))["ok"]
    for name in ("connect", "disconnect"):
        js.emit(name, {"asgi.scope": {}})
    assert server.alive


@TRANSPORTS
async def test_a_recording_is_heard_and_the_answer_spoken(server: ServerProcess, js: JsChat, options: Told) -> None:
    chat = await begin(server)
    await js.connect(server.url, {"token": chat["token"]}, options)
    await js.ask("chat:start", {"audio": True})
    answer = await js.ask("chat:audio", {"id": "a1", "audio": as_bytes(wav_bytes(16_000, b"\1\0" * 16_000))})
    assert answer["ok"], answer
    assert answer["text"] == HEARD
    spoken = await js.until(lambda told: "audio" in (told.get("data") or {}))
    assert spoken["data"]["id"] == "a1"
    raw = await js.ask("chat:audio", {"id": "a2", "audio": as_bytes(b"\1\0" * 8_000), "rate": 8_000})
    assert raw["ok"], raw


@TRANSPORTS
async def test_ten_megabytes_are_refused_with_words(server: ServerProcess, js: JsChat, options: Told) -> None:
    chat = await begin(server)
    await js.connect(server.url, {"token": chat["token"]}, options)
    answer = await js.ask("chat:audio", {"id": "a1", "audio": as_bytes(bytes(10_000_000)), "rate": 16_000})
    assert not answer["ok"]
    assert answer["code"] == "too_large"
    assert [one["code"] for one in js.events("chat:error")] == ["too_large"]
    assert (await js.reply("when are you open", "m1"))["text"]


async def test_messages_that_are_sent_at_once_run_in_their_order(server: ServerProcess, js: JsChat) -> None:
    chat = await begin(server)
    await js.connect(server.url, {"token": chat["token"]}, UPGRADE)
    said = [f"when are you open on day {number}" for number in range(8)]
    for number, text in enumerate(said):
        js.emit("chat:message", {"id": f"m{number}", "text": text})
    await js.response("m7")
    history = (await js.ask("chat:start", {}))["history"]
    assert [one["text"] for one in history if one["role"] == "user"] == said


async def test_a_flood_is_refused_and_the_session_goes_on(server: ServerProcess, js: JsChat, js_folder: Path) -> None:
    """The limit is the session's: another socket does not raise it."""
    chat, calm = await begin(server), await begin(server)
    async with js_chat(js_folder) as other, js_chat(js_folder) as bystander:
        for tab in (js, other):
            await tab.connect(server.url, {"token": chat["token"]}, WEBSOCKET)
        answers = []
        for number in range(45):
            for tab in (js, other):
                answers.append(await tab.ask("chat:message", {"id": f"m{number}", "text": "hello"}))
        assert {answer.get("code") for answer in answers} == {None, "rate_limited"}
        assert all(answer["retry"] for answer in answers if not answer["ok"])
        await bystander.connect(server.url, {"token": calm["token"]}, WEBSOCKET)
        assert (await bystander.reply("when are you open", "m1"))["text"]


async def test_what_was_not_acknowledged_comes_again(server: ServerProcess, js: JsChat) -> None:
    chat = await begin(server)
    await js.connect(server.url, {"token": chat["token"]}, WEBSOCKET)
    js.do("acks", on=False)
    await js.ask("chat:start", {})
    reply = await js.reply("when are you open", "m1")
    since = len(js.told)
    again = await js.response("m1", since)
    assert again == reply
    js.do("acks", on=True)


async def test_a_text_as_sound(server: ServerProcess) -> None:
    chat = await begin(server)
    async with http(server.url) as client:
        client.headers["Authorization"] = f"Bearer {chat['token']}"
        spoken = await client.post("/api/voice/convert", json={"text": "We are open until six.", "language": "en"})
        assert spoken.status_code == 200
        assert spoken.headers["content-type"] == "audio/wav"
        assert parse_wav(spoken.content).duration_ms > 100
        for bad in (
            {"text": ""},
            {"text": "x" * 2_000},
            {"text": "hello", "language": "xx"},
            {"text": "a", "voice": "/"},
        ):
            assert (await client.post("/api/voice/convert", json=bad)).status_code == 422, bad
        statuses = [
            (await client.post("/api/voice/convert", json={"text": "We are open until six."})).status_code
            for _ in range(40)
        ]
        assert statuses[-1] == 429


@pytest.mark.parametrize("options", [POLLING, UPGRADE], ids=["polling", "upgrade"])
@pytest.mark.parametrize("way", ["killed", "stopped"])
async def test_a_restarted_server_goes_on_under_an_open_page(js: JsChat, folder: Path, way: str, options: Told) -> None:
    server = ServerProcess(folder, **QUICK)
    server.start()
    try:
        chat = await begin(server, customer_phone=CALLER)
        await js.connect(server.url, {"token": chat["token"]}, options)
        await js.ask("chat:start", {})
        before = await js.reply(BOOKING[0], "m1")
        await asyncio.to_thread(server.kill if way == "killed" else server.stop)
        since = len(js.told)
        js.emit("chat:message", {"id": "m2", "text": BOOKING[1]})
        await asyncio.to_thread(server.start_again)
        await js.until(lambda told: told["what"] == "connect", since)
        started = await js.ask("chat:start", {"after": before["seq"]})
        assert started["ok"]
        reply = await js.reply(BOOKING[1], "m2")
        assert (await js.reply("yes", "m3"))["text"] != reply["text"]
        assert len(server.appointments()) == 1
    finally:
        server.stop()


async def test_a_connection_that_proves_nothing_is_told_to_go(server: ServerProcess) -> None:
    where = f"{server.url.replace('http', 'ws', 1)}/socket/?EIO=4&transport=websocket"
    async with connect(where) as silent, asyncio.timeout(20):
        assert str(await silent.recv()).startswith("0{")
        assert await silent.recv() == "1"
