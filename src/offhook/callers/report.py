"""A call as people watch it: who said what, what was understood, and where each answer's time went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.text import Text

from offhook.callers.events import (
    AgentSaid,
    Answered,
    BufferCleared,
    CallerSaid,
    CallEvent,
    HungUp,
    MarkPlayed,
    ProtocolFault,
    Ringing,
    TurnMeasured,
    as_json,
)

_BAR_CELLS = 40
_LEGS = (("endpoint", "yellow"), ("think", "magenta"), ("tts", "cyan"), ("line", "bright_black"))


class TextOut(Protocol):
    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...


def json_lines(out: TextOut) -> Callable[[CallEvent], None]:
    """A listener that writes one JSON object a line, at once."""

    def tell(event: CallEvent) -> None:
        out.write(as_json(event) + "\n")
        out.flush()

    return tell


@dataclass(frozen=True, slots=True)
class Waterfall:
    """One answer's latency in parts that add up, milliseconds. `line` is what is left: network, and the carrier's
    frame.
    """

    total_ms: float
    endpoint_ms: float
    think_ms: float
    tts_ms: float
    line_ms: float

    @classmethod
    def of(cls, turn: TurnMeasured) -> Waterfall | None:
        """None without the server's split."""
        if turn.endpoint_ms is None or turn.think_ms is None or turn.tts_ms is None:
            return None
        parts = turn.endpoint_ms + turn.think_ms + turn.tts_ms
        return cls(turn.total_ms, turn.endpoint_ms, turn.think_ms, turn.tts_ms, max(0.0, turn.total_ms - parts))

    def cells(self, width: int = _BAR_CELLS, scale_ms: float = 1200.0) -> list[int]:
        """Bar cells for endpoint, think, tts, line: rounded so that their sum is the rounded total's share."""
        cells, spent_ms, drawn = [], 0.0, 0
        for part_ms in (self.endpoint_ms, self.think_ms, self.tts_ms, self.line_ms):
            spent_ms += part_ms
            until = min(width, round(spent_ms / scale_ms * width))
            cells.append(max(0, until - drawn))
            drawn = max(drawn, until)
        return cells


class Transcript:
    """Writes a call to a rich console as it goes on."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, event: CallEvent) -> None:
        match event:
            case Ringing():
                self._line("bright_black", "☎", "ringing …")
            case Answered():
                self._line("bright_black", "☎", "answered")
            case CallerSaid(text=text):
                self._line("bold green", "caller", text)
            case AgentSaid():
                if event.heard:
                    self._line("dim green", "heard", event.heard)
                cut = " ▌(interrupted)" if event.interrupted else ""
                words = event.text if event.text is not None else f"({event.audio_ms / 1000:.1f} s of speech)"
                self._line("bold blue", "agent", words + cut)
            case TurnMeasured():
                self._console.print(self._waterfall(event))
            case BufferCleared(since_onset_ms=since):
                late = "" if since is None else f" {since:.0f} ms after the caller began to speak"
                self._line("bright_black", "clear", f"the agent stopped{late}")
            case ProtocolFault(what=what):
                self._line("bold red", "fault", f"the server broke the carrier's protocol: {what}")
            case HungUp(reason=reason):
                self._line("bright_black", "☎", reason.replace("_", " "))
            case MarkPlayed():
                pass

    def _line(self, style: str, who: str, text: str) -> None:
        line = Text(f"{who:>7}  ", style=style)
        line.append(text, style="default" if who in ("caller", "agent") else style)
        self._console.print(line)

    def _waterfall(self, turn: TurnMeasured) -> Text:
        line = Text(f"{'':>7}  ")
        split = Waterfall.of(turn)
        if split is None:
            line.append(f"answer after {turn.total_ms:.0f} ms", style="bright_black")
            return line
        for (_, style), cells in zip(_LEGS, split.cells(), strict=True):
            line.append("━" * cells, style=style)
        line.append(f" {split.total_ms:.0f} ms", style="bold")
        parts = (split.endpoint_ms, split.think_ms, split.tts_ms, split.line_ms)
        for (name, style), part_ms in zip(_LEGS, parts, strict=True):
            line.append(f" · {name} {part_ms:.0f}", style=style)
        return line
