"""Log lines: what is bound is carried, what is personal is masked, control characters move no terminal."""

from __future__ import annotations

import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from offhook.telemetry import log, pii


@pytest.fixture(autouse=True)
def undo_configuration() -> object:
    yield
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


def test_a_line_is_json_with_the_context_and_without_personal_data(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(json=True)
    structlog.contextvars.bind_contextvars(request_id="req_01M7XBYT2NK9D02H270ZKMHE57")
    try:
        raise ValueError("could not call +1 (202) 555-0142")
    except ValueError:
        log.get_logger("t").exception("failed", whom="jordan@example.com", seconds=3, said="my number is 98765 43210")
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "failed"
    assert line["level"] == "error"
    assert line["request_id"] == "req_01M7XBYT2NK9D02H270ZKMHE57"
    assert line["seconds"] == 3
    whole = json.dumps(line)
    for personal in ("555-0142", "jordan@example.com", "43210"):
        assert personal not in whole


def test_lines_of_libraries_take_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(json=True)
    structlog.contextvars.bind_contextvars(request_id="req_1")
    logging.getLogger("uvicorn.error").error("no answer from %s", "+12025550142")
    logging.getLogger("uvicorn.error").error("ASGI callable returned without completing handshake.")
    logging.getLogger("asyncio").debug("quiet")
    (line,) = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["level"]) == ("no answer from ***", "error")
    assert (line["request_id"], line["logger"]) == ("req_1", "uvicorn.error")


def test_levels_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(json=True, level="WARNING")
    log.get_logger("t").info("quiet")
    log.get_logger("t").warning("loud")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["loud"]


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("call +12025550142 now", "call *** now"),
        ("(202) 555-0142", "(***"),
        ("98765 43210", "***"),
        ("९८७६५४३२१०", "***"),
        ("write to a.b+c@example.co.uk", "write to ***@***"),
        ("order 123456", "order 123456"),
        ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z"),
        ("call_01M7XBYT2NK9D02H270ZKMHE57", "call_01M7XBYT2NK9D02H270ZKMHE57"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("", ""),
    ],
)
def test_what_is_scrubbed_and_what_is_not(text: str, scrubbed: str) -> None:
    assert pii.scrub(text) == scrubbed


@given(st.from_regex(r"\+?[1-9][0-9]{7,14}", fullmatch=True), st.text("abc ,.", max_size=5))
def test_no_whole_number_is_left(number: str, around: str) -> None:
    assert number.lstrip("+") not in pii.scrub(f"{around} {number} {around}")


@pytest.mark.parametrize(
    ("number", "masked"),
    [("+919999912345", "+91***45"), (None, "withheld"), ("", "withheld"), ("12345", "***"), ("1", "***")],
)
def test_a_masked_number(number: str | None, masked: str) -> None:
    assert pii.phone(number) == masked
