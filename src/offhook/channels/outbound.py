"""Placing a call with the carrier that suits it, or the next one where that one surely has not dialled.

Never two for one order: what may have dialled ends the search. Exotel comes first for Indian numbers, whatever the
order of the others; a call that was placed is expected when its media come, however busy the lines are then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offhook.contracts.channel import Admission, CallOrder, Dialler, NotDialled, PerhapsDialled
from offhook.telemetry.log import Log
from offhook.telemetry.metrics import Metrics

_AT_HOME = {"exotel": "+91"}
"""Carrier -> the country whose numbers it is to be asked for first."""


@dataclass(frozen=True, slots=True)
class PlacedCall:
    carrier: str
    call_sid: str


class OutboundCalls:
    """
    Args:
        diallers: in order of preference; () places none.
    """

    def __init__(self, diallers: Sequence[Dialler], admission: Admission, metrics: Metrics, log: Log) -> None:
        self._diallers = tuple(diallers)
        self._admission = admission
        self._metrics = metrics
        self._log = log

    @property
    def carriers(self) -> tuple[str, ...]:
        return tuple(dialler.carrier for dialler in self._diallers)

    async def place(self, order: CallOrder) -> PlacedCall:
        """Raises NotDialled when every carrier refused, PerhapsDialled when nobody knows."""
        told: list[str] = []
        for dialler in preferred(self._diallers, order.to_number):
            try:
                call_sid = await dialler.place(order)
            except NotDialled as error:
                self._metrics.errors.labels(kind="call_refused").inc()
                self._log.warning("call_refused", carrier=dialler.carrier, detail=str(error))
                told.append(str(error))
                continue
            except PerhapsDialled as error:
                self._metrics.errors.labels(kind="call_unknown").inc()
                self._log.warning("call_unknown", carrier=dialler.carrier, detail=str(error))
                raise
            self._admission.expect(call_sid)
            self._log.info("call_placed", carrier=dialler.carrier, business_id=order.business_id, about=order.about)
            return PlacedCall(dialler.carrier, call_sid)
        raise NotDialled("; ".join(told) or "no carrier is configured to place calls")


def preferred(diallers: Sequence[Dialler], to_number: str) -> list[Dialler]:
    """Those at home in the number's country first, else as given."""
    return sorted(diallers, key=lambda one: not to_number.startswith(_AT_HOME.get(one.carrier, "?")))
