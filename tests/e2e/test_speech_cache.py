"""The first caller after a start hears a greeting that was there before; so does one after a restart on the same
folder, from the disk, and one whose clip was damaged meanwhile, anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e_server import HEARD, ServerProcess, serving
from wire_call import Wire

pytestmark = pytest.mark.e2e
SETTINGS = {"OFFHOOK_STT": "fake", "OFFHOOK_FAKE_TRANSCRIPT": HEARD}


async def greeted(server: ServerProcess) -> None:
    async with Wire(server.url) as call:
        await call.start()
        await call.until_audio()
        assert await call.hang_up() == 1000
    await server.until_quiet()


def asked(server: ServerProcess) -> dict[str, float]:
    counters = server.counters()
    name = 'offhook_cache_requests_total{cache="speech",result="%s"}'
    return {result: counters.get(name % result, 0.0) for result in ("memory", "disk", "miss", "damaged")}


async def test_the_greeting_is_ready_before_the_call_and_outlives_the_server(folder: Path) -> None:
    with serving(folder, SETTINGS) as server:
        before = asked(server)
        assert before["miss"] >= 3
        await greeted(server)
        after = asked(server)
        assert (after["miss"], after["memory"] > before["memory"]) == (before["miss"], True)
    clips = sorted((folder / "speech").iterdir())
    assert len(clips) >= 3
    for clip in clips:
        clip.write_bytes(clip.read_bytes()[:-1])
    with serving(folder, SETTINGS) as server:
        assert asked(server)["damaged"] >= 3
        await greeted(server)
    with serving(folder, SETTINGS) as server:
        assert asked(server)["damaged"] == 0
        assert asked(server)["disk"] >= 3
        assert asked(server)["miss"] == 0
        await greeted(server)


async def test_voices_that_may_not_be_kept_leave_nothing_behind(folder: Path) -> None:
    with serving(folder, SETTINGS | {"OFFHOOK_TTS": "fake"}) as server:
        await greeted(server)
        assert not any(asked(server).values())
    assert not list((folder / "speech").iterdir())
