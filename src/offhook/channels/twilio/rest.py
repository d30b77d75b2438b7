"""Twilio's REST API, as far as a call needs it: hanging up.

`POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}.json` with `Status=completed`, Basic auth. A call that has
already ended answers 404 (code 20404) or 400 (code 21220): what we wanted, not an error.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

import httpx

from offhook.channels.media_call import CarrierUnreachable

DEFAULT_BASE_URL = "https://api.twilio.com"
_ALREADY_ENDED = frozenset({20404, 21220})


class TwilioRest:
    """Needs an `httpx.AsyncClient` that lives as long as it; the caller closes that.

    Args:
        base_url: Twilio's, a regional one, or a local fake.
        deadline_s: for one request, all in all: a caller is waiting for the line to go silent.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        http: httpx.AsyncClient,
        *,
        base_url: str = DEFAULT_BASE_URL,
        deadline_s: float = 3.0,
    ) -> None:
        self._account_sid = account_sid
        self._auth = httpx.BasicAuth(account_sid, auth_token)
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._deadline_s = deadline_s

    async def hang_up(self, call_sid: str) -> Literal["ended", "already_ended"]:
        """End a live call. Raises CarrierUnreachable when Twilio cannot be reached or says no."""
        account, call = quote(self._account_sid, safe=""), quote(call_sid, safe="")
        try:
            response = await self._http.post(
                f"{self._base_url}/2010-04-01/Accounts/{account}/Calls/{call}.json",
                data={"Status": "completed"},
                auth=self._auth,
                timeout=self._deadline_s,
            )
        except httpx.HTTPError as error:
            raise CarrierUnreachable(f"Twilio could not be reached: {type(error).__name__}") from None
        if response.is_success:
            return "ended"
        code = _error_code(response)
        if response.status_code == 404 or code in _ALREADY_ENDED:
            return "already_ended"
        raise CarrierUnreachable(f"Twilio answered {response.status_code} (code {code}) to the hang-up")


def _error_code(response: httpx.Response) -> int:
    try:
        body = response.json()
    except ValueError:
        return 0
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, int) else 0
