"""What `offhook doctor` finds, and how it shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    ok: bool
    detail: str
    mend: str = ""
    """What to do; "" when there is nothing to do."""


def as_data(findings: Sequence[Finding]) -> dict[str, Any]:
    return {"ok": all(finding.ok for finding in findings), "checks": [asdict(finding) for finding in findings]}


def show(findings: Sequence[Finding], console: Console) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("", width=1)
    table.add_column("part", no_wrap=True)
    table.add_column("finding", overflow="fold")
    for finding in findings:
        mark = Text("✓", style="green") if finding.ok else Text("✗", style="bold red")
        told = Text(finding.detail)
        if finding.mend:
            told.append(f"\n→ {finding.mend}", style="yellow" if finding.ok else "bold yellow")
        table.add_row(mark, finding.name, told)
    console.print(table)
    wrong = sum(not finding.ok for finding in findings)
    if wrong:
        console.print(f"\n{wrong} of {len(findings)} parts need mending.", style="bold red")
    else:
        console.print("\nAll parts are well.", style="green")
