"""Utterances that must not be taken for what they resemble: seeded lines, each with all that may be written for it.

Near names, numbers without parts, swapped and dropped postpositions, negations, questions, wishes, reports, times to
come, contradictions and the noise of a recogniser, in Hinglish, Devanagari and English, for `understanding_shop`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from support.understanding_shop import CUSTOMERS

Write = tuple[str, str, float]
"""(intent, customer, amount)"""
_ONE_OF_A_KIND = tuple(name for name in CUSTOMERS if not name.startswith("Ramesh"))
_NEAR_NAMES = (
    *(
        "Rahil",
        "Rohit",
        "Rohan",
        "Priyanka",
        "Pritam",
        "Prabha",
        "Sunil",
        "Suman",
        "Anita",
        "Amit",
        "Akhil",
        "Gita Devi",
    ),
    *(
        "Sita Rani",
        "Imtiaz",
        "Irfan",
        "Fareed",
        "Josef Pinto",
        "Jose",
        "Deepa",
        "Deepika",
        "Dilip",
        "Vikram",
        "Vikash Rai",
    ),
    *(
        "Nehal",
        "Nisha",
        "Mohit",
        "Mohini",
        "Mohan Lal",
        "Lakshman",
        "Lalit",
        "Mangesh",
        "Shyama",
        "Sham Sunder",
        "Kamla",
    ),
    *("Kalpesh", "Rajiv", "Rakesh", "Rajesh", "Naresh", "Mahesh", "Dinesh", "Surendra", "Sudesh", "Suraj", "Ravina"),
    *(
        "Rahul Mehta",
        "Priya Sharma",
        "Anil Kapoor",
        "Sunita Devi",
        "Neha Singh",
        "Ravi Kumar",
        "Imran Ali",
        "Suresh Kumar",
    ),
)
_DEVANAGARI = {
    "Rahul Sharma": "राहुल शर्मा",
    "Priya Patel": "प्रिया पटेल",
    "Suresh Yadav": "सुरेश यादव",
    "Mohan Das": "मोहन दास",
    "Ravi Verma": "रवि वर्मा",
    "Anil Mehta": "अनिल मेहता",
}
_WORDS = {100: "sau", 150: "dedh sau", 250: "dhai sau", 500: "paanch sau", 550: "paanch sau pachaas", 700: "saat sau"}
_WORDS |= {1000: "ek hazaar", 1500: "dedh hazaar", 2000: "do hazaar", 1250: "sade bara sau", 2500: "dhai hazaar"}
_NATIVE = {100: "सौ", 500: "पाँच सौ", 1000: "एक हज़ार", 250: "ढाई सौ", 2000: "दो हज़ार"}

_NEVER = (
    # -- not said to be so --
    *("{x} ne {a} nahi diye", "{x} ne {a} rupaye nahin diye", "{x} ke {a} mat likho", "{x} ko {a} udhaar mat dena"),
    *("{x} ko {a} nahi diye", "{x} ka {a} jama mat karo", "mat likho {x} ke naam {a}", "{x} ne abhi tak {a} nahi diye"),
    *("{x} has not paid {a}", "{x} did not give {a}", "do not add {a} to {x}'s credit", "never write {a} for {x}"),
    *(
        "{x} ne {a} diye hi nahi",
        "{x} ne kabhi {a} nahi diye",
        "na likho {a} {x} ke khate mein",
        "don't record {a} from {x}",
    ),
    # -- asked --
    *(
        "kya {x} ne {a} diye",
        "{x} ne {a} diye kya",
        "{x} ne {a} diye?",
        "kya {x} ko {a} udhaar diya tha",
        "{x} ne kab {a} diye",
    ),
    *("did {x} pay {a}", "has {x} paid {a}?", "when did {x} give {a}", "{x} paid {a}?", "why did {x} pay {a}"),
    *("kya {x} se {a} mile", "{x} ko {a} diye the kya?", "{x} ne kyun {a} diye"),
    # -- to come, wished, owed --
    *("{x} kal {a} dega", "{x} {a} dene wala hai", "{x} {a} degi", "{x} {a} denge parso", "{x} ko {a} dene hain"),
    *(
        "{x} se {a} lene hain",
        "{x} will pay {a}",
        "{x} is going to pay {a}",
        "{x} wants to pay {a}",
        "{x} should pay {a}",
    ),
    *(
        "{x} has to pay {a}",
        "{x} {a} dena chahta hai",
        "{x} {a} de sakta hai",
        "{x} {a} deta hai har mahine",
        "{x} may pay {a}",
    ),
    # -- if, perhaps, reported --
    *(
        "agar {x} ne {a} diye to batana",
        "agar {x} {a} de to likh lena",
        "jab {x} {a} dega tab likhna",
        "if {x} paid {a} tell me",
    ),
    *("shayad {x} ne {a} diye", "lagta hai {x} ne {a} diye", "maybe {x} paid {a}", "i think {x} paid {a}"),
    *(
        "{x} keh raha tha ki {a} de diye",
        "{x} ne bola ki usne {a} diye",
        "{x} says he paid {a}",
        "{x} told me he gave {a}",
    ),
    *("{x} ne kaha ki {a} de diye", "suna hai {x} ne {a} diye", "maan lo {x} ne {a} diye", "{x} claims he paid {a}"),
    *("pata nahi {x} ne {a} diye ya nahi", "{x} ne {a} dene ka vaada kiya", "{x} promised {a}", "suppose {x} paid {a}"),
    *(
        "jab tak {x} {a} na de tab tak udhaar mat dena",
        "unless {x} pays {a} stop",
        "{x} ne {a} diye hote to accha hota",
    ),
    # -- told to others, refused, taken back --
    *(
        "{x} ko bolo {a} de de",
        "{x} se kaho {a} bheje",
        "{x} ne {a} maange",
        "{x} se {a} maang lena",
        "tell {x} to pay {a}",
    ),
    *("ask {x} for {a}", "{x} refused to pay {a}", "{x} forgot to give {a}", "{x} ko {a} milne chahiye"),
    *(
        "{x} ne {a} diye the par wapas le gaya",
        "{x} ne {a} gin ke rakhe",
        "{x} ne {a} dikhaye",
        "{x} ne {a} dene se mana kiya",
    ),
    *("{x} paid {a} but took it back", "{x} ko {a} dene ka mat bolna", "{x} almost paid {a}", "{x} ne {a} phaad diye"),
    # -- contradictory or without a direction --
    *(
        "{x} ne {a} udhaar diye",
        "{x} {a} diye",
        "{x} {a}",
        "{a} {x}",
        "{x} se {a} diye",
        "{x} ko {a} mile",
        "{x} ne {a} mile",
    ),
    *(
        "{x} ka {a} diya",
        "{x} {a} liye diye",
        "credit {x} {a}",
        "{x} ko {a} jama diye",
        "{x} {a} rupaye",
        "{x} aur {a}",
    ),
    *("{x} got {a}", "to {x} received {a}", "paid {a} {x} from to", "{x} ke khate mein {a}", "{x} ke liye {a}"),
    # -- two numbers --
    *(
        "{x} ne {a} {b} diye",
        "{x} ko {a} {b} udhaar",
        "{x} paid {a} {b}",
        "{x} ne {a} ya {b} diye",
        "{x} ne {a} aur {b}",
    ),
    *(
        "{x} ne {a} mein se {b} diye",
        "{x} ko {a} {b} diye",
        "received {a} {b} from {x}",
        "{x} ne {a} diye {b}",
        "{b} {x} ne {a} diye",
    ),
    *("{x} ne {a} rupaye {b} diye", "{x} gave {a} or {b}", "{x} ka {a} jama {b}", "{a} {b} {x} ko udhaar likho"),
    # -- two people --
    *(
        "{x} ne {y} ko {a} diye",
        "{x} {y} {a} diye",
        "{x} aur {y} ne {a} diye",
        "{x} gave {y} {a}",
        "{x} ko {y} ne {a} diye",
    ),
    *(
        "{x} se {y} ko {a} mile",
        "{x} ya {y} ne {a} diye",
        "{y} ke {x} ko {a} diye",
        "{x} paid {y} {a}",
        "{x} ne {y} se {a} liye",
    ),
    # -- no amount, no name --
    *(
        "kisi ne {a} diye",
        "ek aadmi ne {a} diye",
        "somebody paid {a}",
        "usne {a} diye",
        "{x} ne kuch paise diye",
        "{a} diye",
        "{a} mil gaye",
    ),
    *(
        "uska dost {a} de gaya",
        "received {a}",
        "udhaar {a}",
        "{x} ne minus {a} diye",
        "{x} ne zero diye",
        "{x} ko 0 udhaar likho",
    ),
    *("{x} ne {a} crore diye", "{x} ne 999999999999 diye", "{x} ne -{d} diye"),
)
_PAID = (
    "{x} ne {a} diye",
    "{x} ne {a} rupaye diye hain",
    "{x} se {a} mile",
    "received {a} from {x}",
    "{x} paid {a}",
    "{x} ka {a} jama karo",
)
_GIVEN = (
    "{x} ko {a} udhaar diye",
    "{x} ko {a} ka udhaar likh do",
    "{x} ke naam {a} udhaar likho",
    "lent {a} to {x}",
    "{x} ko {a} diye",
)
_CORRECTED = (
    "{x} ne {b} nahi {a} diye",
    "{x} ne {b} nahi nahi {a} diye",
    "{y} nahi {x} ne {a} diye",
    "{x} paid {b} sorry {a}",
)
_NOISE = (
    "umm",
    "aaa",
    "haan",
    "hmm",
    "blorp",
    "zukti",
    "tekan",
    "are",
    "woh",
    "matlab",
    "phir",
    "kya",
    "nahi",
    "aur",
    "do",
    "sau",
)
_DROPPABLE = frozenset(
    {"ne", "ko", "se", "ka", "ke", "diye", "udhaar", "rupaye", "hain", "from", "to", "paid", "naam", "karo"}
)


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    allowed: frozenset[Write]
    """All that may be written, though none of it need be."""


def adversarial(seed: int, count: int) -> Iterator[Line]:
    """`count` lines, the same for the same seed."""
    rng = random.Random(seed)
    makers = (_never, _never, _never, _near, _near, _noisy, _noisy, _swapped, _corrected, _spelled)
    for _ in range(count):
        yield makers[rng.randrange(len(makers))](rng)


def _amount(rng: random.Random, native: bool = False) -> tuple[int, str]:
    if native:
        value = rng.choice(tuple(_NATIVE))
        return value, _NATIVE[value]
    value = rng.choice(tuple(_WORDS))
    return value, rng.choice((_WORDS[value], str(value), f"{value} rupaye", f"Rs {value}", f"₹{value}"))


def _spoken(rng: random.Random, name: str) -> str:
    return rng.choice((name, name.split()[0], name.lower(), name.split()[0].lower()))


def _filled(rng: random.Random, template: str, x: str, y: str, a: str, b: str) -> str:
    return template.format(x=x, y=y, a=a, b=b, d=rng.choice((100, 500, 250)))


def _never(rng: random.Random) -> Line:
    x, y = rng.sample(_ONE_OF_A_KIND, 2)
    (one, a), (_, b) = _two(rng)
    _ = one
    template = rng.choice(_NEVER)
    while any(pair in template for pair in ("{a} {b}", "{b} {a}")) and not (a[-1].isdigit() and b[-1].isdigit()):
        template = rng.choice(_NEVER)  # "ek hazaar saat sau" is one number
    if x in _DEVANAGARI and rng.random() < 0.15:
        return Line(
            _filled(rng, template, _DEVANAGARI[x], _spoken(rng, y), _amount(rng, native=True)[1], b), frozenset()
        )
    return Line(_filled(rng, template, _spoken(rng, x), _spoken(rng, y), a, b), frozenset())


def _two(rng: random.Random) -> tuple[tuple[int, str], tuple[int, str]]:
    one = _amount(rng)
    two = _amount(rng)
    while two[0] == one[0]:
        two = _amount(rng)
    return one, two


def _near(rng: random.Random) -> Line:
    """A name that is nobody's on the list: another real name, or one with a letter changed."""
    value, a = _amount(rng)
    template = rng.choice((*_PAID, *_GIVEN))
    if rng.random() < 0.6:
        return Line(_filled(rng, template, rng.choice(_NEAR_NAMES), "", a, ""), frozenset())
    name = rng.choice(_ONE_OF_A_KIND)
    given = name.split()[0]
    at = rng.randrange(1, len(given))
    letter = rng.choice("aeioukmnrstvdplbg")
    changed = given[:at] + letter + given[at + 1 :]
    if any(changed.lower() in other.lower().split() for other in CUSTOMERS):
        return _near(rng)
    return Line(_filled(rng, template, changed, "", a, ""), _both(name, value))


def _both(name: str, value: float) -> frozenset[Write]:
    """A misspelt name may be taken for its owner's; for nobody else's."""
    return frozenset({("payment.record", name, value), ("credit.add", name, value)})


def _said(template: str, name: str, value: float) -> frozenset[Write]:
    return frozenset({("payment.record" if template in _PAID or template in _CORRECTED else "credit.add", name, value)})


def _noisy(rng: random.Random) -> Line:
    """A good line through a bad recogniser: words put in, lost, doubled; never another number in its place."""
    name = rng.choice(_ONE_OF_A_KIND)
    value, a = _amount(rng)
    template = rng.choice((*_PAID, *_GIVEN))
    words = _filled(rng, template, _spoken(rng, name), "", a, "").split()
    allowed = _said(template, name, value)
    kind = rng.randrange(4)
    at = rng.randrange(len(words) + 1)
    if kind == 0:
        words.insert(at, rng.choice(_NOISE[:10]))
    elif kind == 1:
        words = [word for n, word in enumerate(words) if word not in _DROPPABLE or rng.random() < 0.6]
        allowed = _said(template, name, value) if "udhaar" in words or template in _PAID else _both(name, value)
    elif kind == 2:
        small = [n for n, word in enumerate(words) if word in _DROPPABLE and word != "do"]
        if small:
            twice = rng.choice(small)
            words.insert(twice, words[twice])
    else:
        words = [*words, rng.choice(("nahi", "cancel", "mat likho", "galat", "ruko", "kya", "?"))]
        allowed = frozenset()
        if words[-1] in ("cancel", "galat", "ruko"):
            allowed = frozenset()
    return Line(" ".join(words), allowed)


def _swapped(rng: random.Random) -> Line:
    """The part of the customer as it now stands decides, and where it fits no verb nothing does."""
    name = rng.choice(_ONE_OF_A_KIND)
    value, a = _amount(rng)
    x = _spoken(rng, name)
    part, verb, allowed = rng.choice(
        (
            ("ne", "diye", ("payment.record",)),
            ("ko", "diye", ("credit.add",)),
            ("se", "liye", ("payment.record",)),
            ("ne", "liye", ()),
            ("ko", "liye", ()),
            ("se", "diye", ()),
            ("ka", "liye", ()),
            ("ne", "udhaar diye", ()),
            ("ne", "udhaar liye", ("credit.add",)),
            ("ko", "udhaar liye", ()),
            ("se", "udhaar liye", ()),
            ("ko", "mile", ()),
            ("se", "mile", ("payment.record",)),
            ("ko", "wapas diye", ()),
            ("ne", "wapas diye", ("payment.record",)),
            ("par", "diye", ()),
            ("ke naam", "jama karo", ("payment.record",)),
            ("ko", "jama karo", ()),
        )
    )
    return Line(f"{x} {part} {a} {verb}", frozenset((intent, name, value) for intent in allowed))


def _corrected(rng: random.Random) -> Line:
    x, y = rng.sample(_ONE_OF_A_KIND, 2)
    (value, a), (_, b) = _two(rng)
    template = rng.choice(_CORRECTED)
    return Line(_filled(rng, template, _spoken(rng, x), _spoken(rng, y), a, b), _said(template, x, value))


def _spelled(rng: random.Random) -> Line:
    """Good lines, some with names that are numbers and days: written right, or asked about."""
    name = rng.choice((*_ONE_OF_A_KIND, "Mohan Das", "Lakhan Singh", "Mangal Pandey"))
    value, a = _amount(rng)
    template = rng.choice((*_PAID, *_GIVEN))
    x = rng.choice((_spoken(rng, name), name.split()[-1] if name == "Mohan Das" else name))
    day = rng.choice(("", "kal ", "aaj ", "mangal ko ", "shaam ko ", "parso "))
    return Line(day + _filled(rng, template, x, "", a, ""), _said(template, name, value))
