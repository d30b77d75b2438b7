"""The Twilio channel: its rules, put together as a carrier."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from offhook.channels.carrier import Carrier, CarrierChannel, Check, Handler, carrier_channel
from offhook.channels.gate import Credential, CredentialCheck, GateRules, UpgradeRequest
from offhook.channels.twilio import twiml
from offhook.channels.twilio.deps import TwilioDeps, TwilioSettings
from offhook.channels.twilio.rest import TwilioRest
from offhook.channels.twilio.signature import upgrade_is_genuine
from offhook.channels.twilio.verify import SIGNATURE_HEADER, verify_webhook
from offhook.channels.twilio.webhooks import MEDIA_PATH, TwilioWebhooks
from offhook.channels.twilio.wire import TwilioWire
from offhook.channels.urls import header
from offhook.channels.webhook import Answer, Denied, Verified, WebhookRequest

SMS = "/twilio/sms"


def twilio_channel(deps: TwilioDeps) -> CarrierChannel:
    """Routes `/twilio/{voice, after-stream, whisper, dial-done, status, stream-status, sms}` and `WS /media/twilio`."""
    settings, webhooks = deps.settings, TwilioWebhooks(deps)
    answers = {
        "/twilio/voice": webhooks.voice,
        "/twilio/after-stream": webhooks.after_stream,
        "/twilio/whisper": webhooks.whisper,
        "/twilio/dial-done": webhooks.dial_done,
        "/twilio/status": webhooks.status,
        "/twilio/stream-status": webhooks.stream_status,
        SMS: webhooks.sms,
    }
    carrier = Carrier(
        name="twilio",
        settings=settings,
        gate=GateRules(
            path=MEDIA_PATH,
            credential=_signature_check(settings.auth_token) if settings.auth_token else None,
            public_url=settings.public_url,
            allowed_origins=settings.allowed_origins,
            max_sockets=settings.max_sockets,
        ),
        check=_check(settings),
        handlers={path: _handler(answer) for path, answer in answers.items()},
        failed=lambda path, request: None if path == SMS else _document(twiml.say_and_hang_up(settings.apology_text)),
        wire=lambda: TwilioWire(max_message_bytes=settings.max_message_bytes),
        hang_up=None if deps.rest is None else _hang_up(deps.rest),
        on_ended=webhooks.endings.note,
    )
    return carrier_channel(carrier, deps)


def _handler(answer: Callable[[Verified], Awaitable[str]]) -> Handler:
    async def handle(request: Verified) -> Answer:
        return _document(await answer(request))

    return handle


def _document(text: str) -> Answer:
    return Answer(text, twiml.CONTENT_TYPE)


def _check(settings: TwilioSettings) -> Check:
    def check(request: WebhookRequest) -> Verified | Denied:
        return verify_webhook(request, auth_token=settings.auth_token, public_url=settings.public_url)

    return check


def _signature_check(auth_token: str) -> CredentialCheck:
    def check(request: UpgradeRequest, urls: Sequence[str]) -> Credential:
        signature = header(request.headers, SIGNATURE_HEADER)
        if not signature:
            return "absent"
        return "genuine" if upgrade_is_genuine(urls, signature, auth_token) else "wrong"

    return check


def _hang_up(rest: TwilioRest) -> Callable[[str], Awaitable[None]]:
    async def hang_up(call_sid: str) -> None:
        await rest.hang_up(call_sid)

    return hang_up
