"""How words sound: espeak-ng's IPA for a word, in ARPAbet, the alphabet of the acoustic model.

espeak-ng is not thread-safe; this is called in the engine process only, on its one thread.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable

import espeakng_loader

_NO_PLAYBACK = 1
_UTF8 = 1
_AS_IPA = 0x02

_ARPABET: dict[str, str] = {
    "tʃ": "CH", "dʒ": "JH", "t̪": "T", "d̪": "D", "ɡ": "G", "g": "G", "p": "P", "b": "B", "t": "T", "d": "D",
    "k": "K", "ɾ": "D", "ʔ": "T", "f": "F", "v": "V", "θ": "TH", "ð": "DH", "s": "S", "z": "Z", "ʃ": "SH",
    "ʒ": "ZH", "h": "HH", "x": "K", "m": "M", "n": "N", "ɲ": "N Y", "ŋ": "NG", "l": "L", "ɫ": "L", "ɬ": "L",
    "ɹ": "R", "r": "R", "j": "Y", "w": "W", "ʍ": "W", "ʋ": "V", "ʈ": "T", "ɖ": "D", "ɭ": "L", "ɳ": "N",
    "ʂ": "SH", "c": "K", "ɣ": "G", "q": "K", "iː": "IY", "iə": "IH AH", "i": "IY", "ɪ": "IH", "ᵻ": "IH",
    "eɪ": "EY", "eː": "EY", "eə": "EH AH", "e": "EH", "ɛː": "EH", "ɛ": "EH", "æ": "AE", "aa": "AE", "aː": "AA",
    "a": "AE", "aɪ": "AY", "aʊ": "AW", "ʌʉ": "AW", "ɑːɹ": "AA R", "ɑː": "AA", "ɑə": "AA", "ɑ": "AA", "ɒ": "AO",
    "ɔː": "AO", "ɔə": "AO", "ɔɪ": "OY", "ɔ": "AO", "oʊ": "OW", "əʊ": "OW", "oː": "OW", "oə": "AO", "o": "AO",
    "uː": "UW", "ʉː": "UW", "ʉ": "UW", "u": "UW", "ʊə": "UH AH", "ʊ": "UH", "ɜː": "ER", "ɜ": "AH", "ɚ": "ER",
    "əɹ": "ER", "əl": "AH L", "ə": "AH", "ɐ": "AH", "ʌ": "AH", "y": "Y UW", "ø": "ER",
}  # fmt: skip
_HINDI = str.maketrans({"ɾ": "r", "c": "tʃ", "ɟ": "dʒ"})
"""Sounds that espeak-ng writes in Hindi as it writes others in English: the t of an American's "water" is an r."""
_IGNORED = "ˈˌːˑ̩̃‍ʰʲ.-_| "
_LONGEST = max(len(symbol) for symbol in _ARPABET)


def arpabet(ipa: str) -> str:
    """IPA as espeak-ng writes it → ARPAbet without stress marks; symbols that are not known are left out."""
    text = ipa.replace("ˈ", "").replace("ˌ", "")
    phones: list[str] = []
    at = 0
    while at < len(text):
        for length in range(min(_LONGEST, len(text) - at), 0, -1):
            phone = _ARPABET.get(text[at : at + length])
            if phone is not None:
                phones.append(phone)
                at += length
                break
        else:
            at += 1  # length marks, ties and unknown symbols
    return " ".join(phones)


class Speller:
    """espeak-ng as a dictionary: word and voice in, IPA out."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        if self._library.espeak_Initialize(_NO_PLAYBACK, 0, espeakng_loader.get_data_path().encode(), 0) < 0:
            raise RuntimeError("espeak-ng could not be initialised; is the espeakng-loader package complete?")
        self._to_phonemes = self._library.espeak_TextToPhonemes
        self._to_phonemes.restype = ctypes.c_char_p
        self._to_phonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]

    def pronounce(self, words: Iterable[str], voice: str) -> dict[str, str]:
        """word → ARPAbet by the rules of an espeak-ng voice ("en-us", "en", "hi"). Raises ValueError: no such voice."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice!r}; use a name such as en-us, en or hi.")
        hindi = voice.startswith("hi")
        ipa = {word: self._ipa(word) for word in words}
        return {word: arpabet(text.translate(_HINDI) if hindi else text) for word, text in ipa.items()}

    def _ipa(self, word: str) -> str:
        rest = ctypes.c_char_p(word.encode())
        said: list[str] = []
        while rest.value:
            said.append((self._to_phonemes(ctypes.byref(rest), _UTF8, _AS_IPA) or b"").decode())
        return "".join(said)
