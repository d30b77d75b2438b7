"""What must be remembered between a carrier's webhooks, bounded: callbacks seen, and how streams ended. No I/O."""

from __future__ import annotations

from collections import OrderedDict

_FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


class CallbackLedger:
    """Tells which status callbacks are news: carriers repeat them, and they may come out of order.

    Bounded: the call not heard of for longest is forgotten.
    """

    def __init__(self, max_calls: int = 10_000) -> None:
        self._max_calls = max_calls
        self._latest: OrderedDict[str, tuple[int, str]] = OrderedDict()

    def is_news(self, call_sid: str, status: str, sequence: str) -> bool:
        """False for a repeat, for what is older than something known, and for anything after a final status.

        `sequence` is the carrier's number of the callback; without a readable one, repeats of the last status are
        caught, and all that follows a final one.
        """
        number = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 10 else None
        latest, last_status = self._latest.get(call_sid, (-1, ""))
        repeated = status == last_status if number is None else number <= latest
        if repeated or last_status in _FINAL:
            return False
        self._latest[call_sid] = (latest if number is None else number, status)
        self._latest.move_to_end(call_sid)
        while len(self._latest) > self._max_calls:
            self._latest.popitem(last=False)
        return True


class StreamEndings:
    """Why our side ended a stream, for the webhook that asks what to do next. Bounded: the oldest is forgotten."""

    def __init__(self, max_calls: int = 1_000) -> None:
        self._max_calls = max_calls
        self._reasons: OrderedDict[str, str] = OrderedDict()

    def note(self, call_sid: str, reason: str) -> None:
        self._reasons[call_sid] = reason
        while len(self._reasons) > self._max_calls:
            self._reasons.popitem(last=False)

    def known(self, call_sid: str) -> str:
        """The reason, as often as it is asked for; "" when not known."""
        return self._reasons.get(call_sid, "")

    def take(self, call_sid: str) -> str:
        """The reason, once; "" when not known (another server's call, or never answered)."""
        return self._reasons.pop(call_sid, "")
