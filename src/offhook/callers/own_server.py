"""A server of our own for one demonstration: a child process on a free loopback port with a folder and a clock of its
own.

It gets nothing of the surrounding settings: no keys, no `.env`, so that it runs the same on every machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_LOG_LINES = 20


class ServerFailed(Exception):
    """The server did not come up; the text holds its last words."""


@asynccontextmanager
async def own_server(folder: Path, settings: Mapping[str, str], *, start_s: float = 60.0) -> AsyncIterator[str]:
    """Yields the server's base URL once it is ready; ends the server with the block. Raises ServerFailed.

    Args:
        folder: empty; the server's working folder, data folder and log (`server.log`).
        settings: environment variables beyond the few that any program needs.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    log = folder / "server.log"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "offhook", "serve", "--host", "127.0.0.1", "--port", "0", "--no-worker", "--json",
            cwd=folder,
            env={**kept, "OFFHOOK_DATA_DIR": str(folder), "OFFHOOK_LOG_LEVEL": "WARNING", **settings},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )  # fmt: skip
    try:
        try:
            async with asyncio.timeout(start_s):
                url = await _ready(process)
        except TimeoutError:
            raise ServerFailed(f"The server was not ready after {start_s:g} s.\n{_last_words(log)}") from None
        if url is None:
            raise ServerFailed(f"The server stopped at once.\n{_last_words(log)}")
        yield url
    finally:
        await _end(process)


async def _ready(process: asyncio.subprocess.Process) -> str | None:
    """The base URL when the server listens and says that it is ready; None when it has gone."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        with suppress(ValueError):
            event = json.loads(line)
            if isinstance(event, dict) and event.get("event") == "ready":
                url = f"http://127.0.0.1:{int(event['port'])}"
                await _healthy(url)
                return url
    return None


async def _healthy(url: str) -> None:
    async with httpx.AsyncClient() as http:
        while True:
            with suppress(httpx.HTTPError):
                if (await http.get(f"{url}/health/ready", timeout=2.0)).status_code == 200:
                    return
            await asyncio.sleep(0.1)


def _last_words(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:])


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(8.0):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
