"""Answers to Twilio's verified webhooks: TwiML out of parameters. No HTTP here.

The caller hears every failure: whatever goes wrong after verification is spoken (`apology`), because a 5xx would make
Twilio read its own error out or drop the line.
"""

from __future__ import annotations

from offhook.channels.arrivals import TOKEN_PARAMETER
from offhook.channels.busy_line import UNHEARD
from offhook.channels.carrier_deps import PLACED, CallStatusChanged, TransferEnded
from offhook.channels.ledger import CallbackLedger, StreamEndings
from offhook.channels.numbers import carrier_number
from offhook.channels.ringing import Rings, admitted, call_token
from offhook.channels.twilio import twiml
from offhook.channels.twilio.deps import TwilioDeps
from offhook.channels.urls import as_websocket
from offhook.channels.webhook import Verified
from offhook.contracts.business import Business
from offhook.contracts.channel import TRANSFER
from offhook.contracts.messaging import InboundMessage
from offhook.telemetry import pii

MEDIA_PATH = "/media/twilio"
_RING_S = 25
"""How long the business's people are rung before the caller hears that nobody took it."""
_KEY_WAIT_S = 8
_LONGEST_SMS = 1600
_SPOKEN_ENDINGS = frozenset({"failure", "call_not_placed"})
"""Endings on our side after which the caller has heard nothing that explains them."""


class TwilioWebhooks:
    """One per router: holds what the webhooks of a call share."""

    def __init__(self, deps: TwilioDeps) -> None:
        self._deps = deps
        self._callbacks = CallbackLedger()
        self.endings = StreamEndings()

    async def voice(self, request: Verified) -> str:
        """A call comes in, or one that was placed is answered: send its media to us, with a token that says whose call
        it is."""
        deps, params = self._deps, request.params
        rings = Rings(
            request.required("CallSid"),
            carrier_number(params.get("From")),
            carrier_number(params.get("To")),
            placed_by_us=_placed(request),
        )
        business = await deps.called(rings.to_number)
        if not await admitted(deps, business, rings):
            return self._busy(business)
        base = request.base_url
        return twiml.connect_stream(
            as_websocket(base + MEDIA_PATH, insecure=request.trusted),
            parameters={TOKEN_PARAMETER: call_token(deps, business.business_id, rings)},
            action=f"{base}/twilio/after-stream",
            status_callback=f"{base}/twilio/stream-status",
        )

    async def after_stream(self, request: Verified) -> str:
        """Our socket closed and the call is still up: say why if that was not heard, and end it."""
        call_sid = request.params.get("CallSid", "")
        reason = self.endings.take(call_sid) or await self._deps.how_ended(call_sid)
        if reason == UNHEARD:
            return self._busy(await self._called(request))
        if reason == TRANSFER:
            return await self._put_through(request)
        if reason in _SPOKEN_ENDINGS:
            return twiml.say_and_hang_up(self._deps.settings.apology_text)
        return twiml.hang_up()

    async def whisper(self, request: Verified) -> str:
        """Somebody of the business has picked up: tell them who calls, and wait for a key before the two are joined."""
        if request.params.get("Digits"):
            return twiml.empty()
        # The number that was dialled for this leg is the staff's; ours is the one that it was dialled from.
        words = self._deps.transfer_words(await self._deps.called(carrier_number(request.params.get("From"))))
        action = f"{request.base_url}/twilio/whisper"
        return twiml.ask_for_a_key(words.whisper, words.language, action=action, timeout_s=_KEY_WAIT_S)

    async def dial_done(self, request: Verified) -> str:
        """The call that was put through is over; or nobody took it, and what the caller left is all there is."""
        status = request.params.get("DialCallStatus", "")
        bridged = request.params.get("DialBridged", "true") == "true"
        business = await self._called(request)
        connected = status in ("completed", "answered") and bridged
        ended = TransferEnded(request.required("CallSid"), business.business_id, connected)
        await self._deps.on_transfer_ended(ended)
        return twiml.hang_up() if connected else self._nobody(business)

    async def status(self, request: Verified) -> str:
        """A call's status changed; repeats and late ones change nothing."""
        params = request.params
        call_sid, status = request.required("CallSid"), request.required("CallStatus")
        if self._callbacks.is_news(call_sid, status, params.get("SequenceNumber", "")):
            duration = params.get("CallDuration", "")
            changed = CallStatusChanged(
                call_sid,
                status,
                int(duration) if duration.isascii() and duration.isdigit() and len(duration) < 8 else None,
                carrier="twilio",
                placed=params.get("Direction") == PLACED,
                numbers=(carrier_number(params.get("From")), carrier_number(params.get("To"))),
            )
            await self._deps.on_call_status(changed)
        return twiml.empty()

    async def sms(self, request: Verified) -> str:
        """A text message comes in. Errors are not answered with words here: Twilio then asks its fallback URL, and a
        message that comes again is taken once."""
        sender = carrier_number(request.params.get("From"))
        message_sid = request.required("MessageSid")
        if sender is not None:  # short codes and named senders are nobody's customers
            message = InboundMessage(
                channel="sms",
                sender=sender,
                text=request.params.get("Body", "")[:_LONGEST_SMS],
                reference=message_sid,
            )
            known = await self._deps.on_sms(message, carrier_number(request.params.get("To")))
            self._deps.log.info("sms_received", sender=pii.phone(sender), known=known)
        return twiml.empty()

    async def stream_status(self, request: Verified) -> str:
        """Twilio tells how the stream fares; an error (31910: certificate, 31920: handshake, …) is worth a line."""
        if request.params.get("StreamEvent") == "stream-error":
            self._deps.metrics.errors.labels(kind="stream_error").inc()
            self._deps.log.warning("stream_error", detail=request.params.get("StreamError", "")[:200])
        return twiml.empty()

    async def _put_through(self, request: Verified) -> str:
        business, base = await self._called(request), request.base_url
        if business.transfer_number is None:
            await self._deps.on_transfer_ended(
                TransferEnded(request.required("CallSid"), business.business_id, connected=False)
            )
            return self._nobody(business)
        return twiml.dial(
            business.transfer_number,
            action=f"{base}/twilio/dial-done",
            whisper=f"{base}/twilio/whisper",
            caller_id=carrier_number(request.params.get("From" if _placed(request) else "To")),
            timeout_s=_RING_S,
        )

    def _nobody(self, business: Business) -> str:
        words = self._deps.transfer_words(business)
        return twiml.say_and_hang_up(words.nobody, words.language)

    async def _called(self, request: Verified) -> Business:
        """Of a call that we placed the record knows, whatever number it was placed from."""
        if _placed(request):
            business_id = await self._deps.business_of(request.params.get("CallSid", ""))
            if business_id:
                return await self._deps.businesses.get(business_id)
        return await self._deps.called(carrier_number(request.params.get("To")))

    def _busy(self, business: Business) -> str:
        language = business.languages[0]
        return twiml.say_and_hang_up(self._deps.busy.text(language), language)


def _placed(request: Verified) -> bool:
    """A call that we placed: its numbers are the other way round."""
    return request.params.get("Direction", "").startswith("outbound")
