"""Frames: what a sentence must, may and must not contain to mean an intent. All of it comes from data files.

    concepts:
      cancel: [cancel, call off]
    frames:
      - intent: appointment.cancel
        any: [cancel appointment, cancel @when]     # alternatives; each names concepts, or @values, all needed
        forbid: [price]
        slots: [date]                               # values of the clause that the intent takes
        set: {…}                                    # slots with a fixed value
        examples: {match: […], reject: […]}         # every one is a test

`@only_huh` is there where all words of the sentence belong to the concept `huh`: "what?", not "what time?".

An alternative ending in `!` holds only where the sentence has no other content ("book … tomorrow" is ours, "book a
table tomorrow" is not); one ending in `~` where there is hardly any other. `weight` decides between frames that hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from offhook.contracts.conversation import SlotValue
from offhook.understanding.datafile import Data

OTHER_TRADE = "offdomain"
"""The concept of words that belong to other trades: known, and still foreign to this one."""
_HARDLY = 1 / 8
"""The part of a clause that may be foreign words where hardly any other content is allowed."""
_ENTITIES = frozenset({"@appointment", "@service", "@services", "@model", "@vin", "@reg_no"})


@dataclass(frozen=True, slots=True)
class Alternative:
    needs: tuple[str, ...]
    tolerance: float
    """How much of the clause may be foreign words: 0 none, 1 all."""


@dataclass(frozen=True, slots=True)
class Frame:
    intent: str
    alternatives: tuple[Alternative, ...]
    forbid: frozenset[str]
    likes: tuple[str, ...]
    slots: frozenset[str]
    fixed: dict[str, SlotValue]
    weight: float
    own: bool = False
    """Of the trade, not an act of any talk: words of other trades veto it, unless it names a thing of the tenant's, or
    is said to hold `anywhere`."""
    match: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    frame: Frame
    alternative: Alternative
    score: float


@dataclass(slots=True)
class FrameSet:
    frames: tuple[Frame, ...]
    concepts: dict[str, tuple[str, ...]]
    weights: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_need: dict[str, list[tuple[Frame, Alternative]]] = {}
        self._places = {id(frame): place for place, frame in enumerate(self.frames)}
        for frame in self.frames:
            for alternative in frame.alternatives:
                rarest = max(
                    alternative.needs, key=lambda need: (self.weights.get(need, 1.0), not need.startswith("@"))
                )
                self._by_need.setdefault(rarest, []).append((frame, alternative))

    _by_need: dict[str, list[tuple[Frame, Alternative]]] = field(default_factory=dict, init=False)
    _places: dict[int, int] = field(default_factory=dict, init=False)

    def matches(self, present: frozenset[str], foreign: int, words: int) -> list[Match]:
        """Every frame that holds, the best first, each with its best alternative; of equals the first of the files.

        Args:
            present: concepts, and `@value` names, that the clause contains.
            foreign: content words of the clause that belong to nothing we know.
            words: all words of the clause.
        """
        best: dict[int, Match] = {}
        other_trade = OTHER_TRADE in present
        for need in present:
            for frame, alternative in self._by_need.get(need, ()):
                if foreign > alternative.tolerance * words:
                    continue
                if frame.own and other_trade and _ENTITIES.isdisjoint(alternative.needs):
                    continue
                if not present.issuperset(alternative.needs) or not present.isdisjoint(frame.forbid):
                    continue
                score = frame.weight + sum(self.weights.get(part, 1.0) for part in alternative.needs)
                score += 0.25 * sum(1 for like in frame.likes if like in present)
                known = best.get(id(frame))
                if known is None or (-score, alternative.needs) < (-known.score, known.alternative.needs):
                    best[id(frame)] = Match(frame, alternative, score)
        places = self._places
        return sorted(best.values(), key=lambda match: (-match.score, match.frame.intent, places[id(match.frame)]))


def read_frames(acts: Data, *trade: Data) -> FrameSet:
    """Concepts and frames of several data files as one set: the acts of any talk, and those of the trade.

    Raises ValueError naming what a file gets wrong.
    """
    concepts: dict[str, tuple[str, ...]] = {}
    frames: list[Frame] = []
    weights: dict[str, float] = {}
    for source in (acts, *trade):
        for name, phrases in cast("dict[str, list[object]]", source.get("concepts", {})).items():
            concepts[name] = (*concepts.get(name, ()), *(str(phrase) for phrase in phrases))
        weights.update(
            {name: float(str(w)) for name, w in cast("dict[str, object]", source.get("weights", {})).items()}
        )
        frames.extend(
            _frame(cast("Mapping[str, object]", row), source is not acts)
            for row in cast("list[object]", source.get("frames", []))
        )
    known = set(concepts)
    for frame in frames:
        used = (
            {need for alternative in frame.alternatives for need in alternative.needs} | frame.forbid | set(frame.likes)
        )
        unknown = sorted(name for name in used if not name.startswith("@") and name not in known)
        if unknown:
            raise ValueError(f"Frame {frame.intent} names concepts that no file defines: {', '.join(unknown)}.")
    return FrameSet(tuple(frames), concepts, weights)


def _frame(row: Mapping[str, object], own: bool) -> Frame:
    examples = cast("Mapping[str, list[object]]", row.get("examples", {}))
    return Frame(
        intent=str(row["intent"]),
        alternatives=tuple(_alternative(str(text)) for text in cast("list[object]", row["any"])),
        forbid=frozenset(str(name) for name in cast("list[object]", row.get("forbid", []))),
        likes=tuple(str(name) for name in cast("list[object]", row.get("likes", []))),
        slots=frozenset(str(name) for name in cast("list[object]", row.get("slots", []))),
        fixed=dict(cast("dict[str, SlotValue]", row.get("set", {}))),
        weight=float(str(row.get("weight", 0))),
        own=own and not row.get("anywhere"),
        match=tuple(str(text) for text in examples.get("match", [])),
        reject=tuple(str(text) for text in examples.get("reject", [])),
    )


def _alternative(text: str) -> Alternative:
    tolerance = 0.0 if text.endswith("!") else _HARDLY if text.endswith("~") else 1.0
    needs = tuple(text.rstrip("!~").split())
    if not needs:
        raise ValueError("A frame has an empty alternative.")
    return Alternative(needs, tolerance)
