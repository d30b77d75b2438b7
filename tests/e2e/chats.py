"""Conversations by text: what a client of the API does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

BOOKING = (
    "I would like an oil change tomorrow at ten",
    "My name is Nora Quinn",
)
"""What leads to the read-back; a "yes" then books 19 November, 10:00."""
STARTS_AT_UTC = "2026-11-19 16:00:00"


@dataclass(frozen=True)
class Chat:
    """One session, with the token that opens it."""

    http: httpx.AsyncClient
    session_id: str
    token: str
    greeting: str

    async def say(self, text: str, message_id: str | None = None) -> dict[str, Any]:
        response = await self.post(text, message_id)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    async def post(self, text: str, message_id: str | None = None) -> httpx.Response:
        body = {"session_id": self.session_id, "message": text, "message_id": message_id}
        return await self.http.post("/api/chat", json=body, headers=self.headers)

    async def state(self) -> dict[str, Any]:
        response = await self.http.get(f"/api/sessions/{self.session_id}", headers=self.headers)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    def over(self, http: httpx.AsyncClient) -> Chat:
        """The same session by another connection, or at another server."""
        return Chat(http, self.session_id, self.token, self.greeting)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def open_chat(http: httpx.AsyncClient, phone: str | None = None) -> Chat:
    body = {"desk": "dealership", "customer_phone": phone}
    response = await http.post("/api/sessions", json=body)
    assert response.status_code == 201, response.text
    opened = response.json()
    return Chat(http, opened["session_id"], opened["token"], opened["greeting"])


async def up_to_read_back(http: httpx.AsyncClient, phone: str) -> Chat:
    """A booking that waits for the caller's yes."""
    chat = await open_chat(http, phone)
    reply: dict[str, Any] = {}
    for text in BOOKING:
        reply = await chat.say(text)
    assert "Is that right?" in reply["reply"], reply
    return chat
