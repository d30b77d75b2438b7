"""Which carriers of messages are configured, in order of preference: WhatsApp, SMS, e-mail; without any, the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from offhook.contracts.messaging import Messenger
from offhook.providers.messaging.outbox import OutboxMessenger


@dataclass(frozen=True, slots=True)
class MessagingOptions:
    """Nothing set: messages stay in the outbox."""


@asynccontextmanager
async def build_messengers(options: MessagingOptions) -> AsyncIterator[tuple[Messenger, ...]]:
    """They live as long as the block."""
    yield (OutboxMessenger(),)
