"""offhook beside pipecat, livekit-agents and the least code that does the same work: what a call costs on one core.

Hypothesis: on the same load offhook carries at least fifteen times as many calls on a core as either peer, and costs
at most twice what the limit server does. Control: the limit server, which is silero, sockets and nothing else.

    python benchmarks/peers/run.py [--only NAME ...] [--quick] [--continue] [--for SECONDS] [--show] [--json FILE]

The same load callers (`offhook bench calls`) call each server: real speech with line noise over the Twilio media
protocol, turn by turn. Each row has a fresh server on one core and the callers on another. Rows are measured in
rounds, one of each server, so that a machine that drifts drifts for all: what is claimed are ratios of one run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from common import FAKES_MS, REPLY_MS, STOP_MS
from contenders import CONTENDERS, GREETING_WITHIN_S, LATE_MS, OTHERS_CORES, SETTLE_S, Contender, own_versions, row
from contenders import ServerFailed as PeerFailed
from environments import ENVIRONMENTS, EnvironmentFailed, default_folder, make, versions
from plan import LOOSE, STRICT, Standard, next_calls, summary
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from table import tables

from offhook.callers.own_server import ServerFailed

RESULTS = Path(__file__).parents[1] / "results" / "peers.json"
QUICK = (1, 10)
SECONDS, SECONDS_ALONE, SECONDS_MANY, SECONDS_QUICK = 14.0, 27.0, 12.0, 12.0
METHOD = {
    "load": "offhook bench calls: callers who speak English sentences over line noise (30 dB), hear the reply to its "
    "end and speak again; a Twilio media message every 20 ms each way of the call's whole length",
    "fakes_ms": FAKES_MS,
    "reply_ms": REPLY_MS,
    "stop_silence_ms": STOP_MS,
    "cores": "the server pinned to one core, the callers to another; one fresh server for each row",
    "settle_s": SETTLE_S,
    "measured_s": {"1 call": SECONDS_ALONE, "under 100": SECONDS, "from 100": SECONDS_MANY},
    "peers_begin_after_s": GREETING_WITHIN_S,
    "cpu": "processor time of the server's process tree over calls times seconds",
    "turn_ms": "the caller's last sound to the reply's first audio, on the callers' side",
    "part_ms": "the server's own note: its decision that the caller is done to the first audio sent, less the fakes",
    "memory": "resident memory: before any call, and its growth from the fewest to the most calls up to 40",
    "disturbed": f"other programs took over {OTHERS_CORES} cores or the callers were over {LATE_MS} ms late (p95); "
    "such a row is measured again, up to three times",
    "most_calls": "by bisection, to within 6 % and up to 800; all calls up, under 1 % of turns unanswered, none with "
    "fewer calls failing; rows in which the callers were over 10 ms late (p95) are left aside: they held it up",
}


class Run:
    """The results file, grown row by row."""

    def __init__(self, path: Path | None, keep: bool, standards: dict[str, tuple[Standard, ...]]) -> None:
        self.path = path
        self.standards = standards
        self.data: dict[str, Any] = {"benchmark": "peers", "method": METHOD, "rows": []}
        if keep and path is not None and path.exists():
            self.data = json.loads(path.read_text(encoding="utf-8")) | {"method": METHOD}
        self.data["machine"] = machine()
        self.data.setdefault("versions", {})
        self.data["left_out"] = {}

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.data["rows"]
        return rows

    def add(self, measured: dict[str, Any]) -> None:
        self.rows.append({"at": datetime.now(UTC).isoformat(timespec="seconds"), **measured})
        self.save()

    def save(self) -> None:
        names = {measured["contender"] for measured in self.rows}
        self.data["summary"] = {
            contender.name: {
                "title": contender.title,
                **summary(self.rows, contender.name, self.standards[contender.name]),
            }
            for contender in CONTENDERS
            if contender.name in names
        }
        self.data["ratios"] = ratios(self.data["summary"])
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(self.data, indent=1) + "\n", encoding="utf-8")


def ratios(summaries: dict[str, Any]) -> dict[str, float]:
    """Most calls of ours over theirs."""

    def most(name: str) -> int:
        return summaries.get(name, {}).get("most_calls", {}).get(LOOSE.name, {}).get("calls") or 0

    ours = most("offhook")
    return {f"offhook / {name}": round(ours / most(name), 2) for name in summaries if name != "offhook" and most(name)}


def machine() -> dict[str, Any]:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text(encoding="utf-8") if cpuinfo.exists() else ""
    models = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")]
    return {
        "cores": os.cpu_count(),
        "cpu": models[0] if models else platform.processor(),
        "platform": platform.platform(),
        "python": platform.python_version(),
    }


def pythons(run: Run, contenders: list[Contender], given: argparse.Namespace, bar: Progress) -> dict[str, Path | None]:
    """Interpreters of those that can be measured; the others are told and left out."""
    found: dict[str, Path | None] = {}
    for contender in contenders:
        if contender.script is None:
            found[contender.name] = None
            run.data["versions"][contender.name] = own_versions() | {"python": platform.python_version()}
            continue
        task = bar.add_task(f"{contender.name}: environment", total=None)
        environment = ENVIRONMENTS[contender.environment or contender.name]
        try:
            python = make(
                environment,
                given.environments,
                given.newest,
                lambda line, task=task, name=contender.name: bar.update(task, description=f"{name}: {line}"),
            )
            run.data["versions"][contender.name] = versions(python, environment.told)
            found[contender.name] = python
        except (EnvironmentFailed, subprocess.CalledProcessError) as error:
            run.data["left_out"][contender.name] = str(error)
            bar.console.print(f"[bold red]{contender.name} is left out[/]: {error}", highlight=False)
        bar.remove_task(task)
    return found


def measure(run: Run, contenders: list[Contender], given: argparse.Namespace, bar: Progress) -> bool:
    """Round after round until everything is known; False when the time was up before."""
    found = pythons(run, contenders, given, bar)
    began = time.monotonic()
    going = [contender for contender in contenders if contender.name in found]
    while going:
        for contender in tuple(going):
            fixed = QUICK if given.quick else contender.fixed
            calls = next_calls(run.rows, contender.name, fixed, () if given.quick else run.standards[contender.name])
            if calls is None:
                going.remove(contender)
                continue
            if given.stop_after and time.monotonic() - began > given.stop_after:
                return False
            task = bar.add_task(contender.name, total=1.0)
            label = f"{contender.name}, {calls} calls: "
            try:
                run.add(
                    row(
                        contender,
                        found[contender.name],
                        calls,
                        seconds_of(calls, given.quick),
                        lambda what, share, task=task, label=label: bar.update(
                            task, description=label + what, completed=share
                        ),
                    )
                )
            except (PeerFailed, ServerFailed) as error:
                run.data["left_out"][contender.name] = str(error)
                bar.console.print(f"[bold red]{contender.name} is left out[/]: {error}", highlight=False)
                going.remove(contender)
            bar.remove_task(task)
    return True


def seconds_of(calls: int, quick: bool) -> float:
    if quick:
        return SECONDS_QUICK
    return SECONDS_ALONE if calls == 1 else SECONDS if calls < 100 else SECONDS_MANY


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=[contender.name for contender in CONTENDERS])
    parser.add_argument("--quick", action="store_true", help="1 and 10 calls, short, no search; writes no results")
    parser.add_argument("--continue", action="store_true", dest="keep", help="go on from the rows that the file has")
    parser.add_argument("--for", type=float, dest="stop_after", metavar="S", help="begin no row after so long")
    parser.add_argument("--show", action="store_true", help="measure nothing; show what the file has")
    parser.add_argument("--newest", action="store_true", help="the newest versions of the peers that the index has")
    parser.add_argument("--environments", type=Path, default=default_folder(), help="where the peers' environments are")
    parser.add_argument("--json", type=Path, help=f"default: {RESULTS.relative_to(Path(__file__).parents[2])}")
    given = parser.parse_args()
    contenders = [contender for contender in CONTENDERS if not given.only or contender.name in given.only]
    standards = {
        contender.name: (STRICT, LOOSE) if contender.name in ("offhook", "limit") else (LOOSE,)
        for contender in CONTENDERS
    }
    path = given.json or (None if given.quick else RESULTS)
    console = Console(width=110)
    if given.show:
        for shown in tables(json.loads((path or RESULTS).read_text(encoding="utf-8"))):
            console.print(shown)
        return 0
    run = Run(path, given.keep, standards)
    # Told to end, it ends as by Ctrl-C: the server under measure with it, and the rows so far are kept.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    done = False
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            done = measure(run, contenders, given, bar)
    except KeyboardInterrupt:
        console.print("stopped; what was measured is below")
    run.save()
    for shown in tables(run.data):
        console.print(shown)
    if not done:
        console.print("Not everything is measured yet: run again with --continue.")
    return 0 if done and not run.data["left_out"] else 2


if __name__ == "__main__":
    sys.exit(main())
