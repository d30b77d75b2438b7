"""Port `Llm` over the official SDK: streamed chat completions with tools.

The SDK's own patience (600 s, two retries) would be heard as silence: ours is `timeout_ms` for every wait, and nothing
is tried twice within a turn; other providers and the rules come next. Closing the stream ends the request. A server
that refuses one of the optional fields is asked again without it at once, and not sent it any more.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx2
import openai

from offhook.contracts.llm import LlmEvent, LlmFailed, LlmRequest
from offhook.providers.llm.openai.assembly import Assembly
from offhook.providers.llm.openai.wire import ADAPTABLE, fields_of, refused_field

DEFAULT_MODEL = "gpt-4o-mini"
TIMEOUT_MS = 2000.0
KEPT_ALIVE_S = 120.0
"""A connection outlives the pause between two turns: a new one costs two round trips more."""
MOST_CONNECTIONS = 200
_CHUNK = (
    '{"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "x", "choices": [{"index": 0, "delta": '
    '{"content": "x", "tool_calls": [{"index": 0, "id": "x", "type": "function", "function": {"name": "x", '
    '"arguments": "{}"}}]}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1, "completion_tokens": 1, '
    '"total_tokens": 2}}'
)
NO_KEY = "none"
"""Sent to servers that ask for no key; the SDK insists on one."""


class OpenAiLlm:
    """Port `Llm`.

    Args:
        base_url: any compatible server; None for OpenAI's own.
        timeout_ms: for connecting, for the first words and between words.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        model: str | None = None,
        timeout_ms: float = TIMEOUT_MS,
    ) -> None:
        timeout = httpx2.Timeout(timeout_ms / 1000)
        self._model = model or DEFAULT_MODEL
        self._http = openai.DefaultAsyncHttpxClient(
            timeout=timeout, limits=httpx2.Limits(max_connections=MOST_CONNECTIONS, keepalive_expiry=KEPT_ALIVE_S)
        )
        self._client = openai.AsyncOpenAI(
            api_key=api_key or NO_KEY, base_url=base_url, timeout=timeout, max_retries=0, http_client=self._http
        )
        self._without: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return "openai"

    @property
    def cacheable(self) -> bool:
        return True

    async def warm(self) -> None:
        """The SDK imports and builds most of itself in its first request, which holds the event loop for 80 ms: one is
        made that goes nowhere. And a connection is opened, for the first caller to find."""
        await _rehearsed()
        with suppress(httpx2.HTTPError):
            await self._http.get(f"{str(self._client.base_url).rstrip('/')}/models", headers=self._client.auth_headers)

    async def stream(self, request: LlmRequest) -> AsyncIterator[LlmEvent]:
        assembly = Assembly()
        try:
            async with await self._begin(request) as chunks:
                async for chunk in chunks:
                    for event in assembly.push(chunk):
                        yield event
        except (openai.OpenAIError, httpx2.HTTPError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise failure(error) from None
        for event in assembly.finish():
            yield event

    async def aclose(self) -> None:
        await self._client.close()

    async def _begin(self, request: LlmRequest) -> Any:
        """The stream of chunks. Asks again for each field that the server turns out not to know."""
        for _ in ADAPTABLE:
            try:
                return await self._send(request)
            except openai.BadRequestError as error:
                field = refused_field(str(error), error.param)
                if field is None or field in self._without:
                    raise
                self._without |= {field}
        return await self._send(request)

    async def _send(self, request: LlmRequest) -> Any:
        """The SDK walks through every field of what it is given, looking each type up, for 0.1 ms a message; what it
        merges into the body at the end (`extra_body`) it takes as it is."""
        return await self._client.chat.completions.create(
            model=self._model, messages=(), stream=True, extra_body=fields_of(request, self._model, self._without)
        )


async def _rehearsed() -> None:
    """One whole answer through the SDK, from no server."""
    content = f"data: {_CHUNK}\n\ndata: [DONE]\n\n".encode()
    transport = httpx2.MockTransport(
        lambda request: httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=content)
    )
    tool = {"type": "function", "function": {"name": "x", "description": "", "parameters": {"type": "object"}}}
    messages: Any = [{"role": "user", "content": ""}]
    tools: Any = [tool]
    async with openai.AsyncOpenAI(api_key=NO_KEY, http_client=httpx2.AsyncClient(transport=transport)) as client:
        chunks = await client.chat.completions.create(model=DEFAULT_MODEL, messages=messages, tools=tools, stream=True)
        async for chunk in chunks:
            Assembly().push(chunk)


def failure(error: Exception) -> LlmFailed:
    """The port's failure. Its reason holds no words of the server's: they may quote the caller or the key."""
    match error:
        case openai.RateLimitError():
            return LlmFailed("rate limit or quota reached", retryable=True, kind="rate_limit")
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return LlmFailed(f"the key was refused ({error.status_code})", retryable=False, kind="auth")
        case openai.NotFoundError():
            return LlmFailed("no such model or address (404)", retryable=False, kind="bad_request")
        case openai.InternalServerError():
            return LlmFailed(f"the server failed ({error.status_code})", retryable=True, kind="server")
        case openai.APIStatusError():
            return LlmFailed(f"the request was refused ({error.status_code})", retryable=False, kind="bad_request")
        case openai.APITimeoutError() | httpx2.TimeoutException():
            return LlmFailed("no answer in time", retryable=True, kind="timeout")
        case openai.APIConnectionError() | httpx2.ConnectError():
            return LlmFailed("the server cannot be reached", retryable=True, kind="unreachable")
        case openai.APIError():
            return LlmFailed("the server broke the answer off with an error", retryable=True, kind="server")
        case httpx2.HTTPError():
            return LlmFailed("the connection broke", retryable=True, kind="broken")
        case _:
            return LlmFailed("the answer cannot be read", retryable=True, kind="broken")
