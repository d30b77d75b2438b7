"""What has been dictated so far: digits and letters as they are said, one by one, in pairs or doubled. Only counted
here, to know whether more must follow; reading the value is understanding's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offhook.turns.words import Words
from offhook.turns.words import words as known_words


@dataclass(frozen=True, slots=True)
class Spelled:
    characters: str
    """Every digit and single letter, in order."""
    run: str
    """Those at the very end, with no other word between."""
    spelled_words: int
    """How many words they took."""
    single_digits: int
    """How many of the last words are digits said one by one ("five", "0")."""

    @property
    def digits(self) -> int:
        return sum(c.isdigit() for c in self.characters)


def spelled(words: Sequence[str]) -> Spelled:
    """Digits and letters in folded `words`: "double five two o" -> 5520, "98765" as it stands, "thirty two" 32."""
    known = known_words()
    characters = ""
    run = ""
    count = singles = 0
    times = 1
    tens = ""
    for at, word in enumerate(words):
        if word in known.times:
            times, count = int(known.times[word]), count + 1
            continue
        if tens and known.digits.get(word, "0") != "0":
            # "thirty two": the two takes the place of the zero.
            run, characters = run[:-1], characters[:-1]
        said = _characters(word, known)
        if said and _ambiguous(word, known) and not (times > 1 or run[-1:].isdigit() or _digit_at(words, at + 1)):
            said = ""
        singles = singles + 1 if len(said) == 1 and said.isdigit() and not tens else 0
        tens = known.tens.get(word, "")
        if said:
            characters += said * times
            run += said * times
            count += 1
        else:
            run = ""
        times = 1
    return Spelled(characters, run, count, singles)


def _ambiguous(word: str, known: Words) -> bool:
    return word in known.ambiguous_digits or word in known.ambiguous_pairs


def _digit_at(words: Sequence[str], at: int) -> bool:
    known = known_words()
    return at < len(words) and (
        words[at].isdecimal() or words[at] in known.digits or (words[at] in known.pairs and len(words[at]) > 1)
    )


def _characters(word: str, known: Words) -> str:
    if word.isdecimal():
        return word
    if word in known.digits:
        return known.digits[word]
    if word in known.pairs:
        return known.pairs[word]
    if word in known.tens:
        return known.tens[word] + "0"
    if len(word) == 1 and word.isalpha():
        return word
    if any(c.isdigit() for c in word) and word.isalnum():
        return word
    return ""
