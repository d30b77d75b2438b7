"""From a turn that was taken to the words of its answer: the machine's command becomes a turn of the session."""

from __future__ import annotations

from collections.abc import Callable

from offhook.contracts.conversation import (
    Conversations,
    Rehearsal,
    Say,
    TurnDone,
    TurnInput,
    TurnResult,
    TurnSource,
    Working,
)
from offhook.contracts.turn import Cause, StartReply
from offhook.kit.bounded_queue import BoundedQueue
from offhook.kit.closing import closing
from offhook.kit.sentences import SentenceSplitter

_SOURCES: dict[Cause, TurnSource] = {
    "greeting": "greeting",
    "caller": "speech",
    "dtmf": "dtmf",
    "no_input": "no_input",
    "not_heard": "not_heard",
    "failure": "failure",
    "notice": "notification",
    "time_warning": "time_warning",
    "time_up": "goodbye",
    "resume": "not_heard",
}
"""resume: where the stopped reply is not known any more, the caller is asked to speak."""


GREETING_TURN = "greeting"
"""The id of the turn that greets a session, whoever opened it: a call that joins it says that greeting."""


def turn_input(
    call_id: str, command: StartReply, language: str | None, answered: str = "", *, ungreeted: bool = False
) -> TurnInput:
    """The dialogue's view of the command. The turn id is call + reply number: the key under which it writes once.

    `answered`: words at the beginning of the command's text that a former turn has answered already. `ungreeted`: the
    call joins a session in which nobody has said anything yet.
    """
    source: TurnSource = "goodbye" if command.cause == "no_input" and command.last else _SOURCES[command.cause]
    text = command.text.removeprefix(answered).strip() or command.text
    if source == "goodbye":
        text = command.cause
    transcript = command.transcript
    return TurnInput(
        turn_id=GREETING_TURN if ungreeted and source == "greeting" else f"{call_id}.{command.reply}",
        source=source,
        text=text,
        alternatives=transcript.alternatives if transcript and not answered else (),
        confidence=transcript.confidence if transcript else None,
        language=language,
        attempt=command.attempt,
    )


async def think(
    conversations: Conversations,
    session_id: str,
    turn: TurnInput,
    sentences: BoundedQueue[str],
    on_text: Callable[[str], None],
    rehearsal: Rehearsal | None = None,
    on_delay: Callable[[], None] = lambda: None,
) -> TurnResult:
    """Run the turn; whole sentences go into `sentences` as soon as they are there. Closes the queue at the end.

    `on_delay` is told when the answer waits for a tool that is past its deadline.
    """
    splitter = SentenceSplitter()
    result: TurnResult | None = None
    try:
        async with closing(conversations.turn(session_id, turn, rehearsal)) as outputs:
            async for output in outputs:
                match output:
                    case Say():
                        on_text(output.text)
                        ready = splitter.push(output.text)
                        for sentence in (*ready, *(splitter.flush() if output.whole else ())):
                            await sentences.put(sentence)
                    case Working():
                        on_delay()
                    case TurnDone():
                        result = output.result
        for sentence in splitter.flush():
            await sentences.put(sentence)
    finally:
        sentences.close()
    assert result is not None, "a turn ends with TurnDone"
    return result


async def say_again(text: str, sentences: BoundedQueue[str]) -> None:
    """Hand on a text that was thought of before. Closes the queue at the end."""
    splitter = SentenceSplitter()
    try:
        for sentence in (*splitter.push(text), *splitter.flush()):
            await sentences.put(sentence)
    finally:
        sentences.close()
