"""An engine for tests, run in real child processes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from offhook.providers.engine.errors import EngineFault
from offhook.providers.engine.serving import Engine, EngineSession, Replies


class Notebook(EngineSession):
    """A session that remembers what it was sent."""

    def __init__(self, title: object, emit: Callable[[object], None]) -> None:
        self.lines: list[object] = [title]
        self.emit = emit

    def receive(self, message: object) -> None:
        if message == "fail":
            raise RuntimeError("the page is torn")
        if message == "die":
            os._exit(3)
        self.lines.append(message)
        if message == "echo":
            self.emit(["echoed", len(self.lines)])

    def call(self, method: str, payload: object) -> object:
        if method == "read":
            return list(self.lines)
        return super().call(method, payload)


class DoubleEngine(Engine):
    def __init__(self, config: dict[str, object]) -> None:
        if config.get("broken"):
            raise RuntimeError("no such model; run the download")
        print("this goes nowhere near the link")
        self.idle_left = 3

    def call(self, method: str, payload: object) -> object:
        match method:
            case "echo":
                return payload
            case "pid":
                return os.getpid()
            case "sleep":
                time.sleep(float(str(payload)))
                return "slept"
            case "refuse":
                raise EngineFault("not today")
            case "crash":
                raise ValueError("bad value")
            case "exit":
                print("the last straw", file=sys.stderr, flush=True)
                os._exit(7)
            case "idle_left":
                return self.idle_left
            case "modules":
                return sorted(sys.modules)
            case "environment":
                return dict(os.environ)
            case "nice":
                return os.nice(0)
            case _:
                return super().call(method, payload)

    def stream(self, method: str, payload: object, replies: Replies) -> None:
        if method == "count":
            for n in range(int(str(payload))):
                replies.emit(n)
        elif method == "until_cancelled":
            n = 0
            while not replies.cancelled:
                replies.emit(n)
                n += 1
                time.sleep(0.002)
        elif method == "silent_until_cancelled":
            while not replies.cancelled:
                time.sleep(0.002)
        elif method == "one_then_die":
            replies.emit("first")
            os._exit(9)
        else:
            super().stream(method, payload, replies)

    def open(self, payload: object, emit: Callable[[object], None]) -> EngineSession:
        return Notebook(payload, emit)

    def idle(self) -> bool:
        self.idle_left = max(0, self.idle_left - 1)
        return self.idle_left > 0


def create(config: dict[str, object]) -> Engine:
    return DoubleEngine(config)
