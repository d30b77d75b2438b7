"""The playout clock of one call: what of our replies the caller has really heard.

Audio is sent ahead of time, so "sent" says nothing about "heard". Two witnesses tell: marks, which the carrier returns
once everything before them has been played, and the clock, since the carrier plays in order and in real time. A mark is
proof, but comes late and only at its place; the clock covers the time between marks and the carriers that return none.
The better of the two holds, except that the clock never runs past a mark that is still out, once the carrier has shown
that it returns marks.

A caller's end that lost its connection is `held`: nothing counts as heard until it is back and tells how much it still
has to play (`resumed`).

`cleared` ends a generation: what was not played then is gone, and the marks of that generation that the carrier hands
back in answer to the clear prove nothing.

Invariants, held by tests: the heard text is a prefix of the said text, ends at the end of a word, only grows, and never
covers more audio than was sent. Sans-IO; times are milliseconds of the call's clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

MOST_MARKS = 256
"""Marks waited for; of more, the oldest are given up (a carrier that returns none)."""
MOST_REPLIES = 8
"""Replies remembered; of more, the oldest are forgotten."""
FALLBACK_MS_PER_CHARACTER = 65.0
"""Speaking time assumed for a segment whose audio is not complete yet, until one has been measured."""
HELD_MOST_MS = 10_000.0
"""So long marks of what was not heard are waited for while the caller's end is away."""
MORE_TO_COME = 1.15
"""An incomplete segment is taken to be at least that much longer than its audio so far."""


@dataclass(slots=True)
class _Segment:
    """A piece of a reply's text and the stretch of audio that speaks it. Offsets count the call's audio that is played
    or waits to be, milliseconds; what a clear drops is taken out of the count."""

    reply: int
    text: str
    start_ms: float
    end_ms: float
    complete: bool = False
    cut: bool = False
    """A clear has dropped what was not played of it."""
    heard_characters: int = 0
    """Known to be heard; final once cut."""


@dataclass(frozen=True, slots=True)
class _Mark:
    name: str
    offset_ms: float


class Playout:
    """Tell it what is queued at the carrier, what comes back and when; ask it what was heard."""

    def __init__(self, *, lag_ms: float = 100.0, mark_grace_ms: float = 500.0) -> None:
        """
        Args:
            lag_ms: how long audio takes from us to the caller's ear when nothing else waits.
            mark_grace_ms: how long past the clock's estimate a mark may take before we stop waiting for it.
        """
        self._lag_ms = lag_ms
        self._mark_grace_ms = mark_grace_ms
        self._segments: deque[_Segment] = deque()
        self._marks: deque[_Mark] = deque()
        self._generation = 0
        self._named = 0
        self._queued_ms = 0.0
        self._proven_ms = 0.0  # the place of the last mark that came back
        self._floor_ms = 0.0  # what was estimated before the last thing we learned; keeps the estimate from falling
        self._run_began_ms = 0.0  # when the present run of audio without a gap begins to play, and its offset
        self._run_offset_ms = 0.0
        self._held_ms: float | None = None  # since when the caller's end is away
        self._marks_come = False
        self._spoken_ms = 0.0  # complete segments: their audio and characters, for the speaking rate
        self._spoken_characters = 0
        self.stale_marks = 0
        """Marks that came back for audio that a clear had dropped, or that nobody asked for."""

    # -- what happens -------------------------------------------------------------------------------------------------

    def queued(self, reply: int, text: str, audio_ms: float, now_ms: float, *, complete: bool = True) -> None:
        """Audio of `reply` went to the carrier.

        Args:
            text: what it says; "" adds the audio to the segment before, of the same reply.
            complete: whether that is all the audio of the segment. While it is not, the segment's length is estimated
                from its text, so that the first tenth of a sentence does not count as the whole of it.
        """
        self._learn(now_ms)
        if audio_ms > 0 and self._held_ms is None and self._clock_end_ms() <= now_ms:
            self._run_began_ms = now_ms + self._lag_ms
            self._run_offset_ms = self._queued_ms
        last = self._segments[-1] if self._segments else None
        if text or last is None or last.reply != reply or last.cut or last.complete:
            if last is not None:
                self._complete(last)
            last = _Segment(reply, text, self._queued_ms, self._queued_ms)
            self._segments.append(last)
            self._forget()
        self._queued_ms += audio_ms
        last.end_ms = self._queued_ms
        if complete:
            self._complete(last)

    def mark_name(self) -> str:
        """Name of a mark to send now, behind everything queued so far."""
        self._named += 1
        mark = _Mark(f"g{self._generation}-{self._named}", self._queued_ms)
        self._marks.append(mark)
        while len(self._marks) > MOST_MARKS:
            self._marks.popleft()
        return mark.name

    def played(self, name: str, now_ms: float) -> bool:
        """A mark came back. Returns whether it proves anything: not after a clear, and not twice."""
        if all(mark.name != name for mark in self._marks):
            self.stale_marks += 1
            return False
        self._learn(now_ms)
        while self._marks:
            mark = self._marks.popleft()
            self._proven_ms = max(self._proven_ms, mark.offset_ms)
            if mark.name == name:
                break
        self._marks_come = True
        if self._proven_ms > self._run_offset_ms:
            self._run_began_ms = now_ms
            self._run_offset_ms = self._proven_ms
        return True

    def held(self, now_ms: float) -> None:
        """The caller's end is away: what it plays is not known until it is back."""
        self._learn(now_ms)
        self._held_ms = now_ms

    def resumed(self, remaining_ms: float, now_ms: float) -> None:
        """It is back, with so much audio still to be played, what it is given again included."""
        self._held_ms = None
        self._run_began_ms = now_ms
        self._run_offset_ms = max(0.0, self._queued_ms - remaining_ms)

    def cleared(self, now_ms: float) -> None:
        """The carrier was told to drop what it has not played."""
        self._learn(now_ms)
        position_ms = self._floor_ms
        for segment in self._segments:
            if segment.end_ms > position_ms or not segment.complete:
                segment.cut = True
                segment.start_ms = min(segment.start_ms, position_ms)
                segment.end_ms = min(segment.end_ms, position_ms)
        self._generation += 1
        self._marks.clear()
        self._queued_ms = position_ms
        self._proven_ms = position_ms
        self._run_began_ms = now_ms
        self._run_offset_ms = position_ms

    # -- what is asked ------------------------------------------------------------------------------------------------

    @property
    def generation(self) -> int:
        """How often the carrier was cleared."""
        return self._generation

    def position_ms(self, now_ms: float) -> float:
        """Audio of the call played by now."""
        if self._held_ms is not None:
            return max(self._floor_ms, self._proven_ms)
        clock_ms = self._clock_ms(now_ms)
        if self._marks_come and self._marks and self._clock_end_ms() + self._mark_grace_ms > now_ms:
            clock_ms = min(clock_ms, self._marks[0].offset_ms)
        return max(self._floor_ms, self._proven_ms, clock_ms)

    def remaining_ms(self, now_ms: float) -> float:
        """Audio at the carrier that is still to be played."""
        return max(0.0, self._queued_ms - self.position_ms(now_ms))

    def said_text(self, reply: int) -> str:
        """All text of the reply that was queued."""
        return _joined([s.text for s in self._segments if s.reply == reply])

    def begun_text(self, reply: int, now_ms: float) -> str:
        """The texts of the reply whose audio has begun to play."""
        position_ms = self.position_ms(now_ms)
        return _joined([s.text for s in self._segments if s.reply == reply and s.start_ms <= position_ms])

    def heard_text(self, reply: int, now_ms: float) -> str:
        """The words of the reply that the caller has heard, whole words only."""
        position_ms = self.position_ms(now_ms)
        heard: list[str] = []
        for segment in self._segments:
            if segment.reply != reply:
                continue
            characters = self._heard_characters(segment, position_ms)
            heard.append(segment.text[:characters])
            if characters < len(segment.text):
                break
        return _joined(heard)

    def finished(self, reply: int, now_ms: float) -> bool:
        """Whether nothing queued of the reply is still to be heard: a mark behind it came back, or should have."""
        due_ms = self.finish_due_ms(reply)
        return due_ms is None or due_ms <= now_ms

    def finish_due_ms(self, reply: int) -> float | None:
        """When to stop waiting for the marks of the reply; None when all of it is known to be played (or dropped)."""
        ends = [s.end_ms for s in self._segments if s.reply == reply and not s.cut]
        end_ms = max(ends, default=0.0)
        if end_ms <= self._proven_ms:
            return None
        if self._held_ms is not None:
            return self._held_ms + HELD_MOST_MS
        return self._run_began_ms + (end_ms - self._run_offset_ms) + self._mark_grace_ms

    # -- inside -------------------------------------------------------------------------------------------------------

    def _learn(self, now_ms: float) -> None:
        """What was taken for heard stays heard, whatever is learned next."""
        position_ms = self._floor_ms = self.position_ms(now_ms)
        for segment in self._segments:
            segment.heard_characters = self._heard_characters(segment, position_ms)

    def _complete(self, segment: _Segment) -> None:
        """No more audio will come for the newest segment. Without any it was not said."""
        if segment.complete or segment.cut:
            return
        segment.complete = True
        if segment.end_ms <= segment.start_ms:
            self._segments.pop()
        else:
            self._spoken_ms += segment.end_ms - segment.start_ms
            self._spoken_characters += len(segment.text)

    def _clock_ms(self, now_ms: float) -> float:
        return min(self._run_offset_ms + max(0.0, now_ms - self._run_began_ms), self._queued_ms)

    def _clock_end_ms(self) -> float:
        """When the clock will have played everything."""
        return self._run_began_ms + (self._queued_ms - self._run_offset_ms)

    def _length_ms(self, segment: _Segment) -> float:
        known_ms = segment.end_ms - segment.start_ms
        if segment.complete:
            return known_ms
        per_character_ms = FALLBACK_MS_PER_CHARACTER
        if self._spoken_characters and self._spoken_ms:
            per_character_ms = self._spoken_ms / self._spoken_characters
        return max(known_ms * MORE_TO_COME, per_character_ms * len(segment.text))

    def _heard_characters(self, segment: _Segment, position_ms: float) -> int:
        """Characters of the segment's text up to the end of the last word heard."""
        if segment.cut or position_ms <= segment.start_ms:
            return segment.heard_characters
        if segment.complete and segment.end_ms <= position_ms:
            return len(segment.text)
        heard_ms = min(position_ms, segment.end_ms) - segment.start_ms
        reached = int(len(segment.text) * heard_ms / self._length_ms(segment))
        return max(segment.heard_characters, _whole_words(segment.text, reached))

    def _forget(self) -> None:
        replies = {s.reply for s in self._segments}
        while len(replies) > MOST_REPLIES:
            oldest = self._segments[0].reply
            while self._segments and self._segments[0].reply == oldest:
                self._segments.popleft()
            replies.discard(oldest)


def _whole_words(text: str, characters: int) -> int:
    """The largest number of characters, at most `characters`, that ends no word in its middle."""
    if characters >= len(text):
        return len(text)
    while characters > 0 and not text[characters].isspace():
        characters -= 1
    return len(text[:characters].rstrip())


def _joined(texts: list[str]) -> str:
    """Pieces of a text, with a space between two that have none."""
    joined = ""
    for text in texts:
        if joined and text and not joined[-1].isspace() and not text[0].isspace():
            joined += " "
        joined += text
    return joined.strip()
