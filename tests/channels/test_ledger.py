from __future__ import annotations

from offhook.channels.ledger import CallbackLedger, StreamEndings


def test_repeats_and_late_ones_are_no_news() -> None:
    ledger = CallbackLedger()
    assert ledger.is_news("CA1", "ringing", "1")
    assert not ledger.is_news("CA1", "ringing", "1")
    assert not ledger.is_news("CA1", "initiated", "0")
    assert ledger.is_news("CA2", "ringing", "0")
    assert ledger.is_news("CA1", "completed", "2")
    assert not ledger.is_news("CA1", "in-progress", "3")


def test_without_numbers_only_the_end_is_final() -> None:
    ledger = CallbackLedger()
    assert ledger.is_news("CA1", "ringing", "")
    assert ledger.is_news("CA1", "completed", "rubbish")
    assert not ledger.is_news("CA1", "completed", "")


def test_both_are_bounded() -> None:
    ledger, endings = CallbackLedger(max_calls=2), StreamEndings(max_calls=2)
    for sid in ("a", "b", "c"):
        assert ledger.is_news(sid, "completed", "0")
        endings.note(sid, "failure")
    assert ledger.is_news("a", "completed", "0")
    assert not ledger.is_news("c", "completed", "0")
    assert [endings.take(sid) for sid in ("a", "b", "c", "c")] == ["", "failure", "failure", ""]
