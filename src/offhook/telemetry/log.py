"""Structured logs: one JSON object (or, on a terminal, one readable line) per event, on standard error.

Lines of libraries (the `logging` module) take the same way. Every line carries what is bound to the context:
`request_id`, `session_id`, `call_id`. Texts that callers said and
their numbers do not belong here; the `scrub` step masks what slips through in any string value.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from offhook.telemetry import pii

_IDENTIFIERS = frozenset({"event", "timestamp", "level", "request_id", "session_id", "call_id", "turn_id", "logger"})


_NOT_TOLD = frozenset({"ASGI callable returned without completing handshake."})
"""What uvicorn says of every handshake that was refused with an answer of ours."""


def mask_personal_data(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key not in _IDENTIFIERS:
            event[key] = pii.scrub(value)
    return event


def mask_message(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For lines of libraries, whose event is a text: that is masked, too."""
    event["event"] = pii.scrub(str(event["event"]))
    return event


def configure(*, json: bool, level: str = "INFO") -> None:
    """Set up logging for this process; called once by the composition root or the command line."""
    renderer: Any = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_personal_data,
    ]
    structlog.configure(
        processors=[*steps, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps, mask_message],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(lambda record: record.getMessage() not in _NOT_TOLD)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


Log = structlog.typing.FilteringBoundLogger


def get_logger(name: str) -> Log:
    log: Log = structlog.get_logger(name)
    return log
