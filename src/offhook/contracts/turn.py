"""What goes into the turn machine and what comes out of it. Times are milliseconds of `Clock.mono_ms`.

The machine is sans-IO: a shell (session/) hands it events with the present time, carries out the commands it returns,
and wakes it with `Tick` at `deadline_ms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from offhook.contracts.speech import Expectation, Transcript


class TurnPolicy(msgspec.Struct, kw_only=True, frozen=True):
    """Thresholds of a conversation by voice; part of a business's settings. Milliseconds unless named otherwise."""

    pause_ms: int = 100
    """Silence after speech that makes us ask the recogniser for a transcript, in case the caller is done."""
    endpoint_ms: int = 1000
    """Silence that ends a turn when nothing special is expected and the sentence looks complete."""
    endpoint_understood_ms: int = 400
    """The same when understanding has read the sentence, too, and found in it what we can act on."""
    endpoint_closed_ms: int = 300
    """The same when the sentence is closed beyond doubt: what was asked for is there, a number is complete, a question
    has been asked, a Hindi sentence has its verb, "please", "that's all"."""
    endpoint_yes_no_ms: int = 200
    """The same after a yes/no question, once the answer is one."""
    endpoint_may_go_on_ms: int = 1000
    """The same when the words may be the beginning of more ("hello", "five hundred", an item of a list)."""
    endpoint_incomplete_ms: int = 1500
    """The same when the sentence is clearly unfinished ("I'd like to", "at", "matlab")."""
    endpoint_dictation_ms: int = 2000
    """The same while a phone number, VIN, e-mail or registration is being given and is not complete yet."""
    endpoint_fixed_ms: int | None = None
    """Set: every turn ends after this silence, whatever was said (OFFHOOK_ENDPOINTING_MS; for benchmarks)."""
    transcript_wait_ms: int = 1500
    """How long past the endpoint we wait for a transcript before treating the turn as not heard."""
    max_utterance_ms: int = 30_000
    """Speech longer than this is taken as a turn where it stands."""
    barge_in_ms: int = 380
    """Speech over the agent that long stops the agent while nothing is known of its words."""
    barge_in_words_ms: int = 220
    """The same once two words of it are known, and they are more than "okay, yes"."""
    barge_in_unread_ms: int = 700
    """The same when the recogniser has listened to it and found no word in it: a cough, a door."""
    backchannel_ms: int = 2000
    """The same while all its words only say "go on" ("haan", "achha", "uh-huh")."""
    barge_in_by_words: bool = True
    """False: only the length of speech over the agent counts (`barge_in_ms`), as with other agents. With words, "stop",
    "wait", "ruko", "nahi" stop the agent as soon as a partial shows them."""
    peek_ms: int = 200
    """Speech over the agent that long makes us ask a recogniser that sends no partials what it is; and again after each
    such time."""
    barge_in_greeting_ms: int = 700
    """The same, counted from the greeting's first audio, where the caller began to speak before it ("Hello?"): who says
    hello waits for exactly this greeting."""
    barge_in_goodbye_ms: int = 700
    """The same over a reply after which we hang up: "thanks, bye" is part of a goodbye."""
    min_speech_ms: int = 100
    """Speech shorter than this is noise: no turn, no barge-in."""
    long_speech_ms: int = 700
    """Speech that long was meant for us: when nothing can be read from it we say so, and over a reply that it may not
    stop it is kept and answered afterwards."""
    resumes: int = 2
    """How often in a row a reply that a noise or an "okay" stopped goes on from the words last heard."""
    barge_in: bool = True
    """Whether the caller may speak over the agent at all. Speech before the first audio of a reply always counts."""
    overlap_ms: int = 500
    """Speech over the agent too short for a barge-in is the next turn when the agent has finished within this time
    after it ("yes" on the last word of a question); otherwise it was a backchannel."""
    think_limit_ms: int = 10_000
    """A reply that has not spoken by then is given up, and the caller is told so."""
    speak_limit_ms: int = 120_000
    """A reply that began to speak and is not fully sent by then has got stuck, and is given up, too."""
    playback_limit_ms: int = 60_000
    """A fully sent reply counts as played then, should nobody tell that it was."""
    dtmf_gap_ms: int = 2000
    """Silence after a digit that ends a keyed number ("#" ends it at once)."""
    no_input_ms: int = 8000
    """Silence after the agent has finished, before the caller is asked again."""
    no_input_attempts: int = 2
    """How often the caller is asked again before we say goodbye."""
    max_call_ms: int = 600_000
    """A call is ended politely after this (MAX_CALL_DURATION_SECONDS)."""
    call_warning_ms: int = 120_000
    """So long before that end the caller is told of it; 0: he is not."""
    filler_ms: int = 800
    """An answer that has not begun by then is announced ("let me check"), at most once a turn; 0: it is not."""
    max_call_grace_ms: int = 10_000
    """How long a reply may go on when that time is up."""


# -- events: past tense -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """Media flows; the agent greets."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller speaks. `onset_ms` is when it began, before now by the detector's lag."""

    onset_ms: float


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The caller is silent. `end_ms` is when the speech ended, before now by the detector's hang-over."""

    end_ms: float


@dataclass(frozen=True, slots=True)
class SpeechFaded:
    """Nothing has sounded since `end_ms`: the end of the speech, or a closure inside a word. SpeechStopped follows
    if it was the end."""

    end_ms: float


@dataclass(frozen=True, slots=True)
class PartialArrived:
    """An early guess at the whole running utterance; replaces the one before."""

    utterance: int
    text: str


@dataclass(frozen=True, slots=True)
class TranscriptArrived:
    """The answer to RequestTranscript. `revision` is the one that asked for it."""

    utterance: int
    revision: int
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class TranscriptFailed:
    """RequestTranscript of that revision got no answer."""

    utterance: int
    revision: int
    reason: str


@dataclass(frozen=True, slots=True)
class TurnUnderstood:
    """What ThinkAhead asked for has been read by understanding as something that we can act on."""

    utterance: int
    text: str


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """One key of the caller's telephone: 0-9, A-D, "*" or "#"."""

    digit: str


@dataclass(frozen=True, slots=True)
class ReplyDelayed:
    """The reply waits for work that takes longer than it should."""

    reply: int


@dataclass(frozen=True, slots=True)
class TextTyped:
    """The caller wrote in place of speaking, where the channel has a keyboard: a turn of its own, complete."""

    text: str


@dataclass(frozen=True, slots=True)
class ReplyAudioStarted:
    """The first audio of the reply went out."""

    reply: int


@dataclass(frozen=True, slots=True)
class ReplyFullySent:
    """All audio of the reply is queued at the carrier. `expect`: what the reply asks for."""

    reply: int
    expect: Expectation
    hang_up: bool = False


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """The reply could not be made or went wrong half way; nothing more of it will be sent."""

    reply: int
    reason: str


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """Everything of a fully sent reply has been played to the caller: the carrier's mark came back, or should have by
    the playout clock."""

    reply: int


@dataclass(frozen=True, slots=True)
class NoticeWaits:
    """Something happened that the caller is to be told of as soon as nobody speaks."""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The caller's side is gone. Nothing is asked of the shell after the commands that answer this."""

    reason: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed; sent at `deadline_ms`."""


TurnEvent = (
    CallAnswered
    | SpeechStarted
    | SpeechStopped
    | SpeechFaded
    | PartialArrived
    | TranscriptArrived
    | TranscriptFailed
    | TurnUnderstood
    | DigitPressed
    | TextTyped
    | ReplyDelayed
    | ReplyAudioStarted
    | ReplyFullySent
    | ReplyFailed
    | PlaybackFinished
    | NoticeWaits
    | CallEnded
    | Tick
)

# -- commands: imperative -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenUtterance:
    """Speech began that may become a turn: open it at the recogniser, pre-roll included."""

    utterance: int


@dataclass(frozen=True, slots=True)
class RequestTranscript:
    """Ask the recogniser what the utterance says so far; answer with TranscriptArrived or TranscriptFailed."""

    utterance: int
    revision: int


@dataclass(frozen=True, slots=True)
class CloseUtterance:
    """No more audio for this utterance (its turn ended, or it was noise)."""

    utterance: int


Cause = Literal[
    "greeting", "caller", "dtmf", "no_input", "not_heard", "failure", "notice", "time_warning", "time_up", "resume"
]


@dataclass(frozen=True, slots=True)
class StartReply:
    """Think and speak. At most one reply lives at a time: the former one has finished or was stopped."""

    reply: int
    """Rises with every reply of the call."""
    cause: Cause
    text: str = ""
    """caller: what was said; dtmf: the digits; failure: which part."""
    transcript: Transcript | None = None
    """caller: what the recogniser gave; where the turn has several utterances, their texts joined."""
    attempt: int = 0
    """no_input: 1, 2, … and the last one is a goodbye (`last`). not_heard, failure: how many in a row."""
    last: bool = False
    """The call is hung up once this reply has been played, whatever ReplyFullySent says."""
    speech_end_ms: float | None = None
    """When the caller's speech ended; the start of the latency measurement."""
    decided_ms: float = 0.0
    """When the turn was taken."""
    utterance: int | None = None
    """caller: the utterance that ended the turn."""
    continues: int | None = None
    """The reply, stopped as `replaced` before it was heard, whose turn this one says again or goes on with: `text`
    begins with that turn's text. A write that the stopped reply has started is part of this turn."""
    resumes: int | None = None
    """resume: the reply that was stopped by what turned out to be nothing; what is left of it is said."""


@dataclass(frozen=True, slots=True)
class ThinkAhead:
    """The caller has paused, and these may be the words of his turn: think of reply `reply` to them now, so that it is
    ready if he is done. Nothing of it may be heard or kept, nothing written, before StartReply with the same number and
    the same text; another text, or another ThinkAhead, makes it void."""

    reply: int
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class SayFiller:
    """The reply takes long: say that we are at it. Not part of the reply."""

    reply: int


@dataclass(frozen=True, slots=True)
class StopReply:
    """Cancel the reply's thinking and speaking; if any audio went out, clear it at the carrier and cut memory to the
    words that were played. READ tools are cancelled, WRITE tools finish."""

    reply: int
    because: Literal["barge_in", "stop_word", "dtmf", "call_ended", "replaced", "too_slow"]


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call. The last command but those that answer CallEnded. Reasons: goodbye, no_input, time_up, failure."""

    reason: str


TurnCommand = (
    OpenUtterance | RequestTranscript | CloseUtterance | ThinkAhead | StartReply | SayFiller | StopReply | HangUp
)
