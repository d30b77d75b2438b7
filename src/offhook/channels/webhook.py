"""A carrier's webhook between its HTTP shell and the carrier's own rules: what came, its worth, what we answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from offhook.channels.urls import Headers
from offhook.contracts.errors import Invalid

MAX_WEBHOOK_BYTES = 65_536
MAX_FIELDS = 300
_MAX_ID_CHARS = 64


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    method: str
    scheme: str
    path: str
    query: str
    headers: Headers
    peer: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """A request of the carrier's; only such a one reaches a handler."""

    params: dict[str, str]
    """Form fields or query; of a repeated name the first value."""
    base_url: str
    """http(s) base of the links in our answer, no trailing slash."""
    trusted: bool

    def required(self, name: str) -> str:
        """An id that the webhook must carry. Raises Invalid."""
        value = self.params.get(name, "")
        if not value or len(value) > _MAX_ID_CHARS or not value.isprintable():
            raise Invalid(f"The webhook needs {name}.", {name: "missing or unreadable"})
        return value


@dataclass(frozen=True, slots=True)
class Denied:
    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook is answered."""

    body: str
    content_type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
