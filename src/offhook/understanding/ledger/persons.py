"""The customers in a sentence, each with a part: who gave (ne), to whom (ko), from whom (se), whose (ka).

Names are often numbers, days or ordinary words (Das, Lakhan, Mangal, Sau): such a word is a name where the words
around it make it one ("Das ne", "Das ji", "from Das") and no number begins with it. A customer's name wins over an
unknown one, and a real name that is not on the list is nobody's misspelling.
"""

from __future__ import annotations

from dataclasses import dataclass

from offhook.understanding.ledger.directory import Directory, Named, heard, resolved, words_in
from offhook.understanding.ledger.goods import GoodsIndex
from offhook.understanding.ledger.near import ending
from offhook.understanding.ledger.parts import (
    after_titles,
    is_real,
    linked,
    pronoun_at,
    role_behind,
    role_in_english,
    starts_number,
    summed,
)
from offhook.understanding.ledger.persons_settled import settle_persons
from offhook.understanding.ledger.spans import Person, Scan

_LONGEST = 4
_OF_SOMEBODY = ("balance", "baaki", "udhaar")
_HAS = frozenset({"did", "has", "does"})
_WHERE = frozenset({"kahan", "kahaan", "kaha", "kahaa", "kahon"})
"""The question where, which sounds like Khan ("Ganga kahan se nikalti hai")."""
_TWO_NAMES = 6


@dataclass(frozen=True, slots=True)
class PersonFinder:
    customers: Directory
    goods: GoodsIndex
    asked: bool = False
    """Whether the line answers our question for a name."""

    def find(self, scan: Scan) -> None:
        """Fill `scan.persons`, in order."""
        i, size = 0, len(scan)
        while i < size:
            person = None if scan.taken[i] else self._at(scan, i)
            if person is None:
                i += 1
                continue
            scan.persons.append(person)
            scan.take(person.start, person.close)
            i = max(person.close, i + 1)
        self._days(scan)
        settle_persons(scan)

    def _days(self, scan: Scan) -> None:
        """ "mangal ko Mangal ne …": a word for a day is one where somebody else plays a part."""
        for person in [one for one in scan.persons if one.end == one.start + 1 and one.role == "goal"]:
            entry = scan.language.voc.at(scan.keys, person.start, person.end)
            others = any(one is not person and not one.pronoun and one.role != "bare" for one in scan.persons)
            others = others and not self._instead(scan, person.start)
            if entry is not None and entry[0].kind in ("weekdays", "months") and others:
                scan.persons.remove(person)
                scan.taken[person.start : person.close] = [False] * (person.close - person.start)

    def _at(self, scan: Scan, i: int) -> Person | None:
        persons = scan.language.persons
        pronoun = persons.written.get(scan.latin(i)) or persons.pronouns.get(scan.keys[i])
        if pronoun is not None:
            return pronoun_at(scan, i, pronoun)
        keys, end, near = self._extent(scan, i)
        if not keys:
            return self._unknown(scan, i)
        entries = self.customers.entries(keys)
        named = resolved(self.customers, keys, entries) if not near or near == "same" else None
        if named is None:
            named = Named(None, tuple(sorted(self.customers.named(self.customers.entries([keys[0]])))), near=True)
        if named.name is not None and not near and self._loose(scan, i, end, named.name):
            named = Named(None, (named.name,), near=True)
        following = end if scan.key(end) == scan.keys[i] else self._stranger(scan, end)
        if following > end:
            return self._made(scan, i, following, None)
        return self._made(scan, i, end, named)

    # -- how far a name goes --------------------------------------------------------------------------------------

    def _extent(self, scan: Scan, i: int) -> tuple[list[str], int, str]:
        """(keys of the customer's words, end, how: "" exact, "same", "near"); no keys when there is no customer."""
        first, how = self._known(scan, i)
        if (first is None or how == "near") and (both := self._joined(scan, i)):
            return both, i + 1, ""
        if first is None or how == "near":
            if pair := self._loosely(scan, i):
                return pair, i + 2, ""
        elif pair := self._loosely(scan, i, last=True):
            return pair, i + 2, ""
        if first is None or (self._ordinary(scan, i) and not self._whole(scan, first, i)):
            return [], i, ""
        if scan.latin(i) in _WHERE and scan.words[i] not in self.customers.spelled:
            return [], i, ""
        keys, end = [first], i + 1
        while end < len(scan) and end - i < _LONGEST and not scan.taken[end]:
            if starts_number(scan, end) and not (self._ends_name(scan, end) or self._uncounted(scan, keys, end)):
                break
            following, how_too = self._known(scan, end)
            if following is None or (self._ordinary(scan, end) and scan.keys[end] in scan.language.persons.roles):
                break
            if scan.words[end] in scan.language.listed and scan.words[end] not in self.customers.spelled:
                break  # "Yusuf kahan rehta hai" is no Khan
            if not self.customers.entries([*keys, following]):
                break
            keys.append(following)
            how, end = how or how_too, end + 1
        if end == i + 1 and scan.keys[i] in scan.language.persons.titles and not self._all_of_it(keys):
            return [], i, ""  # "seth ji ne" is not Shukla Ji
        return keys, end, how

    def _loosely(self, scan: Scan, i: int, *, last: bool = False) -> list[str]:
        """A customer's two names of which one is written with other vowels and the other one is right ("phol kumari").
        `last`: the second may be the one."""
        one, two = (i, i + 1) if last else (i + 1, i)
        if i + 1 >= len(scan) or scan.taken[i + 1] or scan.sentence.pauses(i + 1) or not self._foreign(scan, two):
            return []
        right = scan.language.voc.alphabet.key(scan.words[one])
        if right not in self.customers or starts_number(scan, one) or is_real(scan, two):
            return []
        key, near = scan.language.voc.alphabet.key(scan.words[two]), self.customers.near
        other = near.find(key)
        alike = {*near.sounding(key), *(other.keys if other is not None else ())}
        found = [one for one in alike if self.customers.exact([right, one], self.customers.entries([right, one]))]
        if len(found) != 1 or found[0] not in near.sounding(key):
            return []  # "Sunit Thakur" may be Sunil or Sunita
        name = self.customers.named(self.customers.entries([right, found[0]]))[0]
        written = next(word for word in words_in(name) if scan.language.voc.alphabet.key(word) == found[0])
        if bool(ending(written)) != bool(ending(scan.latin(two))) or (
            ending(written) and ending(key) != ending(found[0])
        ):
            return []
        return [right, found[0]] if last else [found[0], right]

    def _all_of_it(self, keys: list[str]) -> bool:
        """Whether a word is somebody's whole name."""
        return bool(self.customers.exact(keys, self.customers.entries(keys)))

    def _joined(self, scan: Scan, i: int) -> list[str]:
        """A customer's two names in one word ("shyamlal")."""
        word = scan.words[i]
        if len(word) < _TWO_NAMES or not word.isalpha() or self._ordinary(scan, i) or word in scan.language.english:
            return []
        key = scan.language.voc.alphabet.key
        for cut in range(3, len(word) - 2):
            keys = [key(word[:cut]), key(word[cut:])]
            if keys[0] in self.customers and keys[1] in self.customers and self.customers.entries(keys):
                return keys
        return []

    def _loose(self, scan: Scan, start: int, end: int, name: str) -> bool:
        """Whether a family name alone, and not as it is written, stands for somebody."""
        words = words_in(name)
        if end > start + 1 or scan.language.voc.alphabet.native(scan.words[start]):
            return False
        key = scan.language.voc.alphabet.key
        return key(scan.words[start]) != key(words[0]) and scan.words[start] not in self.customers.spelled

    def _ends_name(self, scan: Scan, i: int) -> bool:
        """Whether a word that is a number can be the end of a name: nothing behind it is counted."""
        if i + 1 >= len(scan) or role_behind(scan, i + 1)[0]:
            return True
        return role_in_english(scan, i, i + 1) in ("of", "doer")

    def _uncounted(self, scan: Scan, keys: list[str], i: int) -> bool:
        """Whether a number that makes a customer's name whole counts nothing ("Bhagwan Das apna khaata")."""
        if self.customers.entries([*keys, scan.keys[i]]) and i + 1 < len(scan):
            entry = scan.language.voc.at(scan.keys, i + 1, len(scan))
            dated = entry is not None and entry[0].kind in ("relative", "two_sided")
            return dated or scan.keys[i + 1] in scan.language.persons.own
        return False

    def _whole(self, scan: Scan, first: str, i: int) -> bool:
        """Whether an ordinary word is a name: by its place, or with the rest of a name behind it."""
        if self._positioned(scan, i, i + 1):
            return True
        following = scan.key(i + 1)
        if not following:
            return False
        shy = self._ordinary(scan, i + 1) or starts_number(scan, i)
        if shy and not role_behind(scan, i + 2)[0]:
            return False
        return bool(self.customers.entries([first, following]))

    def _known(self, scan: Scan, i: int) -> tuple[str | None, str]:
        key = scan.keys[i]
        if key in self.customers and (
            scan.words[i] not in scan.language.english or scan.words[i] in self.customers.spelled
        ):
            return key, ""
        language = scan.language
        if scan.words[i] in language.english and scan.words[i] not in self.customers.spelled:
            return None, ""
        plain = language.voc.alphabet.key(scan.words[i])
        if plain in self.customers:
            return plain, ""
        native = language.voc.alphabet.native(scan.words[i])
        if key in language.known or (plain in language.persons.real and not native):
            return None, ""
        if scan.words[i] in language.english or scan.words[i].removesuffix("s") in language.english:
            return None, ""
        if key in self.goods or len(scan.words[i]) < 3 or not scan.words[i][0].isalpha():
            return None, ""
        near = self.customers.near.find(plain)
        if near is None:
            return None, ""
        return near.keys[0], "same" if near.same else "near"

    def _ordinary(self, scan: Scan, i: int) -> bool:
        """Whether the word also is one of the language."""
        key = scan.keys[i]
        return key in scan.language.known or key in scan.language.voc.verbs or key in self.goods

    def _positioned(self, scan: Scan, start: int, end: int) -> bool:
        """Whether the words around make an ordinary word a name."""
        if self.asked and scan.keys[start] not in scan.language.voc.function_keys:
            return True
        if starts_number(scan, start) and scan.key(start + 1) in scan.language.counts.scales:
            return False
        before = scan.language.persons.before.get(scan.key(start - 1))
        heard = scan.words[start] in scan.language.listed and scan.words[start] not in self.customers.spelled
        if before == "named" and heard and scan.latin(start) not in scan.language.persons.spelled:
            return False  # "customer banao …" is no Bano
        if before is not None and scan.sentence.words[start].isalpha():
            return end >= len(scan) or not (starts_number(scan, start) and scan.keys[end] in scan.language.counts.words)
        english = role_in_english(scan, start, end)
        if scan.key(end) in scan.language.persons.titles or english == "doer":
            return True
        if english in ("goal", "of") and scan.words[start] in self.customers.spelled and not starts_number(scan, start):
            return True  # "remind Mary"
        if scan.keys[start] in scan.language.counts.words and self._counts_on(scan, start):
            return False
        if self._asked_about(scan, start, end) or self._instead(scan, start) or self._in_list(scan, start, end):
            return True
        role, _ = role_behind(scan, end)
        return role == "doer" or (role in ("goal", "of", "source", "account", "for") and not self._dated(scan, start))

    def _asked_about(self, scan: Scan, start: int, end: int) -> bool:
        """ "Kavita balance", "did Kavita pay": a customer as they are written, where somebody must stand."""
        if scan.words[start] not in self.customers.spelled or end >= len(scan) or starts_number(scan, start):
            return False
        if self._dated(scan, start):
            return False
        owed = any(scan.language.concepts.holds(name, scan.keys[end], scan.canon[end]) for name in _OF_SOMEBODY)
        return (start == 0 and owed) or (start == 1 and scan.words[0] in _HAS and scan.keys[end] in scan.language.verbs)

    def _instead(self, scan: Scan, start: int) -> bool:
        """ "Suresh ko nahi, Mangal ko": in the place of somebody a word for a day is somebody."""
        before = [one for one in scan.persons if one.close <= start and not one.pronoun]
        between = range(before[-1].close, start) if before else range(0)
        said = [scan.latin(i) for i in between if scan.words[i][0].isalnum()]
        return bool(said) and scan.language.hints.correcting.issuperset(said)

    def _in_list(self, scan: Scan, start: int, end: int) -> bool:
        """ "Priya 120, Kavita 80": one of several who have a sum each; a word of a number or a day has to be marked."""
        if scan.latin(start) not in scan.language.persons.spelled or self._dated(scan, start):
            return False
        behind = summed(scan, end)
        if starts_number(scan, start) or behind == end:
            return False
        if behind == end + 1 and scan.latin(end) in scan.language.counts.shy:
            return False  # "300 chadha do" counts nothing
        before = scan.persons[-1] if scan.persons else None
        if before is not None and linked(scan, summed(scan, before.close)) == start:
            return summed(scan, before.close) > before.close
        following = linked(scan, behind)
        known = scan.key(following) in self.customers or is_real(scan, following)
        return known and not self._ordinary(scan, following)

    def _counts_on(self, scan: Scan, i: int) -> bool:
        """Whether a number word stands in a number ("paanch sau ka")."""
        words = scan.language.counts.words
        return (i > 0 and scan.keys[i - 1] in words) or scan.key(i + 1) in words

    def _dated(self, scan: Scan, i: int) -> bool:
        """Whether a word for a day is one: somebody else is spoken of before, or a word for a time stands by it."""
        entry = scan.language.voc.at(scan.keys, i, len(scan))
        if entry is None or entry[0].kind not in ("weekdays", "months", "dayparts", "relative", "two_sided"):
            return False
        if entry[0].kind in ("relative", "two_sided", "dayparts"):
            return True
        if any(not person.pronoun for person in scan.persons):
            return True
        before = scan.language.voc.at(scan.keys, i - 1, i) if i else None
        if before is not None and before[0].kind == "post" and before[0].value in ("this", "next", "last"):
            return True
        return scan.key(i - 1) in ("hr", "=every") or self._another(scan, i + 1)

    def _another(self, scan: Scan, i: int) -> bool:
        """Whether a customer of no doubtful name follows."""
        return any(scan.keys[n] in self.customers and not self._ordinary(scan, n) for n in range(i, len(scan)))

    # -- names that are not on the list ---------------------------------------------------------------------------

    def _foreign(self, scan: Scan, i: int) -> bool:
        if not (0 <= i < len(scan)) or scan.taken[i]:
            return False
        word, key = scan.words[i], scan.keys[i]
        if not word[0].isalpha() or len(word) < 2 or key in self.goods:
            return False
        language = scan.language
        known = key in language.known or key in language.voc.verbs or key in language.counts.words
        return not known and word not in language.english

    def _stranger(self, scan: Scan, end: int) -> int:
        """The end of a family name behind a customer's given name that belongs to nobody on the list."""
        at = end
        while at < len(scan) and at - end < 2 and not (scan.taken[at] or scan.sentence.pauses(at)):
            ordinary = self._ordinary(scan, at) and not scan.words[at].isdecimal()
            if ordinary and scan.latin(at) in scan.language.persons.spelled and role_behind(scan, at + 1)[0]:
                ordinary = starts_number(scan, at)
            if (is_real(scan, at) and not ordinary) or (
                self._foreign(scan, at) and role_behind(scan, at + 1)[0] and not role_behind(scan, end)[0]
            ):
                at += 1
            elif self._within_name(scan, at):
                at += 2
            else:
                break
        return at

    def _within_name(self, scan: Scan, at: int) -> bool:
        """ "Ram Sharan Das": between two words of a name an ordinary word, or one that nothing knows, is the third."""
        spelled, last = scan.language.persons.spelled, at + 1
        if last >= len(scan) or not scan.free(at, last + 1) or scan.sentence.pauses(at) or scan.sentence.pauses(last):
            return False
        if scan.keys[at] in scan.language.voc.function_keys or scan.keys[at] in self.customers:
            return False
        if not (self._foreign(scan, at) or is_real(scan, at)) or starts_number(scan, at):
            return False
        named = scan.latin(last) in spelled and scan.words[last] not in scan.language.english
        return named and (not self._ordinary(scan, last) or starts_number(scan, last))

    def _unknown(self, scan: Scan, i: int) -> Person | None:
        real = is_real(scan, i)
        if real and scan.persons and scan.keys[i] in scan.language.voc.verbs and scan.latin(i + 1) in ("ke", "kar"):
            return None  # "Rahul ka number badal ke …"
        if real and self._ordinary(scan, i):
            spelled = scan.latin(i) in scan.language.persons.spelled
            real = spelled and (self._positioned_name(scan, i) or self._leads_name(scan, i))
        if not real and not self._foreign(scan, i):
            return None
        end = i + 1
        while end < len(scan) and end - i < 3 and (self._foreign(scan, end) or self._surname(scan, end)):
            if scan.sentence.pauses(end) or scan.keys[end] == scan.keys[i]:
                break  # "chhote, Lallan Prasad …": two; "Ravi Ravi": one, said twice
            end += 1
        if end == i + 1 and real and self._within_name(scan, end):
            end += 2
        doubtful = not any(is_real(scan, n) for n in range(i, end))
        person = self._made(scan, i, end, None)
        if doubtful and person.role == "bare":
            return None
        person.doubtful = doubtful
        return person

    def _leads_name(self, scan: Scan, i: int) -> bool:
        """ "Lata Devi": a word of the language is a name before a family name that is nothing else."""
        if scan.latin(i + 1) not in scan.language.persons.spelled or not self._surname(scan, i + 1):
            return False
        shy = self._ordinary(scan, i + 1) and not role_behind(scan, i + 2)[0]  # "Phool Chand ko"
        return not starts_number(scan, i) and not shy

    def _positioned_name(self, scan: Scan, i: int) -> bool:
        return self._positioned(scan, i, i + 1) and scan.keys[i] not in self.goods

    def _surname(self, scan: Scan, i: int) -> bool:
        if scan.taken[i] or not is_real(scan, i):
            return False
        if not self._ordinary(scan, i):
            return True
        word = scan.latin(i)
        if word not in scan.language.persons.spelled or starts_number(scan, i):
            return False
        # "Khan" only sounds like "kahan"; "Bhan" or "Mangal" is a name where a part follows.
        return word in scan.language.persons.families or bool(role_behind(scan, i + 1)[0])

    def _made(self, scan: Scan, start: int, end: int, named: Named | None) -> Person:
        role, close = role_behind(scan, end)
        if not role:
            role, close = role_in_english(scan, start, end), after_titles(scan, end)
        person = Person(start, end, close, scan.sentence.said(start, end), role)
        if person.said.endswith(("'s", "’s")):
            person.said = person.said[:-2]
        if named is not None:
            named = heard(named, [scan.latin(i) for i in range(start, end)])
            person.name, person.candidates, person.near = named.name, named.candidates, named.near
        last = scan.keys[end - 1]
        if last in scan.language.counts.words and scan.key(end) in scan.language.counts.words and end > start + 1:
            person.numeric = True
        return person
