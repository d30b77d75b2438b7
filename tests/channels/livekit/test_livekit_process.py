"""The process for rooms, as the server sees it: a program of the test's in its place."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from offhook.channels.livekit.child import SDK_MISSING
from offhook.channels.livekit.process import INSTALL, NotJoined, RoomsProcess
from offhook.channels.livekit.wire import FromRooms, Heard, Left, Mark, Played
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

OBEDIENT = """
import os, sys
from offhook.channels.livekit.wire import *
secrets = [name for name in os.environ if "SECRET" in name or "TOKEN" in name]
rooms, unpacker = [], Unpacker(ToRooms)
while data := os.read(0, 65536):
    for message in unpacker.feed(data):
        if isinstance(message, Join):
            answer = Refused(message.room, "no") if message.token == "bad" else Joined(message.room, "RM_" + "".join(secrets))
        elif isinstance(message, Mark) and message.name == "die":
            os._exit(9)
        elif isinstance(message, Mark):
            answer = Played(message.room, message.name)
        else:
            continue
        os.write(1, packed(answer))
"""  # noqa: E501


def process(program: str, metrics: Metrics | None = None) -> RoomsProcess:
    return RoomsProcess(get_logger("test"), metrics or Metrics(), (sys.executable, "-c", program))


async def until(true: object) -> None:
    async with asyncio.timeout(10):
        while not true():  # type: ignore[operator]  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_rooms_share_a_process_and_hear_only_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", "x")
    rooms, first, second = process(OBEDIENT), list[FromRooms](), list[FromRooms]()
    one = await rooms.join("ws://x", "good", "caller", first.append)
    two = await rooms.join("ws://x", "good", "caller", second.append)
    assert one.sid == "RM_", "the process is given no secrets"
    one.send(Mark(one.key, "m1"))
    await until(lambda: first)
    assert (first, second) == ([Played(one.key, "m1")], [])
    assert (rooms.rooms, two.key != one.key) == (2, True)
    await rooms.aclose()


async def test_a_refusal_is_raised_and_harms_no_other_room() -> None:
    rooms, told = process(OBEDIENT), list[FromRooms]()
    line = await rooms.join("ws://x", "good", "caller", told.append)
    with pytest.raises(NotJoined, match="no"):
        await rooms.join("ws://x", "bad", "caller", lambda message: None)
    line.send(Mark(line.key, "m1"))
    await until(lambda: told)
    await rooms.aclose()


async def test_a_process_that_dies_is_told_to_every_room_and_started_again() -> None:
    metrics = Metrics()
    rooms, told = process(OBEDIENT, metrics), list[FromRooms]()
    line = await rooms.join("ws://x", "good", "caller", told.append)
    line.send(Mark(line.key, "die"))
    await until(lambda: told)
    assert told == [Left(line.key, "the process for rooms ended")]
    assert metrics.errors.labels(kind="livekit_process")._value.get() == 1
    again = await rooms.join("ws://x", "good", "caller", told.append)
    assert again.key != line.key
    await rooms.aclose()


async def test_a_missing_library_is_named() -> None:
    rooms = process(f"raise SystemExit({SDK_MISSING})")
    with pytest.raises(NotJoined) as refused:
        await rooms.join("ws://x", "good", "caller", lambda message: None)
    assert INSTALL in str(refused.value)
    assert rooms.sdk_missing


async def test_a_process_that_talks_nonsense_is_ended() -> None:
    rooms = process("import os; os.write(1, b'hello, this is no message'); os.read(0, 1); os.read(0, 9999)")
    with pytest.raises(NotJoined):
        await rooms.join("ws://x", "good", "caller", lambda message: None)
    await rooms.aclose()


async def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    rooms = RoomsProcess(get_logger("test"), Metrics(), (str(tmp_path / "nothing"),))
    with pytest.raises(NotJoined, match="could not be started"):
        await rooms.join("ws://x", "good", "caller", lambda message: None)


async def test_what_comes_for_a_room_that_was_left_is_dropped() -> None:
    rooms, told = process(OBEDIENT), list[FromRooms]()
    line = await rooms.join("ws://x", "good", "caller", told.append)
    rooms._deliver(Left(line.key, "left"))
    rooms._deliver(Heard(line.key, b"\0\0"))
    assert told == [Left(line.key, "left")]
    await rooms.aclose()
