from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from offhook.contracts.speech import TtsFailed, Voice
from offhook.session.prepared import Prepared
from support.virtual_time import VirtualClock, virtual_time

VOICE = Voice("v")


async def slow(pieces: list[bytes], *, fails: bool = False, closed: list[int] | None = None) -> AsyncIterator[bytes]:
    for place, piece in enumerate(pieces):
        await asyncio.sleep(0.1)
        if closed is not None:
            closed.append(place)
        yield piece
    if fails:
        raise TtsFailed("gone")


@virtual_time
async def test_it_is_said_while_it_is_being_made(clock: VirtualClock) -> None:
    prepared = Prepared("Hello.", VOICE)
    filling = asyncio.create_task(prepared.fill(slow([b"a", b"b", b"c"])))
    await asyncio.sleep(0.15)
    begun_ms = clock.mono_ms()
    heard = []
    async for piece in prepared.audio():
        heard.append((piece, clock.mono_ms() - begun_ms))
    assert [piece for piece, _ in heard] == [b"a", b"b", b"c"]
    assert heard[0][1] < 1 and heard[1][1] == pytest.approx(50, abs=1)
    await filling


@virtual_time
async def test_what_broke_off_is_told(clock: VirtualClock) -> None:
    for made in ([], [b"a"]):
        prepared = Prepared("Hello.", VOICE)
        await prepared.fill(slow(made, fails=True))
        assert prepared.matches("Hello.", VOICE) is bool(made)
        with pytest.raises(TtsFailed):
            [piece async for piece in prepared.audio()]


@virtual_time
async def test_only_its_own_sentence_and_voice_match(clock: VirtualClock) -> None:
    prepared = Prepared("Hello.", VOICE)
    assert prepared.matches("Hello.", VOICE)
    assert not prepared.matches("Bye.", VOICE)
    assert not prepared.matches("Hello.", Voice("w"))


@virtual_time
async def test_nothing_more_is_made_when_nobody_listens(clock: VirtualClock) -> None:
    made: list[int] = []
    prepared = Prepared("Hello.", VOICE)
    filling = asyncio.create_task(prepared.fill(slow([b"a"] * 50, closed=made)))
    audio = prepared.audio()
    await anext(audio)
    await audio.aclose()
    await filling
    assert len(made) == 2
