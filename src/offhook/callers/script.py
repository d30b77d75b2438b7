"""What a simulated caller does: the script format.

A plain text file is one utterance a line; empty lines and lines that begin with `#` are left out. A YAML file (`.yaml`,
`.yml`) is a list of steps, or a mapping:

    from: "+12025550142"       # the caller's number; "" for a withheld one
    voice: en-us+f3
    end: wait                  # after the last step: "hang_up" (default), or "wait" for the agent to hang up
    steps:
      - say: I'd like to book an oil change
      - wav: recorded/name.wav
      - dtmf: "2025550142#"
      - wait: 1.5              # seconds of silence, before what follows
      - expect: oil change     # a regular expression: the agent's last words must match, else the call has failed
      - say: No, stop
        barge_in_after_ms: 800 # spoken when the agent has been speaking for that long, in place of our turn
      - when: your name        # a standing answer: said in place of the next step whenever it is our turn and the
        say: Jordan Miller     #   agent's last words match, up to `times` (default 1) times
        times: 2
      - hang_up: true

A step has exactly one of say, wav, dtmf, wait, expect, hang_up; `when` goes with say, wav, dtmf or hang_up, wherever it
stands in the list. Every other step waits for its turn: the agent has answered and been quiet for a moment. Patterns
ignore case and match anywhere. Where the agent's words are not to be had (the server does not let us look), no standing
answer applies and `expect` fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
import yaml

_KINDS = ("say", "wav", "dtmf", "wait", "expect", "hang_up")
_DTMF = re.compile(r"[0-9*#A-Da-d]+")


class ScriptError(ValueError):
    """The script cannot be played; the text says where and why."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    say: str | None = None
    wav: str | None = None
    dtmf: str | None = None
    wait: float | None = None
    """Seconds."""
    expect: str | None = None
    hang_up: bool | None = None
    when: str | None = None
    times: int = 1
    barge_in_after_ms: float | None = None


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    steps: tuple[Step, ...]
    """In order; standing answers (`when`) are among them."""
    from_number: str | None = msgspec.field(name="from", default=None)
    voice: str | None = None
    end: Literal["hang_up", "wait"] = "hang_up"

    @property
    def listens(self) -> bool:
        """Whether the agent's words are needed."""
        return any(step.when is not None or step.expect is not None for step in self.steps)

    @property
    def lines(self) -> list[str]:
        """All texts that may be spoken, in order."""
        return [step.say for step in self.steps if step.say is not None]


def script_of(
    says: Sequence[str], wavs: Sequence[str] = (), dtmf: str | None = None, barge_in_after_ms: float | None = None
) -> Script:
    """The script of a plain list of utterances: texts, then files, then keys. Raises ScriptError."""
    steps = [Step(say=text, barge_in_after_ms=barge_in_after_ms) for text in says]
    steps += [Step(wav=name, barge_in_after_ms=barge_in_after_ms) for name in wavs]
    steps += [Step(dtmf=dtmf)] if dtmf else []
    return _checked(Script(steps=tuple(steps)), "the call")


def load_script(path: Path) -> Script:
    """Read a script file; `wav` paths are taken from its folder. Raises ScriptError and OSError."""
    text = path.read_text(encoding="utf-8")
    if path.suffix.lower() in (".yaml", ".yml"):
        script = parse_script(text, path.name)
    else:
        lines = [line.strip() for line in text.splitlines()]
        script = _checked(Script(steps=tuple(Step(say=line) for line in lines if line and line[0] != "#")), path.name)
    steps = tuple(
        msgspec.structs.replace(step, wav=str(path.parent / step.wav)) if step.wav is not None else step
        for step in script.steps
    )
    return msgspec.structs.replace(script, steps=steps)


def parse_script(text: str, name: str = "script") -> Script:
    """A script from YAML text. Raises ScriptError."""
    try:
        body = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScriptError(f"{name} is not YAML: {error}") from None
    if isinstance(body, list):
        body = {"steps": body}
    try:
        script = msgspec.convert(body, Script)
    except msgspec.ValidationError as error:
        raise ScriptError(f"{name}: {error}") from None
    return _checked(script, name)


def _checked(script: Script, name: str) -> Script:
    if not any(step.when is None for step in script.steps):
        raise ScriptError(f"{name} has nothing to say: it needs at least one step")
    for number, step in enumerate(script.steps, 1):
        fault = _fault(step)
        if fault:
            raise ScriptError(f"{name}, step {number}: {fault}")
    return script


def _fault(step: Step) -> str:
    kinds = [kind for kind in _KINDS if getattr(step, kind) is not None]
    if len(kinds) != 1:
        return f"needs exactly one of {', '.join(_KINDS)}; it has {' and '.join(kinds) or 'none'}"
    if step.when is not None and kinds[0] in ("wait", "expect"):
        return f"`when` does not go with {kinds[0]}"
    if step.barge_in_after_ms is not None and (kinds[0] not in ("say", "wav") or step.when is not None):
        return "`barge_in_after_ms` goes with a say or wav in the list's own order"
    if step.dtmf is not None and not _DTMF.fullmatch(step.dtmf):
        return f"dtmf {step.dtmf!r} has other keys than 0-9 * # A-D"
    if step.wait is not None and not 0 <= step.wait <= 3600:
        return "wait is between 0 and 3600 seconds"
    if step.say is not None and not step.say.strip():
        return "say is empty"
    for pattern in (step.when, step.expect):
        try:
            re.compile(pattern or "")
        except re.error as error:
            return f"{pattern!r} is no regular expression: {error}"
    return ""
