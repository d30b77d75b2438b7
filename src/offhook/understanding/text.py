"""From a typed or recognised line to arrays of words, each with its place in the original text.

One linear pass, no backtracking over the sentence. Letters and digits are separate tokens ("10am" is `10`, `am`), so
that readers of times, dates and codes see the same pieces however they were written; `glued` says which pieces touch.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from offhook.understanding.lexicon import Lexicon

NEUTRAL = "~"
"""Begins a word that is kept for its place alone: no reader takes it for a word of its language."""
MAX_WORDS = 300
"""What is read of a line. Nobody says more in one turn; a line that is longer is not acted upon (`Sentence.cut`)."""

_LETTER = "(?:[^\\W\\d_]|[\u0900-\u0963\u0970-\u097f])"
# "b4" and "2moro" are words of typed English (before, tomorrow); any other digit begins a token of its own.
_TOKEN = re.compile(
    f"\\bb4\\b(?=\\s)|\\b2(?:moro|morrow|mrw|day|nite|night)\\b|{_LETTER}(?:['’`]?{_LETTER})*|\\d+|[^\\w\\s]"
)
_QUIET = frozenset("\"“”‘’'`!¡…*~^|\\<>[]{}=;")
_PICTURES = frozenset({"So", "Sk"})
"""Emoji and their modifiers say nothing that could be booked."""
_SPELLING_LEADS = (("as", "in"), ("like", "in"), ("for",), ("as",), ("like",))
"""Between a letter and the word that tells which it is."""
_HOURS = frozenset(
    {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirty"}
)
_BREAK = frozenset(".?!;।")


@dataclass(slots=True)
class Sentence:
    """`words[i]` is lower case and normalised; it came from `text[starts[i]:ends[i]]`."""

    text: str
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    glued: list[bool] = field(default_factory=list)
    """Whether the token touches the one before it."""
    cut: bool = False
    """Whether the line has more words than were read."""

    def __len__(self) -> int:
        return len(self.words)

    def word(self, i: int) -> str:
        """The word at `i`, "" outside the sentence."""
        return self.words[i] if 0 <= i < len(self.words) else ""

    def said(self, start: int, end: int) -> str:
        """The original text of tokens [start, end)."""
        return self.text[self.starts[start] : self.ends[end - 1]] if start < end else ""

    def pauses(self, i: int) -> bool:
        """Whether a comma stands before the token `i` (commas between words are no tokens)."""
        return 0 < i < len(self.words) and "," in self.text[self.ends[i - 1] : self.starts[i]]

    def has(self, phrase: tuple[str, ...], at: int) -> bool:
        return self.words[at : at + len(phrase)] == list(phrase) if at >= 0 else False


def read(text: str, lexicon: Lexicon) -> Sentence:
    """Split, normalise and expand one line. Never fails; control characters count as blanks."""
    sentence = Sentence(text=text)
    last_end = -1
    weekdays = lexicon.calendar.weekdays
    for match in _TOKEN.finditer(text):
        if len(sentence) >= MAX_WORDS:
            sentence.cut = True
            break
        raw, start, end = match.group(), match.start(), match.end()
        word = raw.lower() if raw.isascii() else _plain(raw)
        word = word.replace("’", "'").replace("`", "'")
        if word in _QUIET or not word.isprintable() or unicodedata.category(word[0]) in _PICTURES:
            continue
        if word in _BREAK:
            word = "."
        elif (
            word in ",-"
            and not _between_digits(text, start, end)
            and (word == "," or (_inside_word(text, start, end) and sentence.word(len(sentence) - 1) not in weekdays))
        ):
            continue
        _add(sentence, word, start, end, start == last_end, lexicon)
        last_end = end
    while sentence.words and sentence.words[-1] == "." and not _abbreviated(sentence):
        _replace(sentence, len(sentence) - 1, len(sentence), ())
    _drop_spelling_words(sentence)
    _expand_guarded(sentence, lexicon)
    _join_meridiem(sentence)
    return sentence


def _plain(raw: str) -> str:
    """One written form for each word: no full-width letters, European digits; "¼" stays as it is."""
    if raw.isdecimal():
        return "".join(str(int(digit)) for digit in raw)
    word = unicodedata.normalize("NFKC", raw).casefold()
    return raw.casefold() if any(char.isnumeric() for char in word) else word


def _between_digits(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start].isdigit() and text[end : end + 1].isdigit()


def _inside_word(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start].isalpha() and text[end : end + 1].isalpha()


def _abbreviated(sentence: Sentence) -> bool:
    return sentence.word(len(sentence) - 2) == "m" and sentence.word(len(sentence) - 3) == "."


def _in_plate(text: str, before: str, end: int) -> bool:
    """Whether letters stand between the digits of a registration ("KA 05 HM 1234")."""
    return before.isdecimal() and text[end : end + 6].strip(" -")[:4].isdecimal() and len(text[end:].strip(" -")) > 3


def _add(sentence: Sentence, word: str, start: int, end: int, glued: bool, lexicon: Lexicon) -> None:
    last = sentence.word(len(sentence) - 1)
    if (word in lexicon.hesitations and not _in_plate(sentence.text, last, end)) or (
        word in lexicon.plural_you and last == "you"
    ):
        return
    expansion = lexicon.contractions.get(word)
    if expansion is None:
        if word.endswith("'s"):
            word = word[:-2]
        elif "'" in word and word[0] != "o":
            word = word.replace("'", "")
        expansion = lexicon.contractions.get(word)
    if expansion is None:
        number = word in lexicon.numbers.units or word in lexicon.numbers.digit_words or word in lexicon.doubled
        same = bool(sentence.words) and sentence.words[-1] == word
        stutter = same and len(word) > 1 and word in lexicon.function_words and not number
        if (
            word in ("an", "the")
            and sentence.word(len(sentence) - 1) == "a"
            and len(sentence.word(len(sentence) - 2)) > 1
        ):
            _replace(sentence, len(sentence) - 1, len(sentence), ())  # "a an appointment"
        if not stutter:
            _append(sentence, word, start, end, glued)
        return
    for part in expansion:
        _append(sentence, part, start, end, glued)
        glued = False


def _append(sentence: Sentence, word: str, start: int, end: int, glued: bool) -> None:
    sentence.words.append(word)
    sentence.starts.append(start)
    sentence.ends.append(end)
    sentence.glued.append(glued)


def _expand_guarded(sentence: Sentence, lexicon: Lexicon) -> None:
    for i in range(len(sentence) - 1, -1, -1):
        rule = lexicon.guarded.get(sentence.words[i])
        if rule is not None and _in_spelling(sentence.words, i, lexicon):
            continue
        if rule is not None and (sentence.word(i + 1) in rule[0] or sentence.word(i - 1) in rule[1]):
            _replace(sentence, i, i + 1, rule[2])


def _in_spelling(words: list[str], i: int, lexicon: Lexicon) -> bool:
    """Whether a letter stands among letters and digits: "w a r u n" is spelled, "how r u" is not."""
    near = (*words[max(i - 2, 0) : i], *words[i + 1 : i + 3])
    return len(words[i]) == 1 and sum(_is_spelled(word, lexicon) for word in near) >= 2


def _is_spelled(word: str, lexicon: Lexicon) -> bool:
    numbers = lexicon.numbers
    return (len(word) == 1 and word.isalnum()) or word in numbers.digit_words or word in numbers.units


def _drop_spelling_words(sentence: Sentence) -> None:
    """ "b as in boy", "m for Mary" among letters: the letter alone."""
    for i in range(len(sentence) - 2, -1, -1):
        letter = sentence.words[i]
        if len(letter) != 1 or not letter.isalpha():
            continue
        lead = next((lead for lead in _SPELLING_LEADS if sentence.has(lead, i + 1)), None)
        if lead is None:
            continue
        end = i + 1 + len(lead)
        named = sentence.word(end)
        among = len(lead) > 1 or any(_letter_or_digit(sentence.word(at)) for at in (i - 1, end + 1))
        if len(named) > 2 and named[0] == letter and among:
            _replace(sentence, i, end + 1, (letter,))


def _letter_or_digit(word: str) -> bool:
    return len(word) == 1 and word.isalnum()


def _join_meridiem(sentence: Sentence) -> None:
    """ "a m", "a.m." and "p. m." become one word, where a number or a clock word can stand before them."""
    for i in range(len(sentence) - 1, -1, -1):
        before = sentence.word(i - 1)
        if sentence.words[i] not in ("a", "p") or (len(before) == 1 and before.isalpha()):
            continue  # "k a m a l" spells a name
        m = i + 2 if sentence.word(i + 1) == "." else i + 1
        if sentence.word(m) != "m":
            continue
        end = m + 1
        after = sentence.word(end)
        if len(after) == 1 and after.isalpha() and after not in "ai" and not _tells_hour(before):
            continue  # "amy a m y"
        if sentence.word(end) == "." and sentence.glued[end]:
            end += 1
        _replace(sentence, i, end, (sentence.words[i] + "m",))


def _tells_hour(word: str) -> bool:
    return word[:1].isdecimal() or word in _HOURS


def _replace(sentence: Sentence, start: int, end: int, words: tuple[str, ...]) -> None:
    first, last, glued = sentence.starts[start], sentence.ends[end - 1], sentence.glued[start]
    count = len(words)
    sentence.words[start:end] = words
    sentence.starts[start:end] = [first] * count
    sentence.ends[start:end] = [last] * count
    sentence.glued[start:end] = ([glued] + [False] * (count - 1))[:count]
