"""The router on a real server, driven over real sockets; signatures made by Twilio's own SDK."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import httpx
import pytest
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from offhook.channels.twilio.deps import TwilioSettings
from offhook.channels.twilio.rest import TwilioRest

TOKEN = "0123456789abcdef"
SIGNED = TwilioSettings(auth_token=TOKEN)
PUBLIC = TwilioSettings(auth_token=TOKEN, public_url="https://desk.example")
FORM = {
    "CallSid": "CA" + "0" * 32,
    "AccountSid": "AC" + "0" * 32,
    "From": "+12025550101",
    "To": "+919999900000",
    "CallStatus": "ringing",
    "FromCity": "",
}


def signed(url: str, form: dict[str, str], token: str = TOKEN) -> dict[str, str]:
    return {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, form)}


async def post(server: Any, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> httpx.Response:
    async with httpx.AsyncClient() as http:
        return await http.post(server.http + path, data=form, headers=headers)


def start(call_sid: str = FORM["CallSid"], **params: str) -> str:
    begin = {"streamSid": "MZ1", "callSid": call_sid, "customParameters": params}
    return json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": begin})


def media(audio: bytes) -> str:
    return json.dumps(
        {"event": "media", "streamSid": "MZ1", "media": {"payload": base64.b64encode(audio).decode("ascii")}}
    )


def token_of(response: httpx.Response) -> str:
    parameter = ET.fromstring(response.text).find("./Connect/Stream/Parameter")
    assert parameter is not None
    return parameter.attrib["value"]


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # the condition is any state of the server
            await asyncio.sleep(0.005)


async def close_code(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(10):
        with pytest.raises(ConnectionClosed):
            while True:
                await socket.recv()
    return socket.close_code


# -- webhooks ------------------------------------------------------------------------------------------------------


async def test_signed_webhook_hands_over_to_a_stream(serve: Any) -> None:
    async with serve(PUBLIC) as server:
        answer = await post(server, "/twilio/voice", FORM, signed("https://desk.example/twilio/voice", FORM))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/xml")
        connect_ = ET.fromstring(answer.text).find("Connect")
        assert connect_ is not None
        assert connect_.attrib["action"] == "https://desk.example/twilio/after-stream"
        stream = connect_.find("Stream")
        assert stream is not None
        assert stream.attrib["url"] == "wss://desk.example/media/twilio"
        assert stream.attrib["statusCallback"] == "https://desk.example/twilio/stream-status"
        claims = server.deps.tokens.verify(token_of(answer), server.clock.now()).claims
        assert (claims.business_id, claims.call_sid) == ("biz_shop", FORM["CallSid"])
        assert (claims.from_number, claims.to_number) == ("+12025550101", "+919999900000")


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        (SIGNED, {}),
        (SIGNED, {"X-Twilio-Signature": "L/OH5YylLD5NRKLltdqwSvS0BnU="}),
        (TwilioSettings(), {"X-Forwarded-For": "203.0.113.9"}),
        (TwilioSettings(), {"Host": "desk.example"}),
        (TwilioSettings(public_url="https://desk.example"), {}),
    ],
    ids=["unsigned", "wrong", "forwarded", "foreign-host", "public"],
)
@pytest.mark.parametrize("path", ["voice", "after-stream", "whisper", "dial-done", "status", "stream-status"])
async def test_unproven_webhook_is_403_and_does_nothing(
    serve: Any, settings: TwilioSettings, headers: dict[str, str], path: str
) -> None:
    async with serve(settings) as server:
        answer = await post(server, f"/twilio/{path}", FORM, headers)
        assert answer.status_code == 403
        error = answer.json()["error"]
        assert set(error) == {"code", "message", "request_id"}
        assert answer.headers["x-request-id"] == error["request_id"]
        assert server.statuses == []


async def test_loopback_needs_no_signature_and_gets_a_plain_socket(serve: Any) -> None:
    async with serve() as server:
        answer = await post(server, "/twilio/voice", FORM | {"To": "unknown", "From": "+266696687"})
        stream = ET.fromstring(answer.text).find("./Connect/Stream")
        assert stream is not None
        assert stream.attrib["url"] == server.media
        claims = server.deps.tokens.verify(token_of(answer), server.clock.now()).claims
        assert (claims.business_id, claims.from_number) == ("biz_dealer", None)
        async with httpx.AsyncClient() as http:
            by_get = await http.get(server.http + "/twilio/voice", params=FORM)
        assert "Stream" in by_get.text


async def test_signed_get_json_and_proxied_webhooks(serve: Any) -> None:
    async with serve(SIGNED) as server, httpx.AsyncClient() as http:
        url = f"{server.http}/twilio/voice?{urlencode(FORM)}"
        assert (await http.get(url, headers=signed(url, {}))).status_code == 200
        proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "tunnel.example"}
        proxied = proxy | signed("https://tunnel.example/twilio/voice", FORM)
        answer = await http.post(server.http + "/twilio/voice", data=FORM, headers=proxied)
        assert "wss://tunnel.example/media/twilio" in answer.text
        body = json.dumps({"a": 1})
        url = f"{server.http}/twilio/stream-status?bodySHA256={RequestValidator(TOKEN).compute_hash(body)}"
        headers = {"Content-Type": "application/json", **signed(url, {})}
        assert (await http.post(url, content=body, headers=headers)).status_code == 200
        assert (await http.post(url, content=body + " ", headers=headers)).status_code == 403


async def test_our_failure_is_spoken(serve: Any) -> None:
    async with serve() as server:
        server.directory.broken = True
        answer = await post(server, "/twilio/voice", FORM)
        assert answer.status_code == 200
        assert "sorry" in (ET.fromstring(answer.text).findtext("Say") or "")
        assert ET.fromstring(answer.text).find("Hangup") is not None
        assert server.errors("webhook_failed") == 1


async def test_sockets_are_bounded(serve: Any) -> None:
    async with serve(TwilioSettings(max_sockets=1)) as server, connect(server.media) as socket:
        await socket.send(start())
        await until(lambda: server.calls.lives)
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.media)
        assert refused.value.response.status_code == 503


async def test_malformed_and_oversized_webhooks(serve: Any) -> None:
    async with serve() as server:
        assert (await post(server, "/twilio/voice", {"From": "x"})).status_code == 422
        assert (await post(server, "/twilio/voice", FORM | {"CallSid": "C" * 65})).status_code == 422
        assert (await post(server, "/twilio/voice", FORM | {"X": "x" * 70_000})).status_code == 413
        many = {f"p{n}": "1" for n in range(400)}
        assert (await post(server, "/twilio/voice", FORM | many)).status_code == 413


async def test_status_callbacks_tell_each_news_once(serve: Any) -> None:
    async with serve() as server:
        for sequence, status in [("0", "initiated"), ("2", "in-progress"), ("1", "ringing"), ("2", "in-progress")]:
            await post(server, "/twilio/status", FORM | {"CallStatus": status, "SequenceNumber": sequence})
        end = FORM | {"CallStatus": "completed", "SequenceNumber": "3", "CallDuration": "42"}
        for _ in range(2):
            assert (await post(server, "/twilio/status", end)).status_code == 200
        assert [(changed.status, changed.duration_s) for changed in server.statuses] == [
            ("initiated", None),
            ("in-progress", None),
            ("completed", 42),
        ]


async def test_a_call_that_we_placed_is_told_of_with_its_numbers(serve: Any) -> None:
    numbers = {"From": "+919999900000", "To": "+12025550101"}
    async with serve() as server:
        for call, direction in (("CA1", "outbound-api"), ("CA2", "outbound-dial"), ("CA3", "inbound")):
            told = FORM | numbers | {"CallSid": call, "Direction": direction, "CallStatus": "no-answer"}
            await post(server, "/twilio/status", told)
        assert [(one.call_sid, one.placed, one.carrier) for one in server.statuses] == [
            ("CA1", True, "twilio"),
            ("CA2", False, "twilio"),
            ("CA3", False, "twilio"),
        ]
        assert server.statuses[0].numbers == ("+919999900000", "+12025550101")


async def test_stream_error_is_counted(serve: Any) -> None:
    async with serve() as server:
        await post(server, "/twilio/stream-status", FORM | {"StreamEvent": "stream-error", "StreamError": "31920"})
        await post(server, "/twilio/stream-status", FORM | {"StreamEvent": "stream-stopped"})
        assert server.errors("stream_error") == 1


# -- media ---------------------------------------------------------------------------------------------------------


async def test_a_call_by_webhook_and_stream(serve: Any, lane: str) -> None:
    async with serve() as server:
        token = token_of(await post(server, "/twilio/voice", FORM))
        async with connect(server.media) as socket:
            await socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
            await socket.send(start(call_token=token, extra="1"))
            await until(lambda: server.calls.lives)
            live = server.calls.lives[0]
            assert live.info.business_id == "biz_shop"
            assert live.info.carrier_call_sid == FORM["CallSid"]
            assert (live.info.from_number, live.info.to_number) == ("+12025550101", "+919999900000")
            assert live.info.params == {"extra": "1"}
            await socket.send(media(b"\x01\x02"))
            await socket.send('{"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":"5"}}')
            await socket.send('{"event":"mark","streamSid":"MZ1","mark":{"name":"m1"}}')
            await until(lambda: live.marks)
            assert (bytes(live.heard), live.digits, live.marks) == (b"\x01\x02", ["5"], ["m1"])
            live.out.play(b"\xff" * 4)
            live.out.mark("m2")
            live.out.clear()
            on_its_way = ["media"] if lane == "fast" else []
            events = [json.loads(await socket.recv())["event"] for _ in range(2 + len(on_its_way))]
            assert events == [*on_its_way, "mark", "clear"], "audio that waits in the server is cleared there"
            live.out.play(b"\xff" * 4)
            assert json.loads(await socket.recv())["media"]["payload"] == "/////w=="
            await socket.send('{"event":"stop","streamSid":"MZ1"}')
            assert await close_code(socket) == 1000
            assert live.stops == ["caller_hung_up"]
        ended = await post(server, "/twilio/after-stream", FORM)
        assert [child.tag for child in ET.fromstring(ended.text)] == ["Hangup"]


async def test_bad_tokens_are_refused_even_on_loopback(serve: Any) -> None:
    async with serve() as server:
        token = token_of(await post(server, "/twilio/voice", FORM))
        old = token_of(await post(server, "/twilio/voice", FORM))
        for first in (
            start(call_token=token[:-2] + "AA"),
            start(call_token=""),
            start(call_sid="CAother", call_token=token),
        ):
            async with connect(server.media) as socket:
                await socket.send(first)
                assert await close_code(socket) == 1008
        async with connect(server.media) as socket:
            await socket.send(start(call_token=token))
            await until(lambda: server.calls.lives)
            async with connect(server.media) as replay:
                await replay.send(start(call_token=token))
                assert await close_code(replay) == 1008
        server.clock.shift = timedelta(minutes=6)
        async with connect(server.media) as socket:
            await socket.send(start(call_token=old))
            assert await close_code(socket) == 1008
        assert len(server.calls.lives) == 1
        assert server.errors("token_spent") == 1
        assert server.errors("token_expired") == 1


async def test_a_stream_without_token_is_served_on_loopback_only(serve: Any) -> None:
    async with serve() as server:
        async with connect(server.media) as socket:
            await socket.send(start(call_sid="", To="+919999900000", From="+12025550102"))
            await until(lambda: server.calls.lives)
        info = server.calls.lives[0].info
        assert (info.business_id, info.from_number) == ("biz_shop", "+12025550102")
        assert info.carrier_call_sid == info.call_id
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.media, additional_headers={"X-Forwarded-For": "203.0.113.9"})
        assert refused.value.response.status_code == 403
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.media, origin="https://evil.example")  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403


async def test_signed_upgrade_still_needs_the_token(serve: Any) -> None:
    async with serve(PUBLIC) as server:
        headers = signed("wss://desk.example/media/twilio", {})
        async with connect(server.media, additional_headers=headers) as socket:
            await socket.send(start())
            assert await close_code(socket) == 1008
        assert server.errors("token_missing") == 1
        token = token_of(await post(server, "/twilio/voice", FORM, signed("https://desk.example/twilio/voice", FORM)))
        slash = signed("wss://desk.example/media/twilio/", {})
        async with connect(server.media, additional_headers=slash) as socket:
            await socket.send(start(call_token=token))
            await until(lambda: server.calls.lives)
        with pytest.raises(InvalidStatus):
            await connect(server.media, additional_headers=signed("wss://desk.example/other", {}))


async def test_audio_before_the_answer_is_kept(serve: Any) -> None:
    async with serve() as server:
        gate = asyncio.Event()
        found = server.directory.default

        async def slow(desk: str | None = None) -> Any:
            await gate.wait()
            return await found(desk)

        server.directory.default = slow
        async with connect(server.media) as socket:
            await socket.send(start())
            for n in range(5):
                await socket.send(media(bytes([n])))
            await asyncio.sleep(0.05)
            gate.set()
            await until(lambda: server.calls.lives and len(server.calls.lives[0].heard) == 5)
            assert bytes(server.calls.lives[0].heard) == bytes(range(5))


@pytest.mark.parametrize(
    ("hostile", "code"),
    [(b"\x00\x01", 1003), ("x" * 100_000, 1009), ("x" * 2_000_000, 1009), (["{"] * 60, 1008)],
    ids=["binary", "100kB", "2MB", "endless-rubbish"],
)
async def test_a_hostile_peer_ends_its_own_call_only(serve: Any, hostile: Any, code: int) -> None:
    async with serve() as server, connect(server.media) as good:
        await good.send(start())
        await until(lambda: len(server.calls.lives) == 1)
        async with connect(server.media) as bad:
            await bad.send(start())
            await until(lambda: len(server.calls.lives) == 2)
            for message in hostile if isinstance(hostile, list) else [hostile]:
                try:
                    await bad.send(message)
                except ConnectionClosed:
                    break
            assert await close_code(bad) == code
        await until(lambda: server.calls.lives[1].stops)
        await good.send(media(b"\x07"))
        await until(lambda: server.calls.lives[0].heard)
        assert server.calls.lives[0].stops == []


async def test_flood_of_audio_is_bounded(serve: Any) -> None:
    async with serve() as server, connect(server.media) as socket:
        await socket.send(start())
        for _ in range(20):
            await socket.send(media(b"\xff" * 8000))
        await until(lambda: server.dropped("inbound_flood") >= 10)
        assert len(server.calls.lives[0].heard) < 8000 * 10


async def test_no_start_closes(serve: Any) -> None:
    async with serve(start_timeout_s=0.05) as server, connect(server.media) as socket:
        await socket.send('{"event":"connected"}')
        assert await close_code(socket) == 1008
        assert server.errors("no_start") == 1


async def test_a_peer_that_goes_before_start_leaves_nothing(serve: Any) -> None:
    async with serve(TwilioSettings(max_sockets=1)) as server:
        async with connect(server.media):
            pass
        async with connect(server.media) as socket:
            await socket.send(start())
            await until(lambda: server.calls.lives)


async def test_disconnect_tells_the_call(serve: Any) -> None:
    async with serve() as server:
        async with connect(server.media) as socket:
            await socket.send(start())
            await until(lambda: server.calls.lives)
            socket.transport.abort()
        await until(lambda: server.calls.lives[0].stops)
        assert server.calls.lives[0].stops == ["disconnected"]


async def test_a_reader_that_does_not_read_ends_its_own_call(serve: Any) -> None:
    async with serve(TwilioSettings(max_outbox_bytes=200_000)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
        key = base64.b64encode(bytes(16)).decode()
        writer.write(
            f"GET /media/twilio HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        text = start().encode()
        writer.write(bytes([0x81, 0x80 | 126]) + len(text).to_bytes(2) + bytes(4) + text)
        await until(lambda: server.calls.lives)
        live = server.calls.lives[0]
        async with asyncio.timeout(20):
            while not live.stops:
                live.out.play(b"\xff" * 16_000)
                await asyncio.sleep(0.001)
        assert live.stops == ["slow_reader"]
        assert server.errors("slow_reader") == 1
        writer.transport.abort()


async def test_a_call_that_breaks_is_explained_by_the_next_webhook(serve: Any) -> None:
    async with serve() as server:

        async def explode(live: Any) -> str:
            raise ValueError("a bug")

        server.calls.behaviour = explode
        async with connect(server.media) as socket:
            await socket.send(start())
            assert await close_code(socket) == 1000
        assert server.errors("call_failed") == 1
        assert "sorry" in (await post(server, "/twilio/after-stream", FORM)).text
        assert "sorry" not in (await post(server, "/twilio/after-stream", FORM)).text


async def test_last_words_leave_before_the_close(serve: Any) -> None:
    async with serve() as server:

        async def goodbye(live: Any) -> str:
            live.out.play(b"\xff" * 50_000)
            await live.out.hang_up("goodbye")
            await live.out.hang_up("goodbye")
            return "goodbye"

        server.calls.behaviour = goodbye
        async with connect(server.media) as socket:
            await socket.send(start())
            got = b""
            with pytest.raises(ConnectionClosed):
                while True:
                    got += base64.b64decode(json.loads(await socket.recv())["media"]["payload"])
            assert len(got) == 50_000


async def test_a_call_that_will_not_end_is_ended(serve: Any) -> None:
    async with serve(wind_down_s=0.05) as server:

        async def stubborn(live: Any) -> str:
            await asyncio.Event().wait()
            return "never"

        server.calls.behaviour = stubborn
        async with connect(server.media) as socket:
            await socket.send(start())
            await socket.send('{"event":"stop"}')
            assert await close_code(socket) == 1000
        assert server.errors("call_wind_down") == 1


async def test_hangs_up_at_the_carrier_where_it_can(serve: Any) -> None:
    asked: list[str] = []

    async def twilio(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n")).decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        writer.close()

    async def goodbye(live: Any) -> str:
        return "goodbye"

    api = await asyncio.start_server(twilio, "127.0.0.1", 0)
    async with api, httpx.AsyncClient() as http:
        rest = TwilioRest("AC1", TOKEN, http, base_url=f"http://127.0.0.1:{api.sockets[0].getsockname()[1]}")
        async with serve(PUBLIC, rest) as server:
            server.calls.behaviour = goodbye
            hook = await post(server, "/twilio/voice", FORM, signed("https://desk.example/twilio/voice", FORM))
            headers = signed("wss://desk.example/media/twilio", {})
            async with connect(server.media, additional_headers=headers) as socket:
                await socket.send(start(call_token=token_of(hook)))
                assert await close_code(socket) == 1000
    assert asked == [f"POST /2010-04-01/Accounts/AC1/Calls/{FORM['CallSid']}.json HTTP/1.1\r\n"]
