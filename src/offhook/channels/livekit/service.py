"""The few questions that we ask of LiveKit's own API (Twirp over HTTP)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from offhook.channels.livekit.tokens import LiveKitKeys, api_token
from offhook.contracts.clock import Clock

_LIMIT_S = 1.5


class LiveKitTrouble(Exception):
    """LiveKit's server did not do what was asked.

    Args:
        mend: what to do about it.
    """

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.mend = mend


class LiveKitService:
    """Args: clock: the real one, as LiveKit's is."""

    def __init__(self, http: httpx.AsyncClient, url: str, keys: LiveKitKeys, clock: Clock) -> None:
        self._http = http
        self._base = url.replace("ws", "http", 1).rstrip("/")
        self._keys = keys
        self._clock = clock

    async def identities(self, room: str) -> frozenset[str]:
        """Who is in the room; nobody is in one that does not exist. Raises LiveKitTrouble."""
        answer = await self._ask("ListParticipants", {"room": room}, room)
        return frozenset(p.get("identity", "") for p in answer.get("participants", ()))

    async def delete(self, room: str) -> None:
        """Put everybody out of the room. Raises LiveKitTrouble."""
        await self._ask("DeleteRoom", {"room": room}, None)

    async def ping(self) -> None:
        """Raises LiveKitTrouble unless it answers and knows our key."""
        await self._ask("ListRooms", {"names": ["-"]}, None)

    async def _ask(self, method: str, body: Mapping[str, Any], room: str | None) -> Mapping[str, Any]:
        token = api_token(self._keys, self._now(), room=room)
        try:
            response = await self._http.post(
                f"{self._base}/twirp/livekit.RoomService/{method}",
                json=body,
                headers={"Authorization": f"Bearer {token}"},
                timeout=_LIMIT_S,
            )
        except httpx.HTTPError as error:
            mend = "Start it, or correct LIVEKIT_URL; callers on other channels are served meanwhile."
            raise LiveKitTrouble(f"no answer from LIVEKIT_URL ({type(error).__name__})", mend) from None
        if response.status_code == 404:
            return {}
        if response.status_code in (401, 403):
            mend = "Correct LIVEKIT_API_KEY and LIVEKIT_API_SECRET, and the clock of this machine if it is wrong."
            raise LiveKitTrouble("LiveKit refuses our key", mend)
        if response.status_code != 200:
            raise LiveKitTrouble(f"LiveKit answers {method} with {response.status_code}", "See LiveKit's own log.")
        answer: Mapping[str, Any] = response.json()
        return answer

    def _now(self) -> datetime:
        return self._clock.now()
