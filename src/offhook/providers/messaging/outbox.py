"""For a server without carriers: messages are written down, and people look at them (`offhook messages`)."""

from __future__ import annotations

from offhook.contracts.messaging import Delivered, Delivery, MessageChannel, OutgoingMessage, Recipient


class OutboxMessenger:
    """The message's row is all there is to it, and the courier has written that already."""

    name = "outbox"
    channel: MessageChannel = "outbox"

    def address(self, recipient: Recipient) -> str | None:
        return recipient.phone or recipient.email

    async def send(self, message: OutgoingMessage, message_id: str) -> Delivery:
        return Delivered(message_id)
