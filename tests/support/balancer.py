"""HAProxy before two servers, as docs/guide/socketio.md describes it: clients are kept at one by a cookie."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_CONFIG = """
global
    maxconn 4000
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
    option redispatch
    retries 3
frontend door
    bind 127.0.0.1:{port}
    default_backend offhook
backend offhook
    balance roundrobin
    cookie NODE insert indirect nocache
    option httpchk GET /health/live
    http-check send hdr Host localhost
{servers}
"""


class NoHaproxy(Exception):
    """Why tests with a balancer cannot run here."""


@contextmanager
def balancer(folder: Path, servers: Mapping[str, str]) -> Iterator[str]:
    """`servers`: name -> host:port. Yields the URL before them all. Raises NoHaproxy."""
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if program is None:
        raise NoHaproxy("HAProxy is not installed (Debian: apt-get install haproxy)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lines = (f"    server {name} {where} cookie {name} check inter 200ms" for name, where in servers.items())
    config = folder / "haproxy.cfg"
    config.write_text(_CONFIG.format(port=port, servers="\n".join(lines)), encoding="utf-8")
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen([program, "-db", "-f", str(config)], stdout=log, stderr=log)
    try:
        give_up = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "haproxy.log").read_text()
                assert time.monotonic() < give_up, "HAProxy does not listen"
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
