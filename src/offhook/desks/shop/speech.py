"""What the people of a shop say to its book: the domain from which a recogniser builds its language model.

The wordings are data (`speech_data/talk.txt`); a shop adds the names of its customers and products. The same input
gives the same domain, so that built models can be cached by `SpeechDomain.key`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from importlib import resources

from offhook.contracts.speech import SpeechDomain
from offhook.kit.sentence_grammar import SentenceGrammar

_OPEN_SENTENCES = 30_000
_SENTENCES_PER_EXPECTATION = 4_000
_EXPECTATIONS = ("yes_no", "pin", "phone", "name", "choice")
_MOST_NAMES = 400
"""More names than that make each of them too unlikely to be heard."""
_SEED = 20_261
_WORD = re.compile("[a-z']+|[\u0900-\u0963\u0971-\u097f]+")
PRONUNCIATIONS: dict[str, tuple[str, ...]] = {
    "upi": ("Y UW P IY AY",),
    "paytm": ("P EY T IY EH M",),
    "whatsapp": ("W AA T S AE P", "V AA T S AE P"),
}
"""Words whose spelling misleads."""


def speech_domain(customers: Sequence[str] = (), products: Sequence[str] = ()) -> SpeechDomain:
    """The language of one shop: the customers' names and what its products are called, aliases included."""
    names = _unique(map(plain, customers))[:_MOST_NAMES] or ["customer"]
    goods = _unique(map(plain, products))[:_MOST_NAMES] or ["सामान"]
    grammar = SentenceGrammar(
        resources.files(__package__).joinpath("speech_data", "talk.txt").read_text(encoding="utf-8").lower(),
        {"full": tuple(names), "first": tuple(_unique(name.split()[0] for name in names)), "product": tuple(goods)},
    )
    sentences = grammar.draw("open", _OPEN_SENTENCES, _SEED)
    expected = {
        kind: grammar.draw(kind, _SENTENCES_PER_EXPECTATION, _SEED + number)
        for number, kind in enumerate(_EXPECTATIONS, 1)
    }
    digest = hashlib.sha256(repr(sorted(PRONUNCIATIONS.items())).encode())
    for group in (sentences, *expected.values()):
        digest.update("\n".join(group).encode())
    return SpeechDomain(
        key=f"shop-{digest.hexdigest()[:20]}",
        sentences=sentences,
        by_expectation=expected,
        pronunciations=PRONUNCIATIONS,
    )


def plain(text: str) -> str:
    """A name as spoken words: lower case, without punctuation and digits."""
    return " ".join(_WORD.findall(text.lower()))


def _unique(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]
