"""`offhook talk`: chat with a desk in the terminal, in this process, over the same sessions as every other door."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from offhook.contracts.business import Business, BusinessDirectory
from offhook.contracts.conversation import Conversations, Opening, TurnDone, TurnInput, TurnResult
from offhook.contracts.errors import AppError
from offhook.kit.closing import closing
from offhook.kit.ids import new_id
from offhook.kit.phone import phone_or_none

_LEAVE = frozenset({"/quit", "/exit", "/q"})


@dataclass(frozen=True, slots=True)
class Answered:
    result: TurnResult
    latency_ms: float

    def as_data(self) -> dict[str, object]:
        return {
            "reply": self.result.reply,
            "agent": self.result.agent,
            "intent": self.result.intent,
            "confidence": self.result.confidence,
            "source": self.result.source,
            "language": self.result.language,
            "latency_ms": self.latency_ms,
            "ended": self.result.hang_up,
        }


class Chat:
    """One session in the terminal. `open` first."""

    def __init__(self, conversations: Conversations, businesses: BusinessDirectory) -> None:
        self._conversations = conversations
        self._businesses = businesses
        self._session_id = ""

    async def open(self, desk: str | None, phone: str | None = None) -> tuple[Business, Answered]:
        """The business that answers, and its greeting. Raises NotFound."""
        business = await self._businesses.default(desk)
        state = await self._conversations.open(
            Opening(
                business_id=business.business_id,
                channel="chat",
                desk=business.desk,
                caller_phone=phone,
                operator=phone is None,
            )
        )
        self._session_id = state.session_id
        return business, await self._run(TurnInput(turn_id="greeting", source="greeting"))

    async def say(self, text: str) -> Answered:
        return await self._run(TurnInput(turn_id=new_id("turn"), source="text", text=text))

    async def close(self) -> None:
        if self._session_id:
            await self._conversations.close(self._session_id)

    async def _run(self, turn: TurnInput) -> Answered:
        began = time.perf_counter()
        done: TurnDone | None = None
        async with closing(self._conversations.turn(self._session_id, turn)) as outputs:
            async for output in outputs:
                if isinstance(output, TurnDone):
                    done = output
        assert done is not None, "a turn ends with TurnDone"
        return Answered(done.result, round((time.perf_counter() - began) * 1000, 2))


async def run_talk(
    conversations: Conversations,
    businesses: BusinessDirectory,
    *,
    desk: str | None = None,
    once: str | None = None,
    phone: str | None = None,
    as_json: bool = False,
    lines: Iterable[str] | None = None,
    console: Console | None = None,
) -> None:
    """Talk until the desk ends it, the input ends, or the person writes /quit.

    Args:
        once: say this, print the reply alone, leave.
        phone: E.164 number that the desk takes for the caller's.
        lines: what to say in place of asking the terminal.
        as_json: one object a line on standard output, `once` included.

    Raises AppError when there is nobody to talk to.
    """
    console = console or Console()
    chat = Chat(conversations, businesses)
    if phone is not None and phone_or_none(phone) is None:
        raise AppError("phone", f"{phone!r} is no telephone number; give it as +12025550142.", status=422)
    business, greeting = await chat.open(desk, phone)
    try:
        if once is not None:
            answer = await chat.say(once)
            if as_json:
                _line(answer.as_data())
            else:
                console.print(answer.result.reply, highlight=False, markup=False, soft_wrap=True)
            return
        _tell(console, business, greeting, as_json)
        async with closing(_asked(lines, prompt=not as_json and sys.stdin.isatty())) as texts:
            async for text in texts:
                if text in _LEAVE:
                    return
                answer = await chat.say(text)
                _tell(console, business, answer, as_json)
                if answer.result.hang_up:
                    return
    finally:
        await _leave(chat)


async def _leave(chat: Chat) -> None:
    """A session that the desk ended by itself needs no end from us."""
    try:
        await chat.close()
    except AppError as error:
        if error.status >= 500:
            raise


async def _asked(lines: Iterable[str] | None, *, prompt: bool) -> AsyncIterator[str]:
    """What the person says, without empty lines; ends with the input."""
    if lines is not None:
        for line in lines:
            if line.strip():
                yield line.strip()
        return
    while True:
        try:
            line = await _in_daemon_thread(_read_line, "you › " if prompt else "")
        except EOFError:
            return
        if line.strip():
            yield line.strip()


async def _in_daemon_thread(work: Callable[[str], str], argument: str) -> str:
    """Like asyncio.to_thread, but Ctrl-C need not wait for the person to press Enter."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str] = loop.create_future()

    def settle(result: str | None, error: EOFError | OSError | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result or "")

    def run() -> None:
        result, failed = None, None
        try:
            result = work(argument)
        except (EOFError, OSError) as error:
            failed = error
        with suppress(RuntimeError):  # the loop has closed meanwhile
            loop.call_soon_threadsafe(settle, result, failed)

    threading.Thread(target=run, name="terminal", daemon=True).start()
    return await done


def _read_line(prompt: str) -> str:
    if prompt:
        return input(prompt)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def _tell(console: Console, business: Business, answer: Answered, as_json: bool) -> None:
    if as_json:
        _line(answer.as_data())
        return
    said = Text(f"{business.persona} › ", style="bold green")
    said.append(answer.result.reply, style="not bold default")
    told = f"  {answer.result.agent} · {answer.result.intent or '-'} · {answer.latency_ms:.1f} ms"
    said.append(told, style="dim not bold")
    console.print(said, soft_wrap=True)


def _line(data: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
    sys.stdout.flush()
