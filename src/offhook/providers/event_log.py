"""Providers' and engines' ups and downs as log lines: each loss once, each return once."""

from __future__ import annotations

from typing import assert_never

from offhook.providers.cool_down import ProviderEvent, ProviderFailed, ProviderRecovered
from offhook.providers.engine.status import EngineStarted, EngineStopped, PoolEvent
from offhook.telemetry.log import Log


class EventLog:
    """Give it as `on_engine` and `on_provider` (registry.ProviderOptions)."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def __call__(self, event: PoolEvent | ProviderEvent) -> None:
        match event:
            case EngineStarted(engine, pid, start_ms):
                self._log.info("engine_started", engine=engine, pid=pid, start_ms=round(start_ms))
            case EngineStopped(engine, reason, restart_in_ms):
                self._log.warning("engine_stopped", engine=engine, reason=reason, restart_in_ms=round(restart_in_ms))
            case ProviderFailed(port, provider, reason, retry_in_ms):
                self._log.warning(
                    "provider_failed", port=port, provider=provider, reason=reason, retry_in_ms=round(retry_in_ms)
                )
            case ProviderRecovered(port, provider):
                self._log.info("provider_recovered", port=port, provider=provider)
            case _:
                assert_never(event)
