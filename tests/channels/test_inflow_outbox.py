from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from offhook.channels.inflow import Inflow
from offhook.channels.numbers import carrier_number
from offhook.channels.outbox import Outbox


def test_real_time_is_always_taken() -> None:
    inflow = Inflow(burst_ms=200)
    assert all(inflow.receive(20, at * 20.0) == "take" for at in range(3000))


def test_a_stall_and_its_burst_are_taken() -> None:
    inflow = Inflow(burst_ms=5000)
    assert [inflow.receive(20, 10_000.0) for _ in range(250)] == ["take"] * 250
    assert inflow.receive(20, 10_000.0) == "drop"
    assert inflow.receive(20, 10_020.0) == "take"


def test_ten_times_real_time_is_cut_to_real_time_then_closed() -> None:
    inflow = Inflow(burst_ms=5000, close_after_ms=60_000)
    verdicts = [inflow.receive(20, at * 2.0) for at in range(5000)]
    assert "close" in verdicts
    taken_before_close = verdicts[: verdicts.index("close")].count("take") * 20
    elapsed = verdicts.index("close") * 2.0
    assert taken_before_close <= elapsed * 1.005 + 5000


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 400)), max_size=200))
def test_never_takes_more_than_time_plus_burst(steps: list[tuple[float, float]]) -> None:
    inflow, now, taken, first = Inflow(burst_ms=500), 0.0, 0.0, None
    for audio_ms, gap_ms in steps:
        now += gap_ms
        first = now if first is None else first
        if inflow.receive(audio_ms, now) == "take":
            taken += audio_ms
        assert taken <= (now - first) * 1.005 + 500 + 1e-6


async def test_outbox_keeps_order_and_bound() -> None:
    box = Outbox(max_bytes=10)
    assert box.put("aaaa", audio=True)
    assert box.put("mm", audio=False)
    assert not box.put("bbbbb", audio=True)
    assert box.put("cccc", audio=True)
    assert await box.take() == "aaaa"
    assert box.drop_audio() == 4
    assert await box.take() == "mm"
    assert box.waiting_bytes == 0


async def test_outbox_wakes_its_reader_and_ends() -> None:
    box = Outbox()
    waiting = asyncio.ensure_future(box.take())
    await asyncio.sleep(0)
    box.put("x", audio=False)
    assert await waiting == "x"
    waiting = asyncio.ensure_future(box.take())
    await asyncio.sleep(0)
    box.close()
    assert await waiting is None
    assert not box.put("y", audio=False)
    box.close()


def test_numbers_of_carriers() -> None:
    assert carrier_number("+12025550101") == "+12025550101"
    assert carrier_number(" +919999912345 ") == "+919999912345"
    for raw in (
        None,
        "",
        "anonymous",
        "+266696687",
        "client:ann",
        "sip:a@b",
        "02025550101",
        "+0123456789",
        "+1202٥٥٥0101",
    ):
        assert carrier_number(raw) is None
