"""A message that is said: the call is placed here, and what it says is the desk's when it is answered.

What a carrier may have dialled is uncertain, as a message that it may have sent: nothing is tried again. Where nobody
dials it is refused, and the message is written.
"""

from __future__ import annotations

from offhook.channels.outbound import OutboundCalls
from offhook.contracts.channel import NotDialled, PerhapsDialled
from offhook.contracts.messaging import (
    Delivered,
    Delivery,
    MessageChannel,
    OutgoingMessage,
    Recipient,
    Refused,
    Uncertain,
)


class CallMessenger:
    """Port `Messenger`."""

    name = "call"
    channel: MessageChannel = "call"

    def __init__(self, outbound: OutboundCalls) -> None:
        self._outbound = outbound

    def address(self, recipient: Recipient) -> str | None:
        return recipient.phone

    async def send(self, message: OutgoingMessage, message_id: str) -> Delivery:
        if message.call is None:
            return Refused("it is not to be said")
        try:
            placed = await self._outbound.place(message.call)
        except NotDialled as error:
            return Refused(str(error))
        except PerhapsDialled as error:
            return Uncertain(str(error))
        return Delivered(placed.call_sid)
