"""Connections that break at random moments lose no event and run no message twice; `benchmarks/socketio_chat.py` does
it a thousand times for each door."""

from __future__ import annotations

import random

import pytest
from benchmarks.chat_clients import SocketIoClient, WsClient
from benchmarks.socketio_chat import disconnects
from e2e_server import ServerProcess

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("kind", [SocketIoClient, WsClient], ids=["socketio", "ws"])
async def test_nothing_is_lost(text_server: ServerProcess, kind: type[SocketIoClient] | type[WsClient]) -> None:
    found = await disconnects(text_server.url, kind, sessions=4, cuts_each=12, chance=random.Random(7))
    assert found["disconnects"] == 48
    for wrong in ("lost_events", "unanswered", "ran_twice", "out_of_order"):
        assert found[wrong] == 0, found
