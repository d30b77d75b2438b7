"""Every carrier, on either lane, against its own side of the protocol: ring, start, media, keys, marks, clear, stop;
what is hostile; and the ways out of a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from carrier_rows import ROWS, CarrierRow
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from offhook.audio.level import tone
from offhook.callers.carrier_side import (
    CarrierSide,
    Clear,
    Fault,
    Frames,
    FromServer,
    Mark,
    Media,
    MediaAddress,
    Spoken,
)
from offhook.channels.call_token import CallTokens, SpentTokensInMemory
from offhook.channels.carrier_deps import CarrierDeps, TransferEnded
from offhook.channels.placing import placed_token
from offhook.contracts.channel import REMINDER, TRANSFER, CallOrder, Everybody
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics
from support.carrier_server import DEALER, Directory, FakeCalls, FakeWords, Server, SetClock, listening, until

SPEECH = tone(300, 600, 8000)
GARBAGE = ("", "{", "[]", '{"event":"nonsense"}', '{"event":"media","media":{"payload":"%%%"}}', '{"event":7}')
FOREIGN_PAGE: Any = "https://evil.example"


@pytest.fixture(params=ROWS, ids=lambda row: f"{row.name}-{row.audio.rate_hz}")
def row(request: pytest.FixtureRequest) -> CarrierRow:
    found: CarrierRow = request.param
    return found


@pytest.fixture(params=["ordinary", "fast"])
def lane(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@dataclass
class Office:
    row: CarrierRow
    server: Server
    http: httpx.AsyncClient
    addresses: list[MediaAddress] = field(default_factory=list)

    def side(self, **settings: Any) -> CarrierSide:
        return self.row.side(self.http, self.server.http, **({"to_number": DEALER.phone} | settings))

    async def ring(self, side: CarrierSide) -> MediaAddress:
        answer = await side.ring()
        assert isinstance(answer, MediaAddress), answer
        return answer

    @asynccontextmanager
    async def stream(self, side: CarrierSide) -> AsyncIterator[Stream]:
        """A call of that side whose stream has begun and is answered."""
        address, before = await self.ring(side), len(self.server.calls.lives)
        async with connect(address.url, additional_headers=address.headers, compression=None) as socket:
            frames = side.frames()
            await socket.send(frames.connected())
            await socket.send(frames.start(address.parameters))
            await until(lambda: len(self.server.calls.lives) > before)
            yield Stream(socket, frames, self.server.calls.lives[-1], address)

    async def refused(self, address: MediaAddress, frames: Frames, parameters: dict[str, str] | None = None) -> int:
        """With which status or close code a stream is turned away."""
        try:
            async with connect(address.url, additional_headers=address.headers, compression=None) as socket:
                await socket.send(frames.start(address.parameters if parameters is None else parameters))
                return await close_code(socket)
        except InvalidStatus as error:
            return error.response.status_code


@dataclass
class Stream:
    socket: ClientConnection
    frames: Frames
    live: Any
    address: MediaAddress

    async def hear(self, last: FromServer) -> list[FromServer]:
        """What the server sends up to that message."""
        heard: list[FromServer] = []
        async with asyncio.timeout(5):
            while not heard or heard[-1] != last:
                heard.append(self.frames.read(await self.socket.recv()))
        assert not [one for one in heard if isinstance(one, Fault)], heard
        return heard


@asynccontextmanager
async def opened(row: CarrierRow, lane: str, **more: Any) -> AsyncIterator[Office]:
    calls, directory, clock = FakeCalls(), Directory(), SetClock()
    transfers: list[TransferEnded] = []

    async def on_transfer(ended: TransferEnded) -> None:
        transfers.append(ended)

    parts: dict[str, Any] = {
        "calls": calls,
        "businesses": directory,
        "tokens": CallTokens(bytes(32)),
        "spent": SpentTokensInMemory(),
        "clock": clock,
        "metrics": Metrics(),
        "log": get_logger("test"),
        "busy": FakeWords(),
        "on_transfer_ended": on_transfer,
        **more,
    }
    channel = row.channel(parts)
    async with listening(channel, lane) as port, httpx.AsyncClient() as http:
        server = Server(CarrierDeps(**parts), calls, directory, clock, [], transfers, channel.door.rules.path, port)
        yield Office(row, server, http)


async def close_code(socket: ClientConnection) -> int:
    async with asyncio.timeout(10):
        with pytest.raises(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code is not None
    return socket.close_code


def audio_of(heard: list[FromServer]) -> bytes:
    return b"".join(one.payload for one in heard if isinstance(one, Media))


# -- a call --------------------------------------------------------------------------------------------------------


async def test_a_call_is_known_by_its_webhook(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office:
        side = office.side(from_number="+919999900001", to_number="+919999900000")
        async with office.stream(side) as stream:
            info = stream.live.info
            assert (info.channel, info.audio, info.carrier_call_sid) == (row.name, row.audio, side.call_sid)
            assert (info.business_id, info.from_number, info.to_number) == (
                "biz_shop",
                "+919999900001",
                "+919999900000",
            )
            assert "call_token" not in info.params


async def test_a_withheld_number_is_nobodys(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office, office.stream(office.side(from_number="")) as stream:
        assert (stream.live.info.from_number, stream.live.info.business_id) == (None, "biz_dealer")


async def test_media_keys_and_marks_come_in_as_they_were_sent(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office, office.stream(office.side()) as stream:
        payload = stream.frames.encode(SPEECH)
        for digit in "1#":
            await stream.socket.send(stream.frames.dtmf(digit))
        await stream.socket.send(stream.frames.media(payload, 0))
        await stream.socket.send(stream.frames.mark("utt-1"))
        await until(lambda: stream.live.marks)
        assert bytes(stream.live.heard) == payload
        assert (stream.live.digits, stream.live.marks) == (["1", "#"], ["utt-1"])
        await stream.socket.send(stream.frames.stop())
        await until(lambda: stream.live.stops)
        assert stream.live.stops == ["caller_hung_up"]


async def test_what_is_said_leaves_whole_and_legal_with_its_mark_behind_it(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office, office.stream(office.side()) as stream:
        said = bytes([1, 2]) * (row.audio.bytes_per_ms * 333 // 2)
        stream.live.out.play(said[:200])
        stream.live.out.play(said[200:])
        stream.live.out.mark("utt-1")
        heard = await stream.hear(Mark("utt-1"))
        audio = audio_of(heard)
        assert audio.rstrip(b"\0") == said if row.pads else audio == said


async def test_a_clear_is_followed_by_nothing_of_what_was_cleared(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office, office.stream(office.side()) as stream:
        stream.live.out.play(b"\1" * row.audio.bytes_per_ms * 6_000)
        stream.live.out.mark("gone")
        stream.live.out.clear()
        before = await stream.hear(Clear())
        assert set(audio_of(before)) <= {1}
        stream.live.out.play(b"\2" * row.audio.bytes_per_ms * 400)
        stream.live.out.mark("next")
        assert set(audio_of(await stream.hear(Mark("next")))) <= {0, 2}


async def test_a_caller_who_is_cut_off_ends_his_call(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office, office.stream(office.side()) as stream:
        stream.socket.transport.abort()
        await until(lambda: stream.live.stops)
        assert stream.live.stops == ["disconnected"]


# -- what is hostile -----------------------------------------------------------------------------------------------


async def test_garbage_is_counted_and_the_call_goes_on(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office, office.stream(office.side()) as stream:
        for text in GARBAGE:
            await stream.socket.send(text)
        await stream.socket.send(stream.frames.mark("still here"))
        await until(lambda: stream.live.marks)
        counted = sum(office.server.dropped(kind) for kind in ("bad_json", "bad_shape", "bad_base64", "unknown_event"))
        assert counted == len(GARBAGE)


@pytest.mark.parametrize(
    ("message", "code"),
    [("x" * 100_000, 1009), ("x" * 10_000_000, 1009), (b"\0\1", 1003)],
    ids=["100kB", "10MB", "binary"],
)
async def test_a_message_that_nobody_sends_ends_its_own_call_alone(
    row: CarrierRow, lane: str, message: Any, code: int
) -> None:
    async with opened(row, lane) as office, office.stream(office.side()) as good:
        async with office.stream(office.side()) as bad:
            with suppress(ConnectionClosed):
                await bad.socket.send(message)
            assert await close_code(bad.socket) == code
        await good.socket.send(good.frames.mark("fine"))
        await until(lambda: good.live.marks)
        assert good.live.stops == []


async def test_a_token_is_good_once_for_its_own_call_and_for_minutes(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office:
        mine, other = office.side(), office.side()
        async with office.stream(mine) as stream:
            assert await office.refused(stream.address, mine.frames()) == 1008, "replayed"
        address, foreign = await office.ring(mine), await office.ring(other)
        assert await office.refused(foreign, other.frames(), address.parameters) == 1008, "of another call"
        forged = {"call_token": address.parameters["call_token"][:-2] + "xx"}
        assert await office.refused(foreign, other.frames(), forged) == 1008, "forged"
        office.server.clock.shift = timedelta(minutes=6)
        assert await office.refused(address, mine.frames()) in (403, 1008), "expired"
        assert len(office.server.calls.lives) == 1


async def test_a_call_that_we_placed_is_known_by_its_token_once(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office:
        side = office.side()
        address = await office.ring(side)
        deps, order = office.server.deps, CallOrder("biz_shop", "+919999900001", REMINDER)
        token = placed_token(deps.tokens, order, "+919999900000", deps.clock.now())
        async with connect(address.url, additional_headers=address.headers) as socket:
            await socket.send(side.frames().start({"call_token": token}))
            await until(lambda: office.server.calls.lives)
            info = office.server.calls.lives[0].info
            assert (info.about, info.carrier_call_sid, info.business_id) == ("reminder", side.call_sid, "biz_shop")
            assert (info.from_number, info.to_number) == ("+919999900001", "+919999900000"), "whom we talk with, and we"
        assert await office.refused(address, side.frames(), {"call_token": token}) == 1008, "replayed"


async def test_a_page_of_elsewhere_opens_no_stream(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office:
        address = await office.ring(office.side())
        with pytest.raises(InvalidStatus) as refused:
            await connect(address.url, additional_headers=address.headers, origin=FOREIGN_PAGE)
        assert refused.value.response.status_code == 403
        body = refused.value.response.body.decode()
        assert "origin_not_allowed" in body and address.parameters["call_token"] not in body


async def test_markup_in_what_a_stream_says_is_no_number_and_harms_nothing(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office:
        side = office.side()
        address = await office.ring(side)
        async with connect(address.url, additional_headers=address.headers) as socket:
            token = address.parameters["call_token"]
            await socket.send(row.start.format(call_sid=side.call_sid, token=token))
            await until(lambda: office.server.calls.lives)
        info = office.server.calls.lives[0].info
        assert info.business_id == "biz_dealer" and info.to_number == DEALER.phone


async def test_webhooks_of_strangers_do_nothing_and_learn_nothing(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office:
        for path in row.webhooks:
            for body in ({"CallSid": "CA1", "DialCallStatus": "completed"}, {}):
                answer = await office.http.post(office.server.http + path, data=body)
                assert answer.status_code in (401, 403)
                assert set(answer.json()["error"]) == {"code", "message", "request_id"}
            too_big = await office.http.post(office.server.http + path, content=b"x" * 70_000)
            assert too_big.status_code == 413
        assert (office.server.statuses, office.server.transfers) == ([], [])


# -- the ways out --------------------------------------------------------------------------------------------------


async def ended_by_us(office: Office, reason: str, **settings: Any) -> tuple[CarrierSide, int]:
    """A call that our side ends for that reason, with words before."""

    async def run(live: Any) -> str:
        live.out.play(b"\1" * row_bytes)
        return reason

    row_bytes = office.row.audio.bytes_per_ms * 400
    office.server.calls.behaviour = run
    side = office.side(**settings)
    address = await office.ring(side)
    async with connect(address.url, additional_headers=address.headers) as socket:
        await socket.send(side.frames().start(address.parameters))
        return side, await close_code(socket)


async def test_a_goodbye_closes_the_stream_and_the_call(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office:
        side, code = await ended_by_us(office, "goodbye")
        assert code == 1000
        after = await side.stream_closed()
        assert (after.put_through, after.broke_off) == ("", "")


@pytest.mark.parametrize("staff_answers", [True, False])
async def test_a_caller_is_put_through_and_the_outcome_is_told(row: CarrierRow, lane: str, staff_answers: bool) -> None:
    async with opened(row, lane) as office:
        side, code = await ended_by_us(office, TRANSFER, staff_answers=staff_answers)
        assert code == 1000
        after = await side.stream_closed()
        assert (after.put_through, after.joined) == (DEALER.transfer_number, staff_answers)
        ended = TransferEnded(side.call_sid, "biz_dealer", connected=staff_answers)
        assert office.server.transfers == [ended]


async def test_a_call_that_breaks_is_explained_by_somebody(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office:
        side, code = await ended_by_us(office, "failure")
        assert code == 1000
        assert (await side.stream_closed()).broke_off


async def test_a_webhook_that_breaks_is_answered_with_a_way_on(row: CarrierRow, lane: str) -> None:
    async with opened(row, lane) as office:
        office.server.directory.broken = True
        answer = await office.side().ring()
        assert isinstance(answer, MediaAddress) or "sorry" in answer.text
        assert office.server.errors("webhook_failed") == 1


async def test_who_finds_all_lines_busy_is_told_so(row: CarrierRow, lane: str) -> None:
    class Full(Everybody):
        async def rings(self, call: str) -> bool:
            return False

        async def starts(self, call: str) -> bool:
            return False

    async with opened(row, lane, admission=Full(), busy=FakeWords(b"\1" * row.audio.bytes_per_ms * 100)) as office:
        side = office.side()
        answer = await side.ring()
        if isinstance(answer, Spoken):
            assert answer.text == "The lines are busy"
            return
        async with connect(answer.url, additional_headers=answer.headers) as socket:
            frames = side.frames()
            await socket.send(frames.start(answer.parameters))
            assert isinstance(frames.read(await socket.recv()), Media)
            assert await close_code(socket) == 1000
        assert office.server.calls.lives == []
