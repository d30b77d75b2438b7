"""What a call shows on a screen while it goes on, in virtual seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from offhook.contracts.channel import AgentState, Speaks
from offhook.contracts.speech import Transcript
from offhook.contracts.turn import PartialArrived, ReplyAudioStarted, StartReply
from offhook.session.screen import Onlooker
from support.scripted_call import Carrier, Reply, ScriptedCall
from support.virtual_time import VirtualClock, virtual_time


class Watching(Carrier):
    """A carrier with a screen."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.clock = clock
        self.states: list[AgentState] = []
        self.captions: list[tuple[Speaks, int, str, bool]] = []

    def agent_is(self, state: AgentState) -> None:
        self.states.append(state)

    def caption(self, who: Speaks, segment: int, text: str, final: bool) -> None:
        self.captions.append((who, segment, text, final))


def watched(clock: VirtualClock, replies: list[str | Reply]) -> tuple[ScriptedCall, Watching]:
    screen = Watching(clock)
    return ScriptedCall(clock, replies, carrier=screen), screen


@virtual_time
async def test_states_and_words_of_a_turn(clock: VirtualClock) -> None:
    call, screen = watched(clock, ["Hello. This is Lakeside.", Reply("Which day?", expect="date")])
    async with call.running():
        await call.speaks(3.0, 4.2, "an oil change please")
        await call.at(8.0)
    assert screen.states[:6] == ["thinking", "speaking", "listening", "thinking", "speaking", "listening"]
    assert screen.captions == [
        ("assistant", 1, "Hello.", False),
        ("assistant", 1, "Hello. This is Lakeside.", False),
        ("assistant", 1, "Hello. This is Lakeside.", True),
        ("user", 2, "an oil change please", True),
        ("assistant", 2, "Which day?", False),
        ("assistant", 2, "Which day?", True),
    ]


@virtual_time
async def test_what_was_not_heard_is_taken_back(clock: VirtualClock) -> None:
    long = "We are open from eight to six on weekdays and from nine to four on Saturdays, and closed on Sundays."
    call, screen = watched(clock, [long, "Alright."])
    async with call.running():
        await call.speaks(2.0, 3.0, "stop I need an appointment")
        await call.at(6.0)
    said, heard = [text for who, n, text, _ in screen.captions if (who, n) == ("assistant", 1)]
    assert long.startswith(said) and said.startswith(heard) and 0 < len(heard) < len(said)
    assert "listening" in screen.states


@dataclass
class Screen:
    shown: list[tuple[int, str, bool]] = field(default_factory=list)

    def agent_is(self, state: AgentState) -> None: ...

    def caption(self, who: Speaks, segment: int, text: str, final: bool) -> None:
        self.shown.append((segment, text, final))


def test_a_turn_that_goes_on_stays_one_segment() -> None:
    screen = Screen()
    onlooker = Onlooker(screen)  # type: ignore[arg-type]  # the screen's half is all that is asked of it
    onlooker.event(PartialArrived(1, "an oil"))
    onlooker.command(StartReply(2, "caller", text="an oil change", transcript=Transcript(1, "an oil change")))
    onlooker.event(PartialArrived(2, "on"))
    both = "an oil change on Friday"
    onlooker.command(StartReply(3, "caller", text=both, transcript=Transcript(2, both), continues=2))
    onlooker.event(ReplyAudioStarted(3))
    onlooker.event(PartialArrived(3, "yes"))
    assert screen.shown == [
        (1, "an oil", False),
        (1, "an oil change", True),
        (1, "an oil change on", False),
        (1, both, True),
        (2, "yes", False),
    ]
