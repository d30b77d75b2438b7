"""Spellings of one Hindi word share a key; different words do not."""

from __future__ import annotations

import pytest

from offhook.understanding.lexicon import LANGUAGES
from offhook.understanding.mixed.alphabet import Alphabet

ALPHABET = Alphabet(LANGUAGES / "hi-Latn" / "alphabet.yaml")


@pytest.mark.parametrize(
    "spellings",
    [
        "rupaye rupye रुपये",
        "gaadi gadi गाड़ी",
        "nahin nahi nhi नहीं",
        "shaam sham शाम",
        "karwana krwana karvana करवाना",
        "subah suba सुबह",
        "hazaar hajar हज़ार",
        "mangalvaar mangalwar मंगलवार",
        "parson parso परसों",
        "jayega jaega जाएगा",
    ],
)
def test_spellings_of_one_word_share_a_key(spellings: str) -> None:
    assert len({ALPHABET.key(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize(("one", "two"), [("kal", "kaal se"), ("das", "dus"), ("saat", "aath"), ("bees", "tees")])
def test_different_words_keep_different_keys(one: str, two: str) -> None:
    assert ALPHABET.key(one) != ALPHABET.key(two)


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("सुनीता", "sunita"),
        ("वर्मा", "varma"),
        ("रविवार", "ravivar"),
        ("ज्ञान", "gyan"),
        ("रवि", "ravi"),
        ("नमस्ते", "namaste"),
    ],
)
def test_native_letters_become_latin_without_unspoken_vowels(native: str, latin: str) -> None:
    assert ALPHABET.native(native)
    assert ALPHABET.latin(native) == latin


@pytest.mark.parametrize(
    ("native", "latin"), [("क्रेटा", "creta"), ("स्विफ्ट", "swift"), ("नेक्सॉन", "nexon"), ("सिटी", "city")]
)
def test_a_name_sounds_the_same_in_both_scripts(native: str, latin: str) -> None:
    assert ALPHABET.sound(native) == ALPHABET.sound(latin)


def test_spellings_that_no_fold_joins_are_listed() -> None:
    assert ALPHABET.key("shukar") == ALPHABET.key("shukravar")
