"""How an action is spoken of: wished for, refused, only supposed, told of others, already done.

"Don't cancel", "if I cancelled", "my wife said cancel" and "I cancelled" hold the same word as "cancel it" and ask
for nothing. A refused action becomes the concept `refused`, one that is over `already`; what is only supposed or told
leaves the intent and a doubt, on which nothing is carried out before a question. Words alone decide, within a few
tokens of the action: no sentence is parsed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from offhook.understanding.datafile import load_data, phrases_of, words_of
from offhook.understanding.phrases import Found
from offhook.understanding.text import Sentence

REFUSED, ALREADY, YES, DOUBT = "refused", "already", "yes", "doubt"
UNWANTED = "unwanted"
"""The concept of words that refuse the service named behind them: "I don't want an oil change". It is present only in
a clause that wants no other service instead."""
SPARED = "spared"
"""The concept of an action that is refused beside another one that is wished for."""
CANCEL, ELSEWHERE = "cancel", "moves_else"
_REACH = 7
"""How many words before an action may still speak of it."""


@dataclass(frozen=True, slots=True)
class ModalWords:
    sets: dict[str, frozenset[str]]
    questions: tuple[tuple[str, ...], ...]
    take_backs: dict[str, tuple[tuple[str, ...], ...]]
    """By their last word."""
    plain_questions: tuple[tuple[str, ...], ...]
    doubts: dict[str, tuple[tuple[str, ...], ...]]
    """By their first word."""


_SETS = (
    *("negators", "no_refusal_behind", "refusing_path", "suppositions", "supposing_path", "polite", "tellers"),
    *(
        "own",
        "kindly_behind",
        "modals",
        "telling_ends",
        "doers",
        "pasts",
        "having",
        "after_take_back",
        "dangling",
        "not_dangling_behind",
        "wishing",
        "before_yes",
        "bare_yes",
        "plain",
        "plain_concepts",
        "plain_if",
        "asking",
        "neither",
        "against",
        "leading",
    ),
)


def load_modality(folder: Path) -> ModalWords:
    """The words of one language; a language without the file speaks of actions plainly."""
    path = folder / "modality.yaml"
    data = load_data(path) if path.exists() else {}
    return ModalWords(
        sets={name: words_of(data, name) for name in _SETS},
        questions=phrases_of(data, "open_questions"),
        plain_questions=phrases_of(data, "plain_questions"),
        doubts=_by_word(phrases_of(data, "doubts"), 0),
        take_backs=_by_word(phrases_of(data, "take_backs"), -1),
    )


@dataclass(frozen=True, slots=True)
class Mood:
    """How a sentence speaks of its actions."""

    concepts: list[Found]
    doubtful: frozenset[int]
    """Tokens where something begins that is only supposed, told of others or had already."""
    opens: frozenset[int] = frozenset()
    """Where the sentence leaves it open that anything is wished for ("I might …")."""
    taken_back: bool = False
    unfinished: bool = False

    @property
    def open(self) -> bool:
        return bool(self.opens)


@dataclass(frozen=True, slots=True)
class MoodReader:
    sentence: Sentence
    words: ModalWords

    def read(self, concepts: Sequence[Found], actions: frozenset[str], things: Iterable[int]) -> Mood:
        """`things`: where services or models are named, which may be spoken of without any verb."""
        kept: list[Found] = []
        refused: list[Found] = []
        doubtful: set[int] = set()
        for found in concepts:
            if found.name == YES and self._only_named(found.start) and not _within_yes(found, concepts):
                kept.append(Found(DOUBT, found.start, found.end))
                continue
            if found.name not in actions:
                kept.append(found)
                continue
            if found.name != CANCEL and self._within_giving_up(found, concepts):
                continue
            if self._over(found):
                if any(one.name == ELSEWHERE and one.start <= found.start < one.end for one in concepts):
                    continue  # "my shift moved to nights"
                kept.append(Found(ALREADY, found.start, found.end))
            elif self._refused(found.start):
                refused.append(found)
            else:
                kept.append(found)
                if self._supposed(found.start) or self._told(found.start) or self._finished(found.start):
                    doubtful.add(found.start)
        wished = [found for found in kept if found.name in actions and found.start not in doubtful]
        spared = any(self._instead(found, refused) for found in wished)
        kept.extend(Found(SPARED if spared else REFUSED, found.start, found.end) for found in refused)
        doubtful.update(at for at in things if self._supposed(at) or self._told(at) or self._had(at))
        return Mood(
            kept,
            frozenset(doubtful),
            opens=self._opens(),
            taken_back=self._taken_back(),
            unfinished=self._unfinished(),
        )

    def _opens(self) -> frozenset[int]:
        s = self.sentence
        doubts = self.words.doubts
        return frozenset(
            i
            for i, word in enumerate(s.words)
            for phrase in doubts.get(word, ())
            if s.has(phrase, i) and not self._polite_at(i, i + len(phrase))
        )

    def _polite_at(self, start: int, end: int) -> bool:
        """ "you would have to collect it", "if you might", "if I may": a way to ask, and no doubt."""
        s = self.sentence
        if s.word(end - 1) == "have":
            return s.word(end) == "to"
        if s.word(end - 1) == "might":
            asks = s.word(end) in ("i", "we", "you", "somebody", "someone") and s.word(start - 1) in ("", ".", "!", ",")
            return asks or s.word(start - 1) == "you"
        return s.word(end - 1) == "may" and s.word(start - 1) == "if" and s.word(end) in ("", ".", "ask")

    def _finished(self, at: int) -> bool:
        """ "an oil change … booked", where nothing before it wishes."""
        s, wishing = self.sentence, self.words.sets["wishing"]
        return s.word(at).endswith("ed") and len(s.word(at)) > 4 and wishing.isdisjoint(s.words[:at])

    def _only_named(self, at: int) -> bool:
        """ "she said yes", "would yes be okay", "before you book it": a yes that is spoken of and not given."""
        sets = self.words.sets
        if self.sentence.word(at) in sets["bare_yes"] and self.sentence.word(at - 1) in sets["before_yes"]:
            return True
        told = self._told(at) and not self._of_ours(at)
        return at > 0 and (told or self._supposed(at) or self._refused(at))

    def _of_ours(self, at: int) -> bool:
        """ "everything you said is correct": we are the tellers."""
        words = self.sentence.words[:at]
        return any(words[i] == "you" and words[i + 1] in self.words.sets["tellers"] for i in range(len(words) - 1))

    def _refused(self, at: int) -> bool:
        sets, s = self.words.sets, self.sentence
        participle = s.word(at).endswith("ed")
        for i in range(at - 1, max(-1, at - 1 - _REACH), -1):
            word = s.word(i)
            if word in sets["negators"]:
                return s.word(i - 1) not in sets["no_refusal_behind"] and s.word(i - 2) != "why"
            if word not in sets["refusing_path"] and not (participle and word == "it"):
                return False
        return False

    def _within_giving_up(self, found: Found, concepts: Sequence[Found]) -> bool:
        """ "not coming in on Friday", "don't want the test drive anymore": what is refused is what is given up."""
        refusing = (at for at in range(max(0, found.start - _REACH), found.start))
        negators = [at for at in refusing if self.sentence.words[at] in self.words.sets["negators"]]
        return any(
            one.name == CANCEL and any(one.start <= at < one.end for at in negators) and found.start < one.end
            for one in concepts
        )

    def _instead(self, wished: Found, refused: Sequence[Found]) -> bool:
        """ "Don't cancel it, can I come earlier?": something else is wished for behind what is refused."""
        if not refused or any(found.name == wished.name for found in refused):
            return False
        last = max(found.end for found in refused)
        return wished.start >= last and self.words.sets["neither"].isdisjoint(self.sentence.words[last : wished.start])

    def _over(self, found: Found) -> bool:
        """ "I booked", "it was moved", "my wife has cancelled"; not "I need it booked"."""
        s, sets = self.sentence, self.words.sets
        verb = s.word(found.start)
        if not (verb.endswith("ed") and len(verb) > 4) and verb not in sets["pasts"]:
            return False
        before, earlier = s.word(found.start - 1), s.word(found.start - 2)
        if earlier in sets["suppositions"]:
            return False
        if before not in sets["doers"] or (before == "it" and earlier not in ("", "and")):
            return False
        if before == "that" and earlier in sets["wishing"]:
            return False
        return verb not in sets["pasts"] or earlier not in sets["modals"]

    def _supposed(self, at: int) -> bool:
        sets, s = self.words.sets, self.sentence
        for phrase in self.words.questions:
            if s.has(phrase, at - len(phrase)) or s.has(phrase, at - len(phrase) - 1):
                return True
        for i in range(at - 1, max(-1, at - 1 - _REACH), -1):
            word = s.word(i)
            if word == "if" and s.word(i - 1) in sets["kindly_behind"]:
                return False
            if word in sets["suppositions"]:
                return word != "how" or s.word(i + 1) in ("do", "would", "to")
            if word in sets["polite"]:
                return s.has(("what", "if"), i - 3) or s.has(("what", "if"), i - 2)
            if word not in sets["supposing_path"]:
                return False
        return False

    def _told(self, at: int) -> bool:
        sets, s = self.words.sets, self.sentence
        for i in range(at - 1, max(-1, at - 1 - _REACH), -1):
            word = s.word(i)
            if word in sets["telling_ends"]:
                return False
            if word in sets["tellers"]:
                return not any(before in sets["own"] for before in s.words[max(0, i - 2) : i])
        return False

    def _had(self, at: int) -> bool:
        """ "I had an oil change on Friday", "the oil change was on Friday", "his oil change is on Friday"."""
        s, sets = self.sentence, self.words.sets
        before = [word for word in s.words[max(0, at - 3) : at] if word not in ("a", "an", "the", "my", "his", "her")]
        return bool(before) and before[-1] in sets["having"]

    def _taken_back(self) -> bool:
        """Whether the sentence ends by taking back what it said: "… at ten, no, never mind"."""
        s, last = self.sentence, len(self.sentence)
        while last > 0 and (s.word(last - 1) in self.words.sets["after_take_back"] or s.word(last - 1) == "."):
            if self._take_back_ends(last):
                break
            last -= 1
        return self._take_back_ends(last)

    def _take_back_ends(self, last: int) -> bool:
        """Whether the tokens before `last`, and behind something else, take back what was said."""
        s = self.sentence
        phrases = self.words.take_backs.get(s.word(last - 1), ())
        return any(last - len(phrase) > 0 and s.has(phrase, last - len(phrase)) for phrase in phrases)

    def _unfinished(self) -> bool:
        """Whether the last word leads to something that was not said; "on" of "the light came on" does not."""
        s, sets = self.sentence, self.words.sets
        last = len(s) - 1
        return s.word(last) in sets["dangling"] and not (
            s.word(last) == "on" and s.word(last - 1) in sets["not_dangling_behind"]
        )


def _by_word(phrases: Iterable[tuple[str, ...]], place: int) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in phrases:
        found[phrase[place]] = (*found.get(phrase[place], ()), phrase)
    return found


def _within_yes(found: Found, concepts: Sequence[Found]) -> bool:
    """Whether a longer yes holds this one ("that is right")."""
    return any(
        one.name == YES and one.start <= found.start and found.end <= one.end and one[1:] != found[1:]
        for one in concepts
    )


def beside_the_wish(
    sentence: Sentence, words: ModalWords, concepts: Iterable[Found], covered: Sequence[bool]
) -> list[int]:
    """The tokens that belong to no plain wish: words of none, and one that makes a question of the whole.

    Args:
        covered: tokens that belong to values.
    """
    sets = words.sets
    known = list(covered)
    for found in concepts:
        if found.name in sets["plain_concepts"]:
            known[found.start : found.end] = [True] * (found.end - found.start)
    words_said = sentence.words
    first = next((i for i, word in enumerate(words_said) if not _leads(words_said, i, sets["leading"])), 0)
    asks = sentence.word(first) in sets["asking"] and not covered[first]
    if asks and not any(sentence.has(phrase, first) for phrase in words.plain_questions):
        return [first]
    return [
        i
        for i, word in enumerate(sentence.words)
        if (word == "if" and sentence.word(i + 1) not in sets["plain_if"])
        or (not known[i] and word[0].isalnum() and word not in sets["plain"])
    ]


def turns(sentence: Sentence, words: ModalWords, i: int) -> bool:
    """Whether a token can turn a wish into none: a negation, a condition, a question, somebody else who tells of it."""
    word, sets = sentence.word(i), words.sets
    kinds = ("negators", "suppositions", "tellers", "asking", "having")
    return word[0].isdecimal() or word in sets["against"] or any(word in sets[kind] for kind in kinds)


def denies(sentence: Sentence, words: ModalWords, i: int) -> bool:
    """Whether a token can make nothing of a wish, however plain the rest is: "nobody wants a wash"."""
    word, sets = sentence.word(i), words.sets
    return word in sets["negators"] or word in sets["against"]


def _leads(words: Sequence[str], i: int, leading: frozenset[str]) -> bool:
    return words[i] in leading or (words[i] == "there" and words[i - 1 : i] in (["hi"], ["hello"], ["hey"]))
