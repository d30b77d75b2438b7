"""Where channels bring their calls: makes each a `VoiceCall` and knows which ones are live."""

from __future__ import annotations

import asyncio
import contextlib

from offhook.contracts.channel import SHUTDOWN, CallInfo, MediaOut
from offhook.session.live_call import CallParts, VoiceCall


class Switchboard:
    """Implements the port `Calls`."""

    def __init__(self, parts: CallParts) -> None:
        self._parts = parts
        self._live: dict[str, VoiceCall] = {}
        self.ended_calls = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def answer(self, info: CallInfo, out: MediaOut) -> VoiceCall:
        return _Listed(info, out, self._parts, self)

    def begin(self, call: VoiceCall) -> None:
        self._live[call.info.call_id] = call
        self._idle.clear()

    def end(self, call: VoiceCall) -> None:
        self._live.pop(call.info.call_id, None)
        self.ended_calls += 1
        if not self._live:
            self._idle.set()

    def carrier_ended(self, call_sid: str, status: str) -> bool:
        """The carrier says that the call is over; ends it if its media has not noticed. Returns whether it was live."""
        call = next((c for c in self._live.values() if c.info.carrier_call_sid == call_sid), None)
        if call is not None:
            call.stopped(f"carrier_{status}")
        return call is not None

    def notice(self, session_id: str) -> bool:
        """The session has news: its live call says it as soon as nobody speaks. False: no call of it is live here."""
        call = next((c for c in self._live.values() if c.session_id == session_id), None)
        if call is not None:
            call.notice()
        return call is not None

    @property
    def live_calls(self) -> int:
        return len(self._live)

    async def drain(self, patience_s: float) -> int:
        """Let live calls end by themselves for so long, then end them; returns how many had to be ended."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._idle.wait()
        left = list(self._live.values())
        for call in left:
            call.stopped(SHUTDOWN)
        return len(left)


class _Listed(VoiceCall):
    """A call that stands on the switchboard's list while it runs."""

    def __init__(self, info: CallInfo, out: MediaOut, parts: CallParts, board: Switchboard) -> None:
        super().__init__(info, out, parts)
        self._board = board

    async def run(self) -> str:
        self._board.begin(self)
        try:
            return await super().run()
        finally:
            self._board.end(self)
