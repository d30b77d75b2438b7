"""What callers of a dealership say: the domain from which a recogniser builds its language model.

The wordings are data (`speech_data/*.txt`, weighted templates); a business adds its own services and names. The same
input gives the same domain, so that built models can be cached by `SpeechDomain.key`.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Sequence
from importlib import resources

from offhook.contracts.speech import SpeechDomain
from offhook.kit.sentence_grammar import SentenceGrammar

_OPEN_SENTENCES = 32_000
_SENTENCES_PER_EXPECTATION = 10_000
_EXPECTATION_RULES = {
    "yes_no": "yes_no",
    "service": "service",
    "date": "date_answer",
    "time": "time_answer",
    "datetime": "datetime",
    "name": "name",
    "phone": "phone",
    "choice": "choice",
}
_SEED = 20_240

PRONUNCIATIONS: dict[str, tuple[str, ...]] = {
    "am": ("AE M", "EY EH M"),
    "pm": ("P IY EH M",),
    "ac": ("EY S IY",),
    "mot": ("EH M OW T IY",),
    "mots": ("EH M OW T IY Z",),
    "suv": ("EH S Y UW V IY",),
    "bmw": ("B IY EH M D AH B AH L Y UW",),
    "tyre": ("T AY ER", "T AY AH"),
    "tyres": ("T AY ER Z", "T AY AH Z"),
}
"""Words whose spelling misleads."""


def speech_domain(
    services: Sequence[tuple[str, Sequence[str]]] = (),
    names: Sequence[str] = (),
) -> SpeechDomain:
    """The language of one dealership.

    Args:
        services: (name, other ways to say it) of each service on offer, as the business writes them.
        names: customers' names; they are added to the common ones.
    """
    own_services = _unique(plain(text) for name, aliases in services for text in (name, *aliases))
    own_names = _unique(plain(name) for name in names)
    return _built(tuple(own_services) or ("service",), tuple(own_names))


@functools.lru_cache(maxsize=8)
def _built(own_services: tuple[str, ...], own_names: tuple[str, ...]) -> SpeechDomain:
    first = [*_words("first_names.txt"), *(name.split()[0] for name in own_names)]
    last = [*_words("last_names.txt"), *(name.split()[-1] for name in own_names)]
    text = "\n".join(_read(name) for name in ("when.txt", "services.txt", "talk.txt"))
    grammar = SentenceGrammar(
        text,
        {
            "own_service": own_services,
            "own_service_with_article": tuple(_with_article(name) for name in own_services if _is_thing(name))
            or ("a service",),
            "first_name": tuple(_unique(first)),
            "last_name": tuple(_unique(last)),
        },
    )
    sentences = grammar.draw("open", _OPEN_SENTENCES, _SEED)
    by_expectation = {
        kind: grammar.draw(rule, _SENTENCES_PER_EXPECTATION, _SEED + number)
        for number, (kind, rule) in enumerate(_EXPECTATION_RULES.items(), 1)
    }
    digest = hashlib.sha256()
    for group in (sentences, *by_expectation.values()):
        digest.update("\n".join(group).encode())
    digest.update(repr(sorted(PRONUNCIATIONS.items())).encode())
    return SpeechDomain(
        key=f"dealership-{digest.hexdigest()[:20]}",
        sentences=sentences,
        by_expectation=by_expectation,
        pronunciations=PRONUNCIATIONS,
    )


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def plain(text: str) -> str:
    """A business's own wording as spoken words: lower case, no punctuation, digits one by one, "&" as "and"."""
    spaced = text.lower().replace("&", " and ").replace("/", " ").replace("-", " ")
    spaced = re.sub(r"\d", lambda found: f" {_DIGITS[int(found[0])]} ", spaced)
    return " ".join(re.sub(r"[^a-z' ]", " ", spaced).split())


def _is_thing(service: str) -> bool:
    """An "oil change" takes an article; "rotate my tires", "new tires" and "brakes checked" do not."""
    words = service.split()
    return not ({"the", "my"} & set(words[:-1]) or words[-1].endswith(("s", "ed")))


def _with_article(service: str) -> str:
    return f"{'an' if service[0] in 'aeio' else 'a'} {service}"


def _unique(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]


def _words(name: str) -> list[str]:
    return _read(name).split()


def _read(name: str) -> str:
    return resources.files("offhook.desks.dealership").joinpath("speech_data", name).read_text(encoding="utf-8")
