"""WhatsApp Cloud API: `POST {api}/{phone_number_id}/messages` with a bearer token.

Outside of 24 hours after a person's last message only approved templates are carried, so a message that has one goes as
template. `biz_opaque_callback_data` carries our id and comes back in status webhooks.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx

from offhook.contracts.messaging import (
    Delivered,
    Delivery,
    MessageChannel,
    OutgoingMessage,
    Recipient,
    Refused,
    TryLater,
)
from offhook.providers.messaging.http import json_object, post, retry_after_s, unreadable

DEFAULT_API = "https://graph.facebook.com/v23.0"
_LONGEST = 4096
_LATER = frozenset({1, 2, 4, 190, 80007, 130429, 131016, 131048, 131056, 133016})
"""Codes after which the same may work: trouble at their side, rates, a token that the owner must renew."""


class WhatsAppMessenger:
    name = "whatsapp"
    channel: MessageChannel = "whatsapp"

    def __init__(self, token: str, phone_number_id: str, http: httpx.AsyncClient, *, api: str = DEFAULT_API) -> None:
        """`api`: Meta's with the version, or a local fake. The client outlives the messenger."""
        self._headers = {"Authorization": f"Bearer {token}"}
        self._url = f"{api.rstrip('/')}/{quote(phone_number_id, safe='')}/messages"
        self._http = http

    def address(self, recipient: Recipient) -> str | None:
        return recipient.phone

    async def send(self, message: OutgoingMessage, message_id: str) -> Delivery:
        assert message.recipient.phone is not None
        body: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": message.recipient.phone.removeprefix("+"),
            "biz_opaque_callback_data": message_id,
            **_content(message),
        }
        answer = await post(self._http, "WhatsApp", self._url, json=body, headers=self._headers)
        if not isinstance(answer, httpx.Response):
            return answer
        told = json_object(answer)
        if answer.is_success and told.get("messages"):
            return Delivered(str(told["messages"][0].get("id", "")))
        error = told.get("error")
        if not isinstance(error, dict):
            return unreadable("WhatsApp", answer)
        code = error.get("code", 0)
        reason = f"WhatsApp error {code}"
        return TryLater(reason, retry_after_s(answer)) if code in _LATER else Refused(reason)


def _content(message: OutgoingMessage) -> dict[str, Any]:
    template = message.template
    if template is None:
        return {"type": "text", "text": {"preview_url": False, "body": message.text[:_LONGEST]}}
    parameters = [{"type": "text", "text": value or "-"} for value in template.values]
    return {
        "type": "template",
        "template": {
            "name": template.name,
            "language": {"code": template.language},
            "components": [{"type": "body", "parameters": parameters}] if parameters else [],
        },
    }
