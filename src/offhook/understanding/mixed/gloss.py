"""A sentence in one language, or in two at once, as the same sentence in the base language.

Values come first: numbers, dates and times are put the way the base language says them and names are kept; words that
the data translate are translated; what remains stands as neutral words that nobody reads. What the sentence wants is
found in the original words, by phrases of the language filed under the same concepts as those of the base language.
Each word of the result knows the place in the text that it came from.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

from offhook.understanding.codes import find_codes
from offhook.understanding.frames import OTHER_TRADE
from offhook.understanding.lexicon import Lexicon
from offhook.understanding.mixed.doubts import besides, find_doubts
from offhook.understanding.mixed.items import Item, Scan
from offhook.understanding.mixed.moving import exchanged, exchanges, led, moves
from offhook.understanding.mixed.negating import answered, negated
from offhook.understanding.mixed.own import held_appointments
from offhook.understanding.mixed.people import find_people
from offhook.understanding.mixed.scanning import ORDINAL_ENDS, Scanner, neutral_words
from offhook.understanding.mixed.speaking import NAME_SLOTS, speaks
from offhook.understanding.mixed.tales import TALE, tells_of_others
from offhook.understanding.mixed.telling import errands, gone_by, over, told
from offhook.understanding.mixed.timing import Timing
from offhook.understanding.mixed.vocabulary import Vocabulary
from offhook.understanding.mixed.withdrawing import outside, withdrawn
from offhook.understanding.phrases import Found, PhraseBook
from offhook.understanding.text import Sentence

_GONE = frozenset(
    {"kia", "kie", "gya", "gyi", "ge", "dia", "die", "li", "hua", "hui", "hue", "aya", "ayi", "bheja", "bheji", "krdi"}
)


@dataclass(slots=True)
class Glossed:
    sentence: Sentence
    concepts: list[Found]
    """Phrases of the language, by the concept that they show; places are those of `sentence`."""
    covered: frozenset[int]
    """Words of `sentence` that such phrases account for."""
    language: str
    """ "hi" in its own letters, "hi-Latn" in Latin ones."""
    untold: list[int] = field(default_factory=list)
    """Verbs that no phrase accounts for: something was said that was not understood."""
    unread: list[int] = field(default_factory=list)
    """Words in the language's own letters that nothing knows: perhaps words of the tenant's."""
    doubts: list[int] = field(default_factory=list)
    """Words that leave it open whether, or which of, the rest is meant."""
    people: list[int] = field(default_factory=list)
    """Those of `doubts` that name other people."""
    rest: list[int] = field(default_factory=list)
    """Words for all that is not put right."""
    headings: frozenset[str] = frozenset()
    """Words that only name the value beside them."""
    keys: tuple[str, ...] = ()
    """The words as they were said, each by what all its spellings have in common."""
    told: list[range] = field(default_factory=list)
    """The clauses that only tell something."""
    errands: list[range] = field(default_factory=list)
    """Those of them that tell where one has to be."""
    past: list[range] = field(default_factory=list)
    """Those of them that tell what is over."""


class Mixture:
    """One language that callers mix into the base language. Immutable once built."""

    def __init__(self, voc: Vocabulary, concepts: PhraseBook, lexicon: Lexicon) -> None:
        self._voc = voc
        self._concepts = concepts
        self._lexicon = lexicon

    @property
    def vocabulary(self) -> Vocabulary:
        return self._voc

    def speaks(self, sentence: Sentence, asked: str | None = None, given: Set[str] = frozenset()) -> bool:
        """Whether the sentence is in this language, wholly or in part; `asked` is what our question asked for, `given`
        are given names of the base language."""
        return speaks(self._voc, self._lexicon, sentence, asked, given)

    def gloss(
        self,
        sentence: Sentence,
        asked: str | None,
        past: bool | None = None,
        *,
        moving: bool = False,
        held: bool = False,
    ) -> Glossed:
        """`past`: on which side of today a day lies that may be on both; None: as the tenses tell. `moving`: an
        appointment is being moved: "ek hafte baad" counts from it. `held`: the caller is known to have one."""
        voc = self._voc
        keys = [voc.key(word) for word in sentence.words]
        native = any(voc.alphabet.native(word) for word in sentence.words)
        scan = Scan(sentence, voc, keys, asked=asked, weekdays=frozenset(self._lexicon.calendar.weekdays))
        canon = [voc.canonical(word) for word in sentence.words]
        if any(word[0].isdecimal() for word in sentence.words):
            for code in find_codes(sentence, self._lexicon.numbers, asked):
                scan.named[code.start] = (code.end, sentence.words[code.start : code.end])
        find_people(scan, asked in NAME_SLOTS)
        taken = [False] * len(keys)
        for start, (end, _) in scan.named.items():
            taken[start:end] = [True] * (end - start)
        for i in range(1, len(keys)):
            # "3rd" takes no spelling of another word with it.
            taken[i] = taken[i] or (scan.words[i] in ORDINAL_ENDS and scan.words[i - 1].isdecimal())
        found = _outermost(self._concepts.find(keys, canon, taken))
        if len(keys) > 1:
            # "ji" is a yes by itself and a courtesy beside anything else.
            found = [one for one in found if one.end - one.start > 1 or keys[one.start] not in voc.titles]
        found.extend(held_appointments(scan))
        if tells_of_others(scan, found):
            found.append(Found(TALE, 0, len(keys)))
        names = {one.name for one in found}
        scan.moving = moving or moves(scan, names, held=held)
        behind = over(scan) if past is None else frozenset[int]()
        items = Scanner(scan, self._lexicon.calendar, self._past(scan) if past is None else past, behind).items()
        verbs = frozenset(item.start for item in items if _is_verb(scan, item))
        telling = told(scan, verbs)
        items, gone = withdrawn(scan, Timing(scan, items).read(), telling)
        found = outside(found, gone)
        items = self._supplemented(negated(items, scan, telling))
        if scan.moving:
            items = exchanged(items) if "do_it" in names and exchanges(scan) else led(items)
        if asked is not None:
            found = answered(items, found)
        return self._flat(scan, items, found, canon, "hi" if native else voc.tag, telling, verbs)

    def _past(self, scan: Scan) -> bool:
        """Whether the sentence speaks of what is over; a wish, an order or a promise looks ahead."""
        voc, gone = self._voc, False
        before = None
        for n, key in enumerate(scan.keys):
            if key in voc.past_marks:
                gone = gone or before is None or before.tense != "infinitive"
            verb = voc.verbs.get(key)
            if verb is not None:
                if verb.tense == "future" or (verb.tense == "imperative" and verb.stem in ("de", "le", "chahiye")):
                    return False
                if verb.tense == "infinitive" and scan.key(n + 1) in voc.present_marks:
                    return False  # "… lagwani hai": still to be done
                gone = gone or key in _GONE
                before = verb
            elif key[0] == "=":
                before = None
        return gone

    def _supplemented(self, items: list[Item]) -> list[Item]:
        voc = self._voc
        said = {word for item in items for word in item.words}
        verbs = {voc.verbs[item.key].stem for item in items if item.kind == "verb"}
        for word, (needed, enough, beside) in voc.supplements.items():
            if word in said and enough.isdisjoint(said) and (not beside or beside & (said | verbs)):
                at = next(n for n, item in enumerate(items) if word in item.words)
                items[at].words = [needed, *items[at].words]
        return items

    # -- the sentence -----------------------------------------------------------------------------------------------

    def _flat(
        self,
        scan: Scan,
        items: list[Item],
        found: list[Found],
        canon: list[str],
        language: str,
        telling: list[range],
        verbs: frozenset[int],
    ) -> Glossed:
        source = scan.sentence
        needed = {i for one in found for i in range(one.start, one.end)}
        own = [i for i, word in enumerate(scan.words) if word not in self._voc.english]
        meant = {i for i in own if any(one.start <= i < one.end and self._holds(one, scan, canon, i) for one in found)}
        made = Sentence(text=source.text, cut=source.cut)
        places: dict[int, list[int]] = {}
        unread: list[int] = []
        for n, item in enumerate(items):
            words = item.words
            if not words:
                genitive = item.key in self._voc.sections["of"] or item.key in self._voc.sections["for"]
                apart = genitive and _between_words(items, n)
                if not apart and self._empty(scan, item) and needed.isdisjoint(range(item.start, item.end)):
                    continue
                words = self._left(scan, item)
            if words[0] == "day" and made.words and made.words[-1].isdecimal():
                words = [",", *words]  # no number of days
            if item.kind == "word" and item.start in meant and words == [scan.words[item.start]]:
                words = neutral_words(scan, item)  # a phrase has it: nothing else is to take it for a name
            start, end = source.starts[item.start], source.ends[max(item.end, item.start + 1) - 1]
            single = len(words) == item.end - item.start
            for k, word in enumerate(words):
                at = len(made.words)
                token = item.start + k if single else item.start
                for origin in (token,) if single else range(item.start, max(item.end, item.start + 1)):
                    places.setdefault(origin, []).append(at)
                made.words.append(word)
                made.starts.append(source.starts[token] if single else start)
                made.ends.append(source.ends[token] if single else end)
                made.glued.append(source.glued[token] if single else word in (":", "th", ".") or words[k - 1] in ":.")
                if single and item.kind == "word" and self._voc.alphabet.native(source.words[token]):
                    unread.append(at)
        concepts, covered = self._mapped(found, places, scan, canon)
        acts = [at for item in items if item.kind == "verb" for at in places.get(item.start, ())]
        untold = [at for at in acts if at not in covered]
        doubts = find_doubts(scan, items, found)
        rest = [at for i, key in enumerate(scan.keys) if key in self._voc.resting for at in places.get(i, ())]
        if scan.asked in ("confirm", "change"):
            doubts.extend(besides(scan, items))
        open_at = [at for item in doubts for at in places.get(item.start, ())[:1]]
        kin = [at for item in doubts if item.key in self._voc.kin for at in places.get(item.start, ())[:1]]
        keys = tuple(key for key in scan.keys if key[:1].isalpha())
        return Glossed(
            sentence=made,
            concepts=concepts,
            covered=covered,
            language=language,
            untold=untold,
            unread=unread,
            doubts=open_at,
            people=kin,
            rest=rest,
            headings=self._voc.headings,
            keys=keys,
            told=_placed(telling, places),
            errands=_placed(errands(scan, telling), places),
            past=_placed(gone_by(scan, telling, verbs), places),
        )

    def _empty(self, scan: Scan, item: Item) -> bool:
        """Whether the item adds nothing to the sentence."""
        if item.key in self._voc.kin:
            return False
        return item.kind in ("small", "limits", "det") or (item.kind == "post" and not self._plain(scan, item))

    def _plain(self, scan: Scan, item: Item) -> bool:
        """A word behind a time that is also one of the base language ("late")."""
        return item.end == item.start + 1 and scan.words[item.start] in self._voc.english

    def _left(self, scan: Scan, item: Item) -> list[str]:
        if item.kind == "post" and self._plain(scan, item):
            return [scan.words[item.start]]
        return neutral_words(scan, item)

    def _holds(self, one: Found, scan: Scan, canon: list[str], i: int) -> bool:
        """Whether the phrase has the word itself and does not only reach over it."""
        return one.name != OTHER_TRADE and self._concepts.holds(one.name, scan.keys[i], canon[i])

    def _mapped(
        self, found: list[Found], places: dict[int, list[int]], scan: Scan, canon: list[str]
    ) -> tuple[list[Found], frozenset[int]]:
        concepts: list[Found] = []
        covered: set[int] = set()
        for one in found:
            at = sorted(place for i in range(one.start, one.end) for place in places.get(i, ()))
            if not at:
                continue
            concepts.append(Found(one.name, at[0], at[-1] + 1))
            for i in range(one.start, one.end):
                if self._holds(one, scan, canon, i):
                    covered.update(places.get(i, ()))
        return concepts, frozenset(covered)


_SIDE = frozenset({"doubt", "query", "question", "ask_if", "car", "left_car", "appointment"})
"""Concepts that add to a longer phrase around them and do not compete with it."""


_SHADES = frozenset({"unwanted", "soft_no", "clear_yes"})
"""Concepts that say how a yes or a no is meant, and leave it one."""


def _outermost(found: list[Found]) -> list[Found]:
    """What is said by a longer phrase is not said by the shorter one within ("nahi" in "thanda nahi kar raha")."""
    if len(found) < 2:
        return found
    kept = []
    for one in found:
        inside = one.name not in _SIDE and any(
            other.start <= one.start
            and one.end <= other.end
            and other.end - other.start > one.end - one.start
            and other.name != one.name
            and other.name not in _SIDE
            and other.name not in _SHADES
            for other in found
        )
        if not inside:
            kept.append(one)
    return kept


def _between_words(items: list[Item], n: int) -> bool:
    """Whether a genitive stands between two things: they are two ("servicing ka appointment")."""
    return 0 < n < len(items) - 1 and items[n - 1].kind == items[n + 1].kind == "word"


def load_words(voc: Vocabulary, phrases: dict[str, list[str]], lexicon: Lexicon) -> Mixture:
    """A mixture with these phrases by concept."""
    every = {name: [form for text in texts for form in voc.expanded(text)] for name, texts in phrases.items()}
    return Mixture(voc, PhraseBook(every, key=voc.canonical, exact=voc.key), lexicon)


def _is_verb(scan: Scan, item: Item) -> bool:
    single = item.end == item.start + 1 and scan.keys[item.start] in scan.voc.verbs
    return single and item.kind in ("verb", "word")


def _placed(clauses: list[range], places: dict[int, list[int]]) -> list[range]:
    """The clauses by the tokens that they became."""
    spans = [[at for i in clause for at in places.get(i, ())] for clause in clauses]
    return [range(min(span), max(span) + 1) for span in spans if span]
