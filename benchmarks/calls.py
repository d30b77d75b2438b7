"""How many scripted callers get what they called for, and how soon they are answered, over the embedded engines.

Hypothesis: of strangers (voices, wordings, services, days and numbers that nothing was chosen by) at least nine of ten
end with the right appointment, none with a wrong one, and the end of speech is answered within 900 ms (p95). Control:
the callers of the test suite (`--callers calls`). Each call takes its real time; several run side by side.

    python benchmarks/calls.py [--callers strangers|calls] [--at-once 4] [--out FOLDER] [--json out.json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "e2e"))

from scripted_calls import Calls, make_calls
from ten_callers import CALLS, STRANGERS, load_callers

from offhook.callers.events import TurnMeasured


def report(calls: Calls) -> dict[str, object]:
    right = calls.right()
    waits_ms = [
        event.total_ms
        for made in calls.made
        for event in made.outcome.events
        if isinstance(event, TurnMeasured) and event.total_ms is not None
    ]
    return {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
        "calls": len(calls.made),
        "right": len(right),
        "wrong_appointments": sum(len(calls.wrong_rows(made)) for made in calls.made),
        "missed": [made.caller.name for made in calls.made if made not in right],
        "turns": len(waits_ms),
        "answered_ms": {f"p{at}": round(float(np.percentile(waits_ms, at))) for at in (50, 95)} if waits_ms else {},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--callers", choices=("strangers", "calls"), default="strangers")
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--out", type=Path, default=None, help="keep sound and text of the calls here")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = given.out or Path(tempfile.mkdtemp(prefix="offhook-calls-"))
    folder.mkdir(parents=True, exist_ok=True)
    calls = make_calls(folder, load_callers(STRANGERS if given.callers == "strangers" else CALLS), given.at_once)
    result = json.dumps(report(calls), indent=2)
    sys.stdout.write(result + "\n")
    if given.json is not None:
        given.json.write_text(result + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
