from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from offhook.providers.cool_down import ProviderEvent, ProviderFailed, ProviderRecovered
from offhook.providers.engine.status import EngineStarted, EngineStopped, PoolEvent
from offhook.providers.event_log import EventLog
from offhook.telemetry.log import get_logger


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            EngineStarted("espeak", 42, 80.4),
            {"log_level": "info", "event": "engine_started", "engine": "espeak", "pid": 42, "start_ms": 80},
        ),
        (
            EngineStopped("espeak", "killed by signal 9", 100.0),
            {
                "log_level": "warning",
                "event": "engine_stopped",
                "engine": "espeak",
                "reason": "killed by signal 9",
                "restart_in_ms": 100,
            },
        ),
        (
            ProviderFailed("tts", "espeak", "closed", 30_000.0),
            {
                "log_level": "warning",
                "event": "provider_failed",
                "port": "tts",
                "provider": "espeak",
                "reason": "closed",
                "retry_in_ms": 30_000,
            },
        ),
        (
            ProviderRecovered("tts", "espeak"),
            {"log_level": "info", "event": "provider_recovered", "port": "tts", "provider": "espeak"},
        ),
    ],
)
def test_each_event_is_one_line(event: PoolEvent | ProviderEvent, line: dict[str, object]) -> None:
    with capture_logs() as lines:
        EventLog(get_logger("test"))(event)
    assert lines == [line]
