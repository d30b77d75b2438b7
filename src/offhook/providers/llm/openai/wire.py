"""The port's request as the fields of a chat completion, and what servers that know fewer of them are sent instead."""

from __future__ import annotations

from typing import Any

from offhook.contracts.llm import LlmMessage, LlmRequest

Fields = dict[str, Any]  # the SDK's own types are unions of dozens of typed dicts; what they hold is set here alone

ADAPTABLE = ("stream_options", "max_tokens", "temperature")
"""Fields that some servers or models refuse, in the words of their refusal."""


def fields_of(request: LlmRequest, model: str, without: frozenset[str] = frozenset()) -> Fields:
    """`without`: ADAPTABLE fields that this server has refused before."""
    fields: Fields = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
        "stream": True,
    }
    if "stream_options" not in without:
        fields["stream_options"] = {"include_usage": True}
    fields["max_completion_tokens" if "max_tokens" in without else "max_tokens"] = request.max_tokens
    if "temperature" not in without:
        fields["temperature"] = request.temperature
    if request.tools:
        fields["tools"] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
            }
            for tool in request.tools
        ]
    return fields


def refused_field(message: str, param: object) -> str | None:
    """The ADAPTABLE field that a 400 is about, None when it is about something else."""
    if isinstance(param, str) and param in ADAPTABLE:
        return param
    return next((field for field in ADAPTABLE if field in message), None)


def _message(message: LlmMessage) -> Fields:
    match message.role:
        case "tool":
            return {"role": "tool", "content": message.content, "tool_call_id": message.tool_call_id}
        case "assistant" if message.tool_calls:
            calls = [
                {
                    "id": call.call_id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.arguments_json},
                }
                for call in message.tool_calls
            ]
            return {"role": "assistant", "content": message.content or None, "tool_calls": calls}
        case _:
            return {"role": message.role, "content": message.content}
