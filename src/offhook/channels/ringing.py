"""A call rings, by whatever carrier's webhook: may it be answered, and with which token do its media come to us?"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from offhook.channels.call_token import CallClaims
from offhook.channels.carrier_deps import CarrierDeps
from offhook.contracts.business import Business
from offhook.telemetry import pii


@dataclass(frozen=True, slots=True)
class Rings:
    call_sid: str
    from_number: str | None
    """E.164; None when withheld or unreadable. So is the other."""
    to_number: str | None
    placed_by_us: bool = False


async def admitted(deps: CarrierDeps, business: Business, rings: Rings) -> bool:
    """Whether the call may be answered, which may take seconds."""
    deps.on_ring(business)
    if rings.placed_by_us:
        deps.admission.expect(rings.call_sid)
        return True
    if await deps.admission.rings(rings.call_sid):
        return True
    deps.metrics.errors.labels(kind="busy").inc()
    return False


def call_token(deps: CarrierDeps, business_id: str, rings: Rings) -> str:
    """Raises ValueError where the call's ids are too long for a token."""
    nonce = secrets.token_urlsafe(9)
    claims = CallClaims(business_id, rings.call_sid, rings.from_number, rings.to_number, nonce)
    deps.log.info("call_rings", business_id=business_id, caller=pii.phone(rings.from_number))
    return deps.tokens.issue(claims, deps.clock.now())
