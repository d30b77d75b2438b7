"""What can go wrong between us and an engine process. Adapters translate these at their edge."""

from __future__ import annotations


class EngineError(Exception):
    """Root of the errors below."""


class EngineDied(EngineError):
    """The process ended, or could not be started, while it held the work. The work may be tried again."""


class EngineBusy(EngineError):
    """The bounded queue before the engine is full; nothing was sent."""


class EngineTimeout(EngineError):
    """The deadline passed before the answer; the engine was told to drop the work."""


class EngineFault(EngineError):
    """The engine is alive and refused the work, or failed at it; the text is the engine's own."""
