"""Which carriers there are follows from what is configured."""

from __future__ import annotations

from offhook.contracts.messaging import Delivered, OutgoingMessage, Recipient
from offhook.providers.messaging.registry import MessagingOptions, build_messengers


async def test_without_credentials_messages_stay_in_the_outbox() -> None:
    async with build_messengers(MessagingOptions(twilio_account_sid="AC1")) as (outbox,):
        assert outbox.name == "outbox"
        assert outbox.address(Recipient(email="dana@example.com")) == "dana@example.com"
        message = OutgoingMessage(recipient=Recipient(phone="+12025550142"), language="en", text="x")
        assert await outbox.send(message, "msg_1") == Delivered("msg_1")


async def test_in_order_of_preference() -> None:
    options = MessagingOptions(
        whatsapp_token="t",
        whatsapp_phone_number_id="1",
        twilio_account_sid="AC1",
        twilio_auth_token="t",
        twilio_number="+12025550100",
        smtp_url="smtp://a%40example.com:b@localhost",
    )
    async with build_messengers(options) as found:
        assert [messenger.name for messenger in found] == ["whatsapp", "twilio", "smtp"]
