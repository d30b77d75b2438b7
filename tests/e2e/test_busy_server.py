"""A real server with room for one call: the second is told so, however it comes in, and the first one hears nothing of
it."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e_server import QUICK, ServerProcess, serving
from wire_call import Wire, http, new_call_sid, ring, webhook_form

from offhook.callers.twilio_side import Spoken, parse_twiml

pytestmark = pytest.mark.e2e


@pytest.fixture(params=["1", "0"], ids=["fast", "ordinary"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    settings = QUICK | {
        "MAX_CONCURRENT_CALLS": "1",
        "OFFHOOK_FAST_LANE": str(request.param),
        "OFFHOOK_FAKE_TTS_AUDIO_MS": "400",
    }
    with serving(tmp_path_factory.mktemp("busy") / "server", settings) as server:
        yield server


async def _told(server: ServerProcess, call_sid: str) -> str:
    """What the webhook has a caller told who is not served."""
    async with http(server.url) as client:
        answer = parse_twiml((await client.post("/twilio/voice", data=webhook_form(call_sid))).text)
    assert isinstance(answer, Spoken)
    return answer.text


async def test_a_second_call_is_told_and_the_first_goes_on(server: ServerProcess) -> None:
    stream = await ring(server.url, first := new_call_sid())
    assert "busy" in await _told(server, new_call_sid()), "a call that is about to begin takes its place, too"
    async with Wire(server.url, first) as call:
        await call.start(stream.parameters)
        await call.until_audio()

        assert "busy" in await _told(server, new_call_sid())
        async with Wire(server.url) as second:
            await second.start()
            await second.until_audio()
            assert await second.close_code() == 1000
        again = await ring(server.url, first)
        assert again.parameters != stream.parameters, "a call that comes back gets a new token"

        async with http(server.url) as client:
            ready = await client.get("/health/ready")
            part = (await client.get("/health")).json()["parts"]["admission"]
        assert ready.status_code == 200, "behind a proxy a 503 would let callers hear nothing"
        assert (part["status"], "MAX_CONCURRENT_CALLS" in part["detail"]) == ("degraded", True)
        counters = server.counters()
        assert counters['offhook_admissions_total{result="taken"}'] == 1
        assert counters['offhook_admissions_total{result="room"}'] == 3
        assert counters['offhook_errors_total{kind="busy"}'] == 3
        assert counters["offhook_active_calls"] == 1

        assert await call.hang_up() == 1000
    await server.until_quiet()
    await ring(server.url, new_call_sid())


def test_callers_beyond_the_usual_number_of_open_files_are_heard(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        with serving(folder, QUICK) as server:
            assert server.most_open_files == min(16_384, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
