"""Placing calls with Exotel: `POST …/Calls/connect.json`, straight to our media stream.

Such a call has no flow behind it: closing the stream ends it, and it cannot be put through to anybody. The number is
dialled as Indian telephones do, with a trunk zero.
"""

from __future__ import annotations

from urllib.parse import quote

import httpx

from offhook.channels.call_token import CallTokens
from offhook.channels.exotel.webhooks import MEDIA_PATH, STATUS, stream_url
from offhook.channels.placing import RING_S, ask_carrier, placed_token
from offhook.channels.urls import as_websocket
from offhook.contracts.channel import CallOrder, NotDialled, PerhapsDialled
from offhook.contracts.clock import Clock

DEFAULT_BASE_URL = "https://api.in.exotel.com"
_INDIA = "+91"
_LONGEST_S = 3600


class ExotelDialler:
    """Port `Dialler`. Needs an `httpx.AsyncClient` that lives as long as it; the caller closes that.

    Args:
        number: the ExoPhone, shown to whom we call.
        public_url: under which Exotel reaches this server.
        callback_auth: user and password for the status callback's URL, where webhooks need them.
        base_url: Exotel's of a region, or a local fake.
    """

    carrier = "exotel"

    def __init__(
        self,
        account_sid: str,
        api_key: str,
        api_token: str,
        number: str,
        http: httpx.AsyncClient,
        *,
        public_url: str,
        tokens: CallTokens,
        clock: Clock,
        sample_rate_hz: int = 8000,
        callback_auth: tuple[str, str] | None = None,
        base_url: str = DEFAULT_BASE_URL,
        deadline_s: float = 10.0,
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/v1/Accounts/{quote(account_sid, safe='')}/Calls/connect.json"
        self._auth = httpx.BasicAuth(api_key, api_token)
        self._number = number
        self._http = http
        self._public_url = public_url
        self._tokens = tokens
        self._clock = clock
        self._sample_rate_hz = sample_rate_hz
        self._callback_auth = callback_auth
        self._deadline_s = deadline_s

    async def place(self, order: CallOrder) -> str:
        token = placed_token(self._tokens, order, self._number, self._clock.now())
        url = stream_url(as_websocket(self._public_url + MEDIA_PATH), token, self._sample_rate_hz)
        if url is None:
            raise NotDialled("Exotel takes no stream URL of this length; OFFHOOK_PUBLIC_URL is too long")
        form = {
            "From": _dialled(order.to_number),
            "CallerId": self._number,
            "StreamUrl": url,
            "StreamType": "bidirectional",
            "CallType": "trans",
            "TimeOut": str(RING_S),
            "TimeLimit": str(_LONGEST_S),
            "StatusCallback": self._callback(),
            "StatusCallbackContentType": "application/json",
        }
        body = await ask_carrier(self._http, "Exotel", self._url, form, self._auth, self._deadline_s)
        call = body.get("Call") if isinstance(body, dict) else None
        sid = call.get("Sid") if isinstance(call, dict) else None
        if not isinstance(sid, str) or not sid:
            raise PerhapsDialled("Exotel answered without the call's id")
        return sid

    def _callback(self) -> str:
        if self._callback_auth is None:
            return self._public_url + STATUS
        user, password = (quote(part, safe="") for part in self._callback_auth)
        way, _, rest = self._public_url.partition("://")
        return f"{way}://{user}:{password}@{rest}{STATUS}"


def _dialled(number: str) -> str:
    return "0" + number.removeprefix(_INDIA) if number.startswith(_INDIA) else number
