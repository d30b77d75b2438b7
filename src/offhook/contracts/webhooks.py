"""Domain events for the outside: what happened, told to a business's own endpoints over HTTP.

An event is written with what it tells of, in one transaction, and delivered at least once under one id.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

VERSION = 1
"""Of the payloads: raised when a field is taken away or changes its meaning; new fields do not raise it."""
EVENTS: dict[str, str] = {
    "lead.created": "An enquiry was kept.",
    "lead.changed": "An enquiry has another value.",
    "booking.made": "An appointment was booked.",
    "booking.moved": "An appointment has another time or place.",
    "booking.cancelled": "An appointment was cancelled.",
    "invoice.issued": "A bill got its number.",
    "payment.recorded": "A payment was written down.",
    "call.ended": "A telephone or browser call is over.",
}
"""Kind -> what it tells."""
TEST = "webhook.test"
"""Sent to one endpoint when somebody asks for it; every endpoint gets it."""


@dataclass(frozen=True, slots=True)
class DomainEvent:
    kind: str
    subject: str
    """Id of what it is about."""
    data: dict[str, object] = field(default_factory=dict)
    """What may be encoded as JSON; no more of a person than the receiver needs to know whom it is about."""
    key: str = ""
    """Names the occurrence, where it may be told of twice: one event for a key, ever."""


class WebhookCall(msgspec.Struct, frozen=True, kw_only=True):
    """One event for one endpoint. Sent twice, it carries the same id."""

    business_id: str
    webhook_id: str
    url: str
    secret: str
    """As the owner has it: whsec_ and base64."""
    event_id: str
    body: str
