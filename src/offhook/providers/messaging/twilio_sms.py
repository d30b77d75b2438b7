"""SMS by Twilio: `POST /2010-04-01/Accounts/{AccountSid}/Messages.json`, Basic auth, form body."""

from __future__ import annotations

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

DEFAULT_BASE_URL = "https://api.twilio.com"
_LONGEST = 1600
_LATER = frozenset({20003, 20005, 20429, 14107, 30001, 21611})
"""Codes after which the same may work: credentials that the owner must mend, rates, full queues."""


class TwilioSmsMessenger:
    name = "twilio"
    channel: MessageChannel = "sms"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        http: httpx.AsyncClient,
        *,
        base_url: str = DEFAULT_BASE_URL,
    ) -> None:
        """`sender`: our number in E.164. The client outlives the messenger."""
        self._auth = httpx.BasicAuth(account_sid, auth_token)
        self._sender = sender
        self._url = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{quote(account_sid, safe='')}/Messages.json"
        self._http = http

    def address(self, recipient: Recipient) -> str | None:
        return recipient.phone

    async def send(self, message: OutgoingMessage, message_id: str) -> Delivery:
        form = {"From": self._sender, "To": message.recipient.phone or "", "Body": message.text[:_LONGEST]}
        answer = await post(self._http, "Twilio", self._url, data=form, auth=self._auth)
        if not isinstance(answer, httpx.Response):
            return answer
        told = json_object(answer)
        if answer.is_success and told.get("sid"):
            return Delivered(str(told["sid"]))
        code = told.get("code")
        if not isinstance(code, int):
            return unreadable("Twilio", answer)
        reason = f"Twilio error {code}"
        later = code in _LATER or answer.status_code == 429
        return TryLater(reason, retry_after_s(answer)) if later else Refused(reason)
