from __future__ import annotations

from offhook.channels.socketio.unacked import BELIEVED, MOST, PAUSES_MS, Unacked
from offhook.channels.socketio.wire import Out

SURE = Out("chat:response", {"text": "hello"}, sure=True)
TOTAL_MS = int(sum(PAUSES_MS))


def test_it_is_sent_again_a_few_times_and_then_no_more() -> None:
    box = Unacked()
    key = box.sent(SURE, 0)
    times = [now for now in range(0, 4 * TOTAL_MS, 500) if box.due(now) == [(key, SURE)]]
    assert times == [3_000, 9_000, 21_000]
    assert not len(box)


def test_what_was_acknowledged_is_not_sent_again() -> None:
    box = Unacked()
    key = box.sent(SURE, 0)
    assert key is not None
    box.acked(key)
    box.acked(key)
    assert box.due(TOTAL_MS) == []


def test_what_need_not_arrive_waits_for_nothing() -> None:
    box = Unacked()
    assert box.sent(Out("chat:status", {}), 0) is None
    assert box.due(TOTAL_MS) == []


def test_a_client_that_never_acknowledges_is_left_alone() -> None:
    box = Unacked()
    keys = [box.sent(SURE, n) for n in range(2 * BELIEVED)]
    assert None not in keys[:BELIEVED]
    assert set(keys[BELIEVED:]) == {None}
    assert box.due(TOTAL_MS) == []


def test_one_that_does_is_bounded() -> None:
    box = Unacked()
    box.acked(box.sent(SURE, 0) or 0)
    for n in range(3 * MOST):
        assert box.sent(SURE, n) is not None
    assert len(box) == MOST


def test_a_client_may_say_that_it_does_not() -> None:
    box = Unacked()
    box.sent(SURE, 0)
    box.off()
    assert box.sent(SURE, 0) is None
    assert not len(box)
