"""Which carriers of messages are configured, in order of preference: WhatsApp, SMS, e-mail; without any, the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from offhook.contracts.messaging import Messenger
from offhook.providers.messaging.outbox import OutboxMessenger
from offhook.providers.messaging.smtp import SmtpMessenger, SmtpServer
from offhook.providers.messaging.twilio_sms import TwilioSmsMessenger
from offhook.providers.messaging.whatsapp import DEFAULT_API, WhatsAppMessenger


@dataclass(frozen=True, slots=True)
class MessagingOptions:
    """A carrier is used when all of its own are given."""

    whatsapp_token: str | None = field(default=None, repr=False)
    whatsapp_phone_number_id: str | None = None
    whatsapp_api: str = DEFAULT_API
    twilio_account_sid: str | None = None
    twilio_auth_token: str | None = field(default=None, repr=False)
    twilio_number: str | None = None
    smtp_url: str | None = field(default=None, repr=False)


@asynccontextmanager
async def build_messengers(options: MessagingOptions) -> AsyncIterator[tuple[Messenger, ...]]:
    """They live as long as the block. Raises AppError for an SMTP_URL that is none."""
    found: list[Messenger] = []
    async with httpx.AsyncClient() as http:
        if options.whatsapp_token and options.whatsapp_phone_number_id:
            found.append(
                WhatsAppMessenger(
                    options.whatsapp_token, options.whatsapp_phone_number_id, http, api=options.whatsapp_api
                )
            )
        if options.twilio_account_sid and options.twilio_auth_token and options.twilio_number:
            found.append(
                TwilioSmsMessenger(options.twilio_account_sid, options.twilio_auth_token, options.twilio_number, http)
            )
        if options.smtp_url:
            found.append(SmtpMessenger(SmtpServer.of(options.smtp_url)))
        yield tuple(found) or (OutboxMessenger(),)
