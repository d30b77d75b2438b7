"""What carriers' diallers share: the token of a call that has no id yet, and what an HTTP failure says of the dialling.

A request that never left, or was refused, has dialled nobody, and another carrier may be tried. After anything else
(no answer came, the carrier broke, or said something unreadable) the telephone may be ringing: nothing is tried again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from offhook.channels.call_token import CallClaims, CallTokens
from offhook.contracts.channel import CallOrder, NotDialled, PerhapsDialled

RING_S = 45
TOKEN_TTL_S = 600
"""A carrier may hold a call back for a while before it rings."""
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def placed_token(tokens: CallTokens, order: CallOrder, caller_id: str, now: datetime) -> str:
    """The one we call is the caller of the talk, so `from` of its claims."""
    claims = CallClaims(order.business_id, "", order.to_number, caller_id, secrets.token_urlsafe(9), about=order.about)
    return tokens.issue(claims, now, ttl_s=TOKEN_TTL_S)


async def ask_carrier(
    http: httpx.AsyncClient, carrier: str, url: str, form: Mapping[str, Any], auth: httpx.BasicAuth, deadline_s: float
) -> Any:
    """POST a form; the JSON answered. Raises NotDialled, PerhapsDialled."""
    try:
        response = await http.post(url, data=dict(form), auth=auth, timeout=deadline_s)
    except _NOT_SENT as error:
        raise NotDialled(f"{carrier} could not be reached: {type(error).__name__}") from None
    except httpx.HTTPError as error:
        raise PerhapsDialled(f"{carrier} did not answer: {type(error).__name__}") from None
    if 400 <= response.status_code < 500 and response.status_code != 408:
        raise NotDialled(f"{carrier} refused the call: {response.status_code} {_reason(response)}".rstrip())
    if not response.is_success:
        raise PerhapsDialled(f"{carrier} answered {response.status_code}")
    try:
        return response.json()
    except ValueError:
        raise PerhapsDialled(f"{carrier} answered something unreadable") from None


def _reason(response: httpx.Response) -> str:
    """The carrier's error code, never its text: that may repeat the number."""
    try:
        body = response.json()
    except ValueError:
        return ""
    code = body.get("code") if isinstance(body, dict) else None
    return f"(code {code})" if isinstance(code, int) else ""
