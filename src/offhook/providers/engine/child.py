"""Entry of an engine process: `python -m …engine.child FD PARENT_PID NICE module:factory CONFIG_JSON`."""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence

from offhook.providers.engine.serving import Engine, EngineServer

_PR_SET_PDEATHSIG = 1


def die_with(parent_pid: int) -> None:
    """Have the kernel kill us when the parent ends, also while the engine is busy and reads nothing (Linux only).

    Elsewhere the end of the socket does it, as soon as the engine reads again.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent_pid:  # it ended before we asked
        os._exit(0)


def load(target: str, config: object) -> Engine:
    """Build the engine named `module:factory`. Raises what importing or building it raises, TypeError if it is none."""
    module_name, _, factory_name = target.partition(":")
    engine = getattr(importlib.import_module(module_name), factory_name)(config)
    if not isinstance(engine, Engine):
        raise TypeError(f"{target} gave a {type(engine).__name__}, not an Engine")
    return engine


def main(argv: Sequence[str]) -> None:
    fd, parent_pid, nice, target, config_json = argv
    die_with(int(parent_pid))
    # The server drains its calls after a signal to the whole group; engines end when it hangs up, not before.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.dup2(2, 1)
    if int(nice):
        os.nice(int(nice))
    with socket.socket(fileno=int(fd)) as sock:
        EngineServer(sock, load(target, json.loads(config_json))).run()


if __name__ == "__main__":
    main(sys.argv[1:])
