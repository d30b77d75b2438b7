"""One utterance of the caller: its runs of speech, the pauses between them, what the recogniser made of it so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offhook.contracts.speech import Expectation, Hypothesis, Transcript
from offhook.turns.endpointing import Endpoint

SAME_END_MS = 20.0
"""Two ends that differ by less are the same."""


@dataclass(slots=True)
class Utterance:
    """Times in milliseconds of the call's clock. A run is speech between a start and a stop of the voice detector."""

    number: int
    onset_ms: float
    """When the first run began."""
    run_onset_ms: float
    """When the present or last run began."""
    end_ms: float | None = None
    """When the last run ended; None while the caller speaks."""
    voiced_before_ms: float = 0.0
    """Speech in the runs before the present or last one."""
    revision: int = 0
    """Transcripts asked for so far; the number of the latest."""
    asked: bool = False
    """Whether the present pause has asked for its transcript, or the fading voice before it is known to be one."""
    faded_ms: float | None = None
    """When the last sound ended, while the caller is not known to be silent."""
    asked_early_ms: float | None = None
    """When a fading voice was last taken for a pause."""
    retried: bool = False
    failed: bool = False
    transcript: Transcript | None = None
    """The recogniser's answer for everything up to this pause."""
    partial: str = ""
    """The best guess before that answer."""
    interrupted: bool = False
    """Whether it stopped a reply."""
    read: bool = False
    """Whether the recogniser has told anything of the present run."""
    peeks: int = 0
    """Transcripts asked for while the present run goes on."""
    understood: str | None = None
    """The text of the whole turn that understanding could act on."""
    thought_of: Transcript | None = None
    """What we were told to think of in this pause."""
    judged: tuple[str, Expectation, Endpoint] | None = None
    """How long to wait after which text, with what expected: asked after every event, and changed by few."""
    cut: bool = False
    """Taken where it stands because it was too long; the caller may be speaking on."""

    @property
    def voiced_ms(self) -> float:
        """Speech in finished runs."""
        last = 0.0 if self.end_ms is None else self.end_ms - self.run_onset_ms
        return self.voiced_before_ms + last

    @property
    def heard(self) -> Transcript:
        """The best that is known of its words."""
        return Transcript(self.number, self.partial) if self.transcript is None else self.transcript

    @property
    def text(self) -> str:
        return self.partial if self.transcript is None else self.transcript.text

    def pause(self, end_ms: float, now_ms: float) -> None:
        self.end_ms = min(max(end_ms, self.run_onset_ms), now_ms)
        if self.faded_ms is None or abs(self.end_ms - self.faded_ms) > SAME_END_MS:
            self._void()
        self.faded_ms = None

    def fade(self, end_ms: float) -> None:
        """The voice is gone, perhaps for long. What was asked when it was gone before is of use as a guess only."""
        self._void()
        self.faded_ms = end_ms

    def _void(self) -> None:
        self.asked = self.retried = self.failed = False
        self.transcript = self.thought_of = None

    def resume(self, onset_ms: float, now_ms: float) -> None:
        """The caller goes on: what was asked in the pause is of use as a guess only."""
        assert self.end_ms is not None
        self.voiced_before_ms = self.voiced_ms
        self.run_onset_ms = min(max(onset_ms, self.end_ms), now_ms)
        self.end_ms = self.faded_ms = None
        self.asked = self.read = False
        self.peeks = 0
        if self.transcript is not None:
            self.partial = self.transcript.text
            self.transcript = None

    def ask(self) -> int:
        """The revision to ask the recogniser for."""
        self.asked = True
        self.revision += 1
        return self.revision

    def peek(self) -> int:
        """The revision to ask for while the caller speaks on; its answer is a guess."""
        self.peeks += 1
        self.revision += 1
        return self.revision

    def guess(self, text: str) -> None:
        """A partial came."""
        self.partial = text
        self.read = True

    def answer(self, revision: int, transcript: Transcript) -> None:
        self.read = True
        if self.asked and revision == self.revision:
            self.transcript = transcript
            self.failed = False
            if self.end_ms is None and transcript.text:
                self.partial = transcript.text
        elif transcript.text:
            self.partial = transcript.text


def joined(transcripts: Sequence[Transcript]) -> Transcript:
    """Several utterances of one turn as one transcript: texts in order, the last one's alternatives behind the others'
    text, the lowest confidence. Raises ValueError when there is none."""
    if not transcripts:
        raise ValueError("no transcript to join; a caller's turn has at least one")
    *before, last = (
        (t for t in transcripts if t.text.strip()) if any(t.text.strip() for t in transcripts) else transcripts
    )
    if not before:
        return last
    head = " ".join(t.text.strip() for t in before)
    sure = [t.confidence for t in (*before, last) if t.confidence is not None]
    return Transcript(
        utterance=last.utterance,
        text=f"{head} {last.text.strip()}",
        alternatives=tuple(Hypothesis(f"{head} {a.text.strip()}", a.score) for a in last.alternatives),
        confidence=min(sure) if sure else None,
        language=last.language,
        audio_ms=sum(t.audio_ms for t in (*before, last)),
        decode_ms=last.decode_ms,
    )
