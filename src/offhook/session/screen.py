"""What a call looks like on a screen: who speaks, what was said. Told from the turn machine's events and commands."""

from __future__ import annotations

from offhook.contracts.channel import AgentState, MediaOut, Screen
from offhook.contracts.turn import (
    PartialArrived,
    PlaybackFinished,
    ReplyAudioStarted,
    ReplyFailed,
    StartReply,
    StopReply,
    TurnCommand,
    TurnEvent,
)
from offhook.turns.playout import Playout


class Onlooker:
    """Keeps one call's screen up to date; does nothing for a channel that has none.

    The caller's words are one segment until something was said to them: a turn that is taken too early and goes on
    replaces what was shown of it.
    """

    def __init__(self, out: MediaOut) -> None:
        self._screen = out if isinstance(out, Screen) else None
        self._state: AgentState | None = None
        self._segment = 1
        self._answered = False
        self._said = ""
        self._shown: tuple[int, str, bool] | None = None

    def event(self, event: TurnEvent) -> None:
        if self._screen is None:
            return
        match event:
            case PartialArrived(text=text):
                self._show_caller(text, final=False)
            case ReplyAudioStarted():
                self._answered = True
                self._is("speaking")
            case PlaybackFinished() | ReplyFailed():
                self._is("listening")
            case _:
                pass

    def command(self, command: TurnCommand) -> None:
        if self._screen is None:
            return
        match command:
            case StartReply(transcript=transcript):
                if transcript is not None and transcript.utterance:
                    self._show_caller(command.text, final=True)
                self._is("thinking")
            case StopReply():
                self._is("listening")
            case _:
                pass

    def agent_says(self, reply: int, text: str, *, final: bool) -> None:
        shown = (reply, text, final)
        if self._screen is not None and text and shown != self._shown:
            self._shown = shown
            self._screen.caption("assistant", reply, text, final)

    def agent_was_stopped(self, reply: int, heard: str) -> None:
        """Take back what was shown and not heard."""
        if self._shown is not None and self._shown[0] == reply and self._screen is not None:
            self._shown = (reply, heard, True)
            self._screen.caption("assistant", reply, heard, True)

    def follows(self, reply: int, playout: Playout, now_ms: float) -> None:
        """Show the sentences of the reply that have begun to play."""
        if self._screen is not None:
            self.agent_says(reply, playout.begun_text(reply, now_ms), final=False)

    def _show_caller(self, text: str, *, final: bool) -> None:
        assert self._screen is not None
        if self._answered:
            self._segment += 1
            self._answered, self._said = False, ""
        if final:
            self._said = text
        elif self._said:
            text = f"{self._said} {text}"
        self._screen.caption("user", self._segment, text, final)

    def _is(self, state: AgentState) -> None:
        assert self._screen is not None
        if state != self._state:
            self._state = state
            self._screen.agent_is(state)
