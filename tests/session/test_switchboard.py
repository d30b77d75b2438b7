"""The switchboard knows its live calls, ends them with the carrier, and drains."""

from __future__ import annotations

import asyncio

from offhook.session.switchboard import Switchboard
from support.scripted_call import Carrier, ScriptedCall
from support.virtual_time import VirtualClock, virtual_time


@virtual_time
async def test_the_carriers_word_ends_a_call_whose_socket_is_still_open(clock: VirtualClock) -> None:
    script = ScriptedCall(clock, ["Hello."])
    board = Switchboard(script.parts)
    call = board.answer(script.live.info, Carrier(clock))
    running = asyncio.ensure_future(call.run())
    await clock.at_ms(2_000)
    assert board.live_calls == 1
    assert not board.carrier_ended("CA-another", "completed")
    assert board.carrier_ended("CA1", "completed")
    assert await running == "carrier_completed"
    assert board.live_calls == 0


@virtual_time
async def test_draining_waits_for_calls_and_then_ends_the_rest(clock: VirtualClock) -> None:
    script = ScriptedCall(clock, ["Hello."])
    board = Switchboard(script.parts)
    assert await board.drain(10) == 0
    call = board.answer(script.live.info, Carrier(clock))
    running = asyncio.ensure_future(call.run())
    await clock.at_ms(1_000)
    assert await board.drain(5) == 1
    assert clock.mono_ms() >= 6_000
    assert await running == "shutdown"
