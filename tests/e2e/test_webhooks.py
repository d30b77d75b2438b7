"""Twilio's webhooks on a server that has the account's credentials."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from e2e_server import QUICK, ServerProcess, serving
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from wire_call import Wire, http, new_call_sid, webhook_form

from offhook.callers.carrier_side import Spoken
from offhook.callers.cli import embedded_speaker
from offhook.callers.phone import Phone, PhoneSettings
from offhook.callers.script import Script, Step
from offhook.callers.twilio_side import Stream, TwilioSide, parse_twiml
from offhook.kit.clock import SystemClock

pytestmark = pytest.mark.e2e

AUTH_TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    settings = QUICK | {"TWILIO_AUTH_TOKEN": AUTH_TOKEN, "OFFHOOK_FAKE_TTS_AUDIO_MS": "400"}
    with serving(tmp_path_factory.mktemp("webhooks") / "server", settings) as server:
        yield server


@pytest.mark.parametrize("path", ["voice", "after-stream", "whisper", "dial-done", "status", "stream-status"])
async def test_a_wrong_signature_is_403_and_nothing_is_stored(path: str, server: ServerProcess) -> None:
    before = _stored(server)
    form = webhook_form(new_call_sid(), CallStatus="completed")
    url = f"{server.url}/twilio/{path}"
    async with http(server.url) as client:
        genuine = _sign(client, url, form)
        other_form = genuine
        for signature, sent in (
            ("AAAAAAAAAAAAAAAAAAAAAAAAAAA=", form),
            (_sign(client, url, form, "f" * 32), form),
            (_sign(client, url + "x", form), form),
            (other_form, form | {"From": "+12025550199"}),
            (other_form, form | {"Extra": "1"}),
        ):
            response = await client.post(url, data=sent, headers={"X-Twilio-Signature": signature})
            assert response.status_code == 403, response.text
            assert "call_token" not in response.text
        forwarded = await client.post(url, data=form, headers={"X-Forwarded-For": "203.0.113.9"})
        assert forwarded.status_code == 403, "unsigned, and not from this machine"
        accepted = await client.post(url, data=form, headers={"X-Twilio-Signature": genuine})
        assert accepted.status_code == 200
    assert _stored(server) == before


async def test_a_media_socket_with_a_wrong_signature_is_refused_at_the_door(server: ServerProcess) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            server.url.replace("http", "ws", 1) + "/media/twilio",
            additional_headers={"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
        ):
            pass
    assert refused.value.response.status_code == 403


async def test_a_signed_call_is_served_and_needs_its_token(server: ServerProcess) -> None:
    async with embedded_speaker() as speaker:
        settings = PhoneSettings(url=server.url, auth_token=AUTH_TOKEN, limit_s=60)
        phone = Phone(settings, speaker, SystemClock(), lambda _: None)
        outcome = await phone.call(Script(steps=(Step(say="Hello there."), Step(hang_up=True))))
    assert (outcome.answered, outcome.failures) == (True, [])
    async with Wire(server.url) as call:
        await call.start({"call_token": "forged"})
        assert await call.close_code() == 1008


async def test_a_failure_behind_a_verified_webhook_is_spoken(server: ServerProcess) -> None:
    # A number that nobody asked for yet: businesses are remembered for some seconds.
    form, url = webhook_form(new_call_sid(), To="+12025550188"), f"{server.url}/twilio/voice"
    async with http(server.url) as client:
        signature = {"X-Twilio-Signature": _sign(client, url, form)}
        with server.missing_book():
            response = await client.post(url, data=form, headers=signature)
            unsigned = await client.post(url, data=form, headers={"X-Twilio-Signature": "wrong"})
        later = await client.post(url, data=form, headers=signature)
    answer = parse_twiml(response.text)
    assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (200, "text/xml")
    assert isinstance(answer, Spoken)
    assert answer.text
    assert "<Hangup" in response.text
    assert unsigned.status_code == 403, "nobody unknown learns of our trouble"
    assert isinstance(parse_twiml(later.text), Stream)


def _sign(client: httpx.AsyncClient, url: str, form: dict[str, str], token: str = AUTH_TOKEN) -> str:
    return TwilioSide(client, token, form).signature(url, form)["X-Twilio-Signature"]


def _stored(server: ServerProcess) -> dict[str, int]:
    tables = ("calls", "sessions", "session_events", "tasks", "appointments", "customers", "commands")
    return {table: server.rows(f"select count(*) as n from {table}")[0]["n"] for table in tables}
