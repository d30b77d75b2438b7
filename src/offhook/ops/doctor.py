"""`offhook doctor`: looks at each part and says that it is well, or how to mend it. Changes nothing."""

from __future__ import annotations

import json
import sys

from rich.console import Console

from offhook.kit.clock import SystemClock
from offhook.ops import checks
from offhook.ops.engine_checks import engines
from offhook.ops.findings import Finding, as_data, show
from offhook.ops.settings import Settings


async def run_doctor(
    settings: Settings, *, public_url: str | None = None, as_json: bool = False, console: Console | None = None
) -> bool:
    """Examine, show (a table, or JSON on standard output); True when every part is well.

    Args:
        public_url: to be asked in place of OFFHOOK_PUBLIC_URL. The network is used for this address, and for the
            language model where one is configured.
    """
    console = console or Console()
    if as_json:
        findings = await examine(settings, public_url)
        sys.stdout.write(json.dumps(as_data(findings), ensure_ascii=False) + "\n")
    else:
        with console.status("Starting the engines, asking the database …"):
            findings = await examine(settings, public_url)
        show(findings, console)
    return all(finding.ok for finding in findings)


async def examine(settings: Settings, public_url: str | None = None) -> list[Finding]:
    """All findings, in the order in which one would mend them."""
    address = public_url or settings.offhook_public_url
    return [
        checks.python(),
        checks.packages(),
        checks.data_folder(settings),
        await checks.database(settings),
        checks.voice_detector(),
        *await engines(settings, SystemClock()),
        checks.secrets(settings, address),
        await checks.port(settings),
        await checks.public_address(address),
        checks.twilio(settings, address),
        await checks.livekit(settings),
        checks.exotel(settings, address),
    ]
