"""The answer to "which one?": by the name itself, by what tells it from the others, or by what it is not. Pure.

"rice" among Rice and Basmati Rice is the plain one, and so are "sada wala" and "basmati nahi". Every word of the answer
must be a part of that; anything more is left to understanding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offhook.understanding.ledger.directory import words_in

_SPACE = frozenset(
    [
        "wala",
        "wali",
        "wale",
        "vala",
        "vali",
        "vale",
        "one",
        "the",
        "ji",
        "haan",
        "bhai",
        "please",
        "only",
        "sirf",
        "bas",
        "hi",
        "ka",
        "ki",
        "ke",
        "ok",
        "okay",
        "yes",
        "वाला",
        "वाली",
        "वाले",
        "जी",
        "हाँ",
        "हां",
        "भाई",
        "सिर्फ",
        "बस",
        "ही",
        "का",
        "की",
        "के",
    ]
)
_PLAIN = frozenset(
    [
        "sada",
        "saada",
        "sadha",
        "simple",
        "plain",
        "normal",
        "regular",
        "ordinary",
        "mamuli",
        "mamooli",
        "aam",
        "sadharan",
        "सादा",
        "साधारण",
        "मामूली",
        "आम",
    ]
)
_NOT_BEHIND = frozenset(["nahi", "nahin", "nhi", "नहीं", "नही"])
_NOT_BEFORE = frozenset({"not"})


def left_of(text: str, names: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> list[str]:
    """Those of `names` that can be meant: one, fewer than before, or all where the answer is not plain."""
    words = [word for word in words_in(text) if word not in _SPACE]
    denied = [word for word in words if word in _NOT_BEHIND | _NOT_BEFORE]
    every = list(names)
    if len(denied) > 1 or not words:
        return every
    if not denied:
        found = _meant(words, names, aliases, whole=True)
        return found if len(found) == 1 else every
    behind = words[-1] in _NOT_BEHIND
    if not behind and words[0] not in _NOT_BEFORE:
        return every
    rest = words[:-1] if behind else words[1:]
    dropped = _meant(rest, names, aliases) if rest else []
    return [name for name in names if name not in dropped] or every


def _meant(
    words: Sequence[str], names: Sequence[str], aliases: Mapping[str, Sequence[str]], *, whole: bool = False
) -> list[str]:
    """`whole`: who says just a name means none that holds it ("rice nahi" may deny both)."""
    said = {word for word in words if word not in _PLAIN}
    if len(said) < len(set(words)):
        plain = _plain(names)
        return [plain] if plain is not None and said <= _words(plain, aliases) else []
    exact = [name for name in names if any(said == set(words_in(one)) for one in (name, *aliases.get(name, ())))]
    return exact if whole and len(exact) == 1 else [name for name in names if said <= _words(name, aliases)]


def _plain(names: Sequence[str]) -> str | None:
    """The one whose words all the others have, too, and more."""
    for name in names:
        own = set(words_in(name))
        if all(own < set(words_in(other)) for other in names if other != name):
            return name
    return None


def _words(name: str, aliases: Mapping[str, Sequence[str]]) -> set[str]:
    return {word for one in (name, *aliases.get(name, ())) for word in words_in(one)}
