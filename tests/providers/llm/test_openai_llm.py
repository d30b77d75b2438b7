"""The official SDK against a server of ours over real sockets: what it streams, and everything that can go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from benchmarks.openai_server import Answer, OpenAiServer, call_chunks, delta

from offhook.contracts.llm import (
    LlmEvent,
    LlmFailed,
    LlmFinished,
    LlmMessage,
    LlmRequest,
    LlmTool,
    TextDelta,
    ToolCall,
    ToolCalled,
)
from offhook.kit.closing import closing
from offhook.providers.llm.openai.adapter import OpenAiLlm

TOOL = LlmTool("get_slots", "Free times.", {"type": "object", "properties": {"date": {"type": "string"}}})
ASK = LlmRequest([LlmMessage("system", "Be brief."), LlmMessage("user", "Hello?")])


@asynccontextmanager
async def served(*answers: Answer, timeout_ms: float = 1000.0) -> AsyncIterator[tuple[OpenAiServer, OpenAiLlm]]:
    async with OpenAiServer(answers) as server:
        llm = OpenAiLlm(api_key="sk-test", base_url=server.url, model="m-1", timeout_ms=timeout_ms)
        yield server, llm
        await llm.aclose()


async def all_of(llm: OpenAiLlm, request: LlmRequest = ASK) -> list[LlmEvent]:
    async with closing(llm.stream(request)) as events:
        return [event async for event in events]


def said(events: list[LlmEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def failure_of(llm: OpenAiLlm) -> LlmFailed:
    with pytest.raises(LlmFailed) as caught:
        await all_of(llm)
    return caught.value


async def test_text_comes_in_pieces_and_usage_is_counted() -> None:
    async with served(Answer("We open at eight.", usage=(120, 9))) as (server, llm):
        events = await all_of(llm)
        assert said(events) == "We open at eight."
        assert len(events) == 5
        assert events[-1] == LlmFinished("stop", 120, 9)
        (request,) = server.requests
        assert request["model"] == "m-1"
        assert request["stream_options"] == {"include_usage": True}
        assert (request["temperature"], request["max_tokens"]) == (0.3, 200)
        assert request["messages"] == [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello?"},
        ]
        assert "tools" not in request
        assert server.headers[0]["authorization"] == "Bearer sk-test"


async def test_tool_calls_are_put_together_from_any_pieces() -> None:
    first = call_chunks("get_slots", '{"date": "2026-11-27"}', index=0, call_id="a", pieces=22)
    second = call_chunks("get_slots", "", index=1, call_id="b")
    mixed = [*first[:3], *second, *first[3:]]
    async with served(Answer("One moment.", chunks=mixed, reason="tool_calls")) as (server, llm):
        events = await all_of(llm, LlmRequest(ASK.messages, tools=[TOOL]))
        assert said(events) == "One moment."
        assert [event for event in events if isinstance(event, ToolCalled)] == [
            ToolCalled(ToolCall("a", "get_slots", '{"date": "2026-11-27"}')),
            ToolCalled(ToolCall("b", "get_slots", "{}")),
        ]
        assert server.requests[0]["tools"][0]["function"]["parameters"] == TOOL.parameters


async def test_calls_of_a_server_without_indexes_are_told_apart_by_their_ids() -> None:
    def piece(call_id: str | None, arguments: str) -> dict[str, object]:
        return {
            "id": call_id,
            "index": 0,
            "function": {"name": "get_slots" if call_id else None, "arguments": arguments},
        }

    chunks = [
        delta({"tool_calls": [piece(call_id, arguments)]})
        for call_id, arguments in (("a", '{"x"'), (None, ": 1}"), ("b", "{}"))
    ]
    async with served(Answer(chunks=chunks, reason="tool_calls")) as (_, llm):
        calls = [event.call for event in await all_of(llm) if isinstance(event, ToolCalled)]
        assert [(call.call_id, call.arguments_json) for call in calls] == [("a", '{"x": 1}'), ("b", "{}")]


async def test_a_tool_round_is_sent_back_in_the_servers_own_form() -> None:
    call = ToolCall("a", "get_slots", "{}")
    messages = [
        *ASK.messages,
        LlmMessage("assistant", "", tool_calls=(call,)),
        LlmMessage("tool", "[]", tool_call_id="a"),
    ]
    async with served(Answer("None.")) as (server, llm):
        await all_of(llm, LlmRequest(messages))
        assert server.requests[0]["messages"][2:] == [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "a", "type": "function", "function": {"name": "get_slots", "arguments": "{}"}}],
            },
            {"role": "tool", "content": "[]", "tool_call_id": "a"},
        ]


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, "bad_request", False),
        (401, "auth", False),
        (403, "auth", False),
        (404, "bad_request", False),
        (422, "bad_request", False),
        (429, "rate_limit", True),
        (500, "server", True),
        (503, "server", True),
    ],
)
async def test_a_refusal_is_told_by_its_kind_and_asked_once(status: int, kind: str, retryable: bool) -> None:
    answer = Answer(status=status, error={"message": "the caller said sk-test", "code": "x"})
    async with served(answer) as (server, llm):
        error = await failure_of(llm)
        assert (error.kind, error.retryable) == (kind, retryable)
        assert "sk-test" not in str(error)
        assert len(server.requests) == 1, "no retry within a turn"


async def test_a_field_that_the_server_does_not_know_is_left_out_from_then_on() -> None:
    def choose(request: dict[str, object]) -> Answer:
        for field in ("stream_options", "max_tokens", "temperature"):
            if field in request:
                return Answer(status=400, error={"message": f"Unsupported parameter: '{field}'", "param": field})
        return Answer("Yes.")

    async with OpenAiServer(choose) as server:
        llm = OpenAiLlm(base_url=server.url)
        assert said(await all_of(llm)) == "Yes."
        assert server.requests[-1]["max_completion_tokens"] == 200
        asked = len(server.requests)
        assert said(await all_of(llm)) == "Yes."
        assert len(server.requests) == asked + 1
        await llm.aclose()


@pytest.mark.parametrize("answer", [Answer("Yes.", first_ms=60_000), Answer("We open at eight.", stall_after=2)])
async def test_a_silent_server_is_given_up(answer: Answer) -> None:
    async with served(answer, timeout_ms=100) as (_, llm):
        assert (await failure_of(llm)).kind == "timeout"


async def test_a_connection_that_breaks_in_mid_answer_fails_after_the_words_that_came() -> None:
    async with served(Answer("We open at eight.", cut_after=2)) as (_, llm):
        words = []
        with pytest.raises(LlmFailed) as caught:
            async for event in llm.stream(ASK):
                words.append(event)
        assert said(words) == "We open"
        assert caught.value.retryable


async def test_an_answer_without_its_end_is_a_failure() -> None:
    async with served(Answer("We open at", reason=None)) as (_, llm):
        assert (await failure_of(llm)).kind == "broken"


@pytest.mark.parametrize("data", ["{not json", '{"choices": "many"', "\u0000"])
async def test_what_cannot_be_read_is_a_failure(data: str) -> None:
    async with served(Answer("We", chunks=[data])) as (_, llm):
        assert (await failure_of(llm)).kind == "broken"


async def test_an_error_in_the_middle_of_the_stream_is_a_failure() -> None:
    async with served(Answer("We", chunks=['{"error": {"message": "overloaded"}}'])) as (_, llm):
        assert (await failure_of(llm)).kind == "server"


@pytest.mark.parametrize(
    "chunk",
    [
        {"choices": None},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"content": 7}}]},
        {"choices": [{"delta": {"tool_calls": "none"}}]},
        {"choices": [], "usage": "free"},
    ],
)
async def test_odd_chunks_are_passed_over(chunk: dict[str, object]) -> None:
    async with served(Answer("Yes.", chunks=[chunk])) as (_, llm):
        assert said(await all_of(llm)) == "Yes."


async def test_an_endless_answer_is_cut_off() -> None:
    endless = [delta({"tool_calls": [{"index": 0, "function": {"name": "x", "arguments": "9" * 1000}}]})] * 10
    many = [delta({"tool_calls": [{"index": n, "id": str(n), "function": {"name": "x"}}]}) for n in range(40)]
    for answer in (Answer("word " * 9000), Answer(chunks=endless), Answer(chunks=many)):
        async with served(answer) as (_, llm):
            await failure_of(llm)


async def test_closing_the_stream_ends_the_request() -> None:
    async with served(Answer("One moment", stall_after=1), timeout_ms=30_000) as (server, llm):
        async with closing(llm.stream(ASK)) as events:
            assert await anext(events) == TextDelta("One")
        for _ in range(200):
            if server.cut_off or not server._open:
                break
            await asyncio.sleep(0.01)
        async with closing(llm.stream(ASK)) as events:
            assert await anext(events) == TextDelta("One")
        assert server.connections == 2, "the given-up connection is not used again"


async def test_a_connection_is_kept_for_the_next_turn() -> None:
    async with served(Answer("Yes.")) as (server, llm):
        await all_of(llm)
        await all_of(llm)
        assert server.connections == 1


async def test_what_is_warm_needs_no_new_connection_and_asked_nothing() -> None:
    async with served(Answer("Yes.")) as (server, llm):
        await llm.warm()
        assert server.requests == []
        await all_of(llm)
        assert server.connections == 1


async def test_warming_up_fails_for_nobody() -> None:
    llm = OpenAiLlm(base_url="http://127.0.0.1:1/v1", timeout_ms=300)
    await llm.warm()
    await llm.aclose()


async def test_an_address_where_nobody_answers() -> None:
    async with served(Answer()) as (server, _):
        url = server.url
    llm = OpenAiLlm(base_url=url, timeout_ms=500)
    assert (await failure_of(llm)).kind == "unreachable"
    await llm.aclose()
