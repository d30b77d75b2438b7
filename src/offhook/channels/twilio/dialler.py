"""Placing calls with Twilio: `POST …/Calls.json` with TwiML that connects whoever answers to our media stream."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from offhook.channels.arrivals import TOKEN_PARAMETER
from offhook.channels.call_token import CallTokens
from offhook.channels.placing import RING_S, ask_carrier, placed_token
from offhook.channels.twilio import twiml
from offhook.channels.twilio.rest import DEFAULT_BASE_URL
from offhook.channels.twilio.webhooks import MEDIA_PATH
from offhook.channels.urls import as_websocket
from offhook.contracts.channel import CallOrder, PerhapsDialled
from offhook.contracts.clock import Clock


class TwilioDialler:
    """Port `Dialler`. Needs an `httpx.AsyncClient` that lives as long as it; the caller closes that.

    Args:
        number: E.164, of the account; shown to whom we call.
        public_url: under which Twilio reaches this server.
        base_url: Twilio's, a regional one, or a local fake.
    """

    carrier = "twilio"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        number: str,
        http: httpx.AsyncClient,
        *,
        public_url: str,
        tokens: CallTokens,
        clock: Clock,
        base_url: str = DEFAULT_BASE_URL,
        deadline_s: float = 10.0,
    ) -> None:
        account = quote(account_sid, safe="")
        self._url = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account}/Calls.json"
        self._auth = httpx.BasicAuth(account_sid, auth_token)
        self._number = number
        self._http = http
        self._public_url = public_url
        self._tokens = tokens
        self._clock = clock
        self._deadline_s = deadline_s

    async def place(self, order: CallOrder) -> str:
        token = placed_token(self._tokens, order, self._number, self._clock.now())
        document = twiml.connect_stream(
            as_websocket(self._public_url + MEDIA_PATH),
            parameters={TOKEN_PARAMETER: token},
            action=f"{self._public_url}/twilio/after-stream",
            status_callback=f"{self._public_url}/twilio/stream-status",
        )
        form = {
            "To": order.to_number,
            "From": self._number,
            "Twiml": document,
            "Timeout": str(RING_S),
            "StatusCallback": f"{self._public_url}/twilio/status",
            "StatusCallbackMethod": "POST",
            "StatusCallbackEvent": ["answered", "completed"],
        }
        body = await ask_carrier(self._http, "Twilio", self._url, form, self._auth, self._deadline_s)
        sid = body.get("sid") if isinstance(body, dict) else None
        if not isinstance(sid, str) or not sid:
            raise PerhapsDialled("Twilio answered without the call's id")
        return sid
