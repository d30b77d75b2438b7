"""From a stream's first message to a call: who is called, by whom, and whether the stream may be served at all.

A call token decides where there is one: it must be ours, unexpired, unspent and for this call; a bad one is refused
even under loopback trust. Without a token only loopback trust lets a stream in; then what the client says of itself
(`To`, `From` among its parameters) is believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from offhook.channels.call_token import CallTokens, SpentTokens, VerifiedToken
from offhook.channels.events import StreamStarted
from offhook.channels.numbers import carrier_number
from offhook.contracts.business import BusinessDirectory
from offhook.contracts.channel import CallInfo
from offhook.contracts.clock import Clock
from offhook.kit.ids import new_id

TOKEN_PARAMETER = "call_token"  # noqa: S105  # a parameter's name, no secret
_MOST_QUERY_FIELDS = 20
_SID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Unwelcome:
    """Why a stream is not served; becomes a metric label."""

    kind: str


class Arrivals:
    """Resolves the streams of one channel."""

    def __init__(
        self,
        *,
        channel: str,
        tokens: CallTokens,
        spent: SpentTokens,
        businesses: BusinessDirectory,
        clock: Clock,
    ) -> None:
        self._channel = channel
        self._tokens = tokens
        self._spent = spent
        self._businesses = businesses
        self._clock = clock

    async def resolve(self, started: StreamStarted, *, trusted: bool) -> CallInfo | Unwelcome:
        """The call behind the stream. Raises what the business directory raises (NotFound, Unavailable)."""
        token = started.params.get(TOKEN_PARAMETER)
        if token is not None:
            return await self._with_token(started, token)
        if not trusted:
            return Unwelcome("token_missing")
        to_number = carrier_number(_param(started, "To")) or started.to_number
        business = await self._businesses.by_number(to_number) if to_number else None
        business = business or await self._businesses.default()
        from_number = carrier_number(_param(started, "From")) or started.from_number
        return self._info(started, business.business_id, from_number, to_number)

    async def _with_token(self, started: StreamStarted, token: str) -> CallInfo | Unwelcome:
        now = self._clock.now()
        verified = self._tokens.verify(token, now)
        if not isinstance(verified, VerifiedToken):
            return Unwelcome(f"token_{verified}")
        claims = verified.claims
        if started.call_sid != claims.call_sid and (claims.call_sid or not claims.about):
            return Unwelcome("token_of_another_call")
        if not await self._spent.spend(token, verified.expires_at, now):
            return Unwelcome("token_spent")
        return self._info(started, claims.business_id, claims.from_number, claims.to_number, claims.about)

    def _info(
        self,
        started: StreamStarted,
        business_id: str,
        from_number: str | None,
        to_number: str | None,
        about: str = "",
    ) -> CallInfo:
        call_id = new_id("call")
        return CallInfo(
            call_id=call_id,
            carrier_call_sid=started.call_sid if _SID.fullmatch(started.call_sid) else call_id,
            stream_sid=started.stream_sid,
            channel=self._channel,
            audio=started.audio,
            from_number=from_number,
            to_number=to_number,
            business_id=business_id,
            about=about,
            params={key: value for key, value in started.params.items() if key != TOKEN_PARAMETER},
        )


def _param(started: StreamStarted, name: str) -> str | None:
    return started.params.get(name) or started.params.get(name.lower())


def token_in(query: str) -> str:
    """The call token of a media socket's URL; "" where it has none."""
    try:
        return parse_qs(query, max_num_fields=_MOST_QUERY_FIELDS).get(TOKEN_PARAMETER, [""])[0]
    except ValueError:
        return ""
