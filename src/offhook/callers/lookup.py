"""What the server tells of a call while it runs: `GET /api/calls/{call_sid}`, where it lets us look."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import msgspec

from offhook.contracts.store import CallRecord, CallTurn

_decode = msgspec.json.Decoder(CallRecord).decode


@dataclass(frozen=True, slots=True)
class Told:
    """What is new in the record since the last look."""

    text: str
    """The agent's words."""
    heard: str
    """What the recogniser made of the caller's."""
    turn: CallTurn


class CallLookup:
    """Follows the record of one call. Every failure is None: the wire is the judge, the record only adds words.

    Args:
        url: the server's base URL.
        api_key: `INTERNAL_API_KEY` of a server that does not trust our address.
    """

    def __init__(self, http: httpx.AsyncClient, url: str, call_sid: str, api_key: str | None) -> None:
        self._http = http
        self._url = f"{url}/api/calls/{call_sid}"
        self._headers = {"X-API-Key": api_key} if api_key else {}
        self._seen = 0
        self._refused = False
        self.record: CallRecord | None = None
        """As last seen."""

    async def fetch(self) -> CallRecord | None:
        """The record as it is now; None when it cannot be had. A server that refuses is not asked again."""
        if self._refused:
            return None
        try:
            response = await self._http.get(self._url, headers=self._headers, timeout=2.0)
        except httpx.HTTPError:
            return None
        if response.status_code in (401, 403):
            self._refused = True
        if response.status_code != 200:
            return None
        try:
            self.record = _decode(response.content)
        except msgspec.DecodeError:
            return None
        return self.record

    async def news(self) -> Told | None:
        """The agent's words that the record has and we have not seen yet."""
        record = await self.fetch()
        if record is None:
            return None
        fresh = record.turns[self._seen :]
        spoken = [turn for turn in fresh if turn.agent]
        if not spoken:
            return None
        self._seen = len(record.turns)
        text = " ".join(turn.agent_heard if turn.interrupted and turn.agent_heard else turn.agent for turn in spoken)
        heard = " ".join(turn.heard or turn.caller for turn in fresh if turn.heard or turn.caller)
        return Told(text, heard, spoken[-1])
