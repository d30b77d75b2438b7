"""Sends a webhook: resolves, looks at where that leads, connects to just that address, signs, and reads the status.

No redirect is followed, no proxy asked, and no more of the answer read than its status: what an endpoint says beside
it is nobody's business here.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from offhook import __version__
from offhook.contracts.clock import Clock
from offhook.contracts.messaging import Delivered, Delivery, Refused, TryLater, Uncertain
from offhook.contracts.webhooks import WebhookCall
from offhook.kit.webhook_signature import headers
from offhook.providers.webhooks.addresses import BadEndpoint, checked_url, is_loopback, may_reach

CONNECT_S = 5.0
WHOLE_S = 15.0
"""For one delivery, from the name to the status."""
_LONGEST_WAIT_S = 3600.0

Resolve = Callable[[str, int], Awaitable[list[str]]]


class NotAllowed(Exception):
    """The name leads to where no webhook may go. The text is for the owner."""


class WebhookSender:
    def __init__(
        self,
        clock: Clock,
        *,
        private: bool = False,
        loopback: bool = False,
        resolve: Resolve | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`private`: private networks may be reached; `loopback`: URLs that name this machine may. `trust`: of TLS,
        instead of the usual authorities."""
        self._clock = clock
        self._loopback = loopback
        backend = _Guarded(resolve or _resolved, private=private, loopback=loopback)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust or httpx.create_ssl_context(),
            network_backend=backend,
            max_connections=20,
            max_keepalive_connections=0,
        )

    async def send(self, call: WebhookCall) -> Delivery:
        """One attempt. 410 means that the endpoint is gone for good; every other failure is tried again."""
        try:
            checked_url(call.url)
        except BadEndpoint as error:
            return Refused(str(error))
        body = call.body.encode()
        signed = headers(call.secret, call.event_id, int(self._clock.now().timestamp()), body)
        told: list[tuple[bytes | str, bytes | str]] = [
            ("Host", _host(call.url)),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("User-Agent", f"offhook/{__version__}"),
            *signed.items(),
        ]
        timeouts = {"connect": CONNECT_S, "read": WHOLE_S, "write": CONNECT_S, "pool": WHOLE_S}
        try:
            async with asyncio.timeout(WHOLE_S):
                async with self._pool.stream(
                    "POST", call.url, headers=told, content=body, extensions={"timeout": timeouts}
                ) as response:
                    return _meaning(response.status, response.headers)
        except NotAllowed as error:
            return TryLater(str(error))
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            return TryLater(f"no connection: {_short(error)}")
        except (TimeoutError, httpcore.TimeoutException):
            return Uncertain(f"no answer within {WHOLE_S:.0f} s")
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            return Uncertain(f"the connection broke: {_short(error)}")
        except httpcore.UnsupportedProtocol:
            return Refused("the URL is neither http nor https")

    async def aclose(self) -> None:
        await self._pool.aclose()


def _meaning(status: int, answered: Iterable[tuple[bytes, bytes]]) -> Delivery:
    if 200 <= status < 300:
        return Delivered(f"HTTP {status}")
    if status == 410:
        return Refused("the endpoint answered 410: it is gone")
    if 300 <= status < 400:
        return TryLater(f"HTTP {status}: redirects are not followed; enter the URL that it leads to")
    return TryLater(f"HTTP {status}", _retry_after(answered))


def _retry_after(answered: Iterable[tuple[bytes, bytes]]) -> float | None:
    told = next((value for name, value in answered if name.lower() == b"retry-after"), b"")
    return min(float(told), _LONGEST_WAIT_S) if told.isdigit() and len(told) < 10 else None


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:200]


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were looked at, and to no others: the name is resolved once, here."""

    def __init__(self, resolve: Resolve, *, private: bool, loopback: bool) -> None:
        self._resolve = resolve
        self._private = private
        self._loopback = loopback
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"the name {host} is not known ({error.strerror or error})") from None
        if not self._private and not (self._loopback and is_loopback(host)):
            allowed = [address for address in addresses if may_reach(address)]
            if len(allowed) < len(addresses) or not allowed:
                raise NotAllowed(
                    f"{host} leads to an address that is not public; OFFHOOK_WEBHOOK_PRIVATE=1 allows such endpoints"
                )
        failure: Exception = httpcore.ConnectError(f"the name {host} has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise NotAllowed("a webhook goes to a host")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


async def _resolved(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))
