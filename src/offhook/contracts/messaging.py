"""Messages to people outside a conversation, and the port of those who carry them: WhatsApp, SMS, e-mail.

A carrier may take a message and lose its answer. So the outcome of a send has four forms, and only `TryLater` says that
nothing went out: everything that might have been carried is `Uncertain`, and is never sent again unasked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from offhook.contracts.channel import CallOrder

MessageState = Literal["queued", "sending", "sent", "delivered", "read", "failed", "unknown"]
MessageChannel = Literal["whatsapp", "sms", "email", "call", "outbox"]


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    name: str = ""
    phone: str | None = None
    """E.164."""
    email: str | None = None


class MessageTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A text that the carrier approved, for people who did not write to us within a day."""

    name: str
    language: str
    """As the carrier writes it: en, en_US, hi."""
    values: tuple[str, ...] = ()


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    filename: str
    content_type: str
    """With its parameters: text/calendar; method=PUBLISH."""
    content: str


class OutgoingMessage(msgspec.Struct, frozen=True, kw_only=True):
    recipient: Recipient
    language: str
    text: str
    """The whole message, for every channel that carries free text."""
    subject: str = ""
    """Of an e-mail."""
    template: MessageTemplate | None = None
    prefer: MessageChannel | None = None
    """The channel that was asked for; others carry it where this one cannot."""
    kept: str | None = None
    """What is kept of the text where it holds something that no row should have (a code that opens something). In the
    outbox, where the row is the message, all of it is."""
    call: CallOrder | None = None
    """Said in a call, where somebody can place one; written where nobody can. None: never said."""
    attachments: tuple[Attachment, ...] = ()
    """For e-mail; other channels leave them out."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Taken by the carrier (or done, for work that is no message). `reference` is its id there."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class TryLater:
    """Nothing went out; the same may work later. `after_s`: when the other side says so."""

    reason: str
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing went out, and nothing will."""

    reason: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """It may have gone out."""

    reason: str


Delivery = Delivered | TryLater | Refused | Uncertain


class InboundMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wrote to us on one of these channels."""

    channel: MessageChannel
    sender: str
    """E.164, or an e-mail address."""
    text: str
    reference: str = ""
    """The carrier's id of it."""
    written_at: datetime | None = None
    """As the carrier says; None: now. Messages come late and out of order."""


class Messenger(Protocol):
    """Carries messages over one channel. Reasons are for logs and lists: free of numbers, addresses and texts."""

    @property
    def name(self) -> str: ...

    @property
    def channel(self) -> MessageChannel: ...

    def address(self, recipient: Recipient) -> str | None:
        """Where this messenger would reach them; None when it cannot."""
        ...

    async def send(self, message: OutgoingMessage, message_id: str) -> Delivery:
        """Never raises for failures of the carrier. `message_id` goes along where the carrier keeps such a mark."""
        ...
