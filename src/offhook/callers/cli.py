"""`offhook call` and `offhook demo` behind the command line: options in, an exit code out."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console

from offhook.audio.wav import write_stereo
from offhook.callers.events import CallEvent
from offhook.callers.line import RATE_HZ
from offhook.callers.phone import CallOutcome, Phone, PhoneSettings
from offhook.callers.report import Transcript, json_lines
from offhook.callers.script import Script, ScriptError, load_script, script_of
from offhook.callers.voice import DEFAULT_VOICE, TtsSpeaker
from offhook.contracts.speech import TtsFailed, Voice
from offhook.kit.clock import SystemClock
from offhook.providers.tts.espeak.adapter import EspeakTts

_USAGE = 2
CarrierName = Literal["twilio", "exotel"]


def call(
    say: Annotated[list[str] | None, typer.Option(help="Say this when it is the caller's turn. Repeatable.")] = None,
    wav: Annotated[list[str] | None, typer.Option(help="Play this recording, after all --say. Repeatable.")] = None,
    script: Annotated[Path | None, typer.Option(help="Play a script: .yaml, or one utterance a line.")] = None,
    dtmf: Annotated[str | None, typer.Option(help="Press these keys, after all --say and --wav.")] = None,
    barge_in_after: Annotated[
        float | None, typer.Option(metavar="MS", help="Speak MS after the agent has begun, over it.")
    ] = None,
    voice: Annotated[str, typer.Option(help="The caller's voice, as espeak-ng names it.")] = DEFAULT_VOICE,
    from_: Annotated[str, typer.Option("--from", help='The caller\'s number; "" withholds it.')] = "+12025550142",
    to: Annotated[str, typer.Option(help="The number that is dialled. Default: the server's first business.")] = "",
    url: Annotated[str | None, typer.Option(help="Base URL of the server. Default: PORT on this machine.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Let the agent hang up, in place of hanging up last.")] = False,
    staff_answers: Annotated[
        bool, typer.Option("--staff-answers", help="When put through: somebody picks up. Default: it rings out.")
    ] = False,
    carrier: Annotated[CarrierName, typer.Option(help="Whose protocol the phone speaks.")] = "twilio",
    limit: Annotated[float, typer.Option(help="Longest call, in seconds.")] = 300.0,
    record: Annotated[Path | None, typer.Option(help="Write the call here: WAV, left caller, right agent.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One event a line.")] = False,
) -> None:
    """Call a running server as a telephone would, and listen."""
    console = Console(stderr=True)
    try:
        played = _script(say, wav, script, dtmf, barge_in_after, wait=wait)
        settings = PhoneSettings(
            url=url or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}",
            from_number=from_,
            to_number=to,
            voice=voice,
            auth_token=os.environ.get("TWILIO_AUTH_TOKEN") or None,
            api_key=os.environ.get("INTERNAL_API_KEY") or None,
            limit_s=limit,
            staff_answers=staff_answers,
            carrier=carrier,
            webhook_auth=_webhook_auth(),
        )
        tell = json_lines(sys.stdout) if as_json else Transcript(Console())
        outcome = asyncio.run(place_call(settings, played, tell))
    except (ScriptError, TtsFailed, OSError) as error:
        console.print(f"[bold red]cannot call[/]: {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(_USAGE) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if record is not None:
        write_stereo(record, outcome.caller_pcm, outcome.agent_pcm, RATE_HZ)
    after = outcome.after
    if after.put_through:
        end = "somebody took it" if after.joined else f"nobody took it: {after.told_then}"
        console.print(f"put through to {after.put_through}; {end}", highlight=False, soft_wrap=True)
    for failure in outcome.failures:
        console.print(f"[red]{failure}[/]", highlight=False, soft_wrap=True)
    raise typer.Exit(0 if outcome.succeeded else 1)


def _webhook_auth() -> tuple[str, str] | None:
    password = os.environ.get("EXOTEL_WEBHOOK_PASSWORD")
    return (os.environ.get("EXOTEL_WEBHOOK_USER") or "", password) if password else None


def demo(
    out: Annotated[Path, typer.Option(help="Folder for demo.wav and demo.json.")] = Path("out"),
) -> None:
    """Watch a call: a fresh server, a caller who books a car service, and what the database then holds."""
    from offhook.callers.demo import run_demo

    try:
        raise typer.Exit(asyncio.run(run_demo(out)))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


async def place_call(settings: PhoneSettings, script: Script, tell: Callable[[CallEvent], None]) -> CallOutcome:
    """One call with the embedded voice. Raises ScriptError and TtsFailed."""
    async with embedded_speaker() as speaker:
        return await Phone(settings, speaker, SystemClock(), tell).call(script)


@asynccontextmanager
async def embedded_speaker() -> AsyncIterator[TtsSpeaker]:
    """espeak-ng in a process of its own, for as long as the block lasts."""
    tts = EspeakTts(SystemClock())
    try:
        await tts.warm(Voice(), RATE_HZ)
        yield TtsSpeaker(tts)
    finally:
        await tts.aclose()


def _script(
    says: list[str] | None,
    wavs: list[str] | None,
    path: Path | None,
    dtmf: str | None,
    barge_in_after_ms: float | None,
    *,
    wait: bool,
) -> Script:
    if path is not None:
        if says or wavs or dtmf or barge_in_after_ms is not None:
            raise ScriptError("--script stands alone; put say, wav, dtmf and barge_in_after_ms into the file")
        script = load_script(path)
    else:
        if not (says or wavs or dtmf):
            raise ScriptError("the caller has nothing to say; give --say, --wav, --dtmf or --script")
        script = script_of(says or [], wavs or [], dtmf, barge_in_after_ms)
    return msgspec.structs.replace(script, end="wait") if wait else script
