"""A domain's dictionary, language models and acoustic model as files, built once and shared by all engine processes.

The server writes the domain (`<key>.domain`, msgpack); each process builds what it needs beside it. Files are written
under another name and renamed, so that two processes may build the same one.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pocketsphinx

from offhook.providers.stt.pocketsphinx import hearing, lexicon
from offhook.providers.stt.pocketsphinx.arpa import Corpus, Smoothing, Vocabulary, arpa

OPEN = "open"
_BUILD = "2"
"""Part of the file names; another number where the way of building changes."""
_EXPECTED_SHARE = 0.85
"""Weight of an expectation's own sentences in its model; the rest is the open model, for unexpected answers."""


class DomainContent(msgspec.Struct):
    """What the server writes: the parts of contracts.speech.SpeechDomain."""

    key: str
    sentences: list[str]
    by_expectation: dict[str, list[str]] = {}
    pronunciations: dict[str, list[str]] = {}


class DomainModels:
    """Files of one domain. Raises OSError, msgspec.MsgspecError when the domain file cannot be read."""

    def __init__(self, path: Path, heard: hearing.Hearing) -> None:
        self._folder = path.parent
        self._content = msgspec.msgpack.decode(path.read_bytes(), type=DomainContent)
        self._counted: dict[str, Corpus] = {}
        self._vocabulary: Vocabulary | None = None
        self.acoustic_model = self._folder / f"hearing-{heard.key}"
        hearing.write_model(heard, self.acoustic_model)
        self.dictionary = self._file("dict")
        if not self.dictionary.exists():
            content = self._content
            groups = (content.sentences, *content.by_expectation.values())
            words = {word for group in groups for sentence in group for word in sentence.split()}
            known = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
            _write(self.dictionary, lexicon.as_text(lexicon.build(words, content.pronunciations, known)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Expectations that have a model of their own, OPEN first."""
        return (OPEN, *self._content.by_expectation)

    def language_model(self, kind: str) -> Path:
        """The ARPA file for an expectation; built when it is not there yet. Unknown kinds get the open model."""
        if kind not in self._content.by_expectation:
            kind = OPEN
        path = self._file(f"{kind}.lm")
        if not path.exists():
            corpora = [(self._corpus(OPEN), 1.0)]
            if kind != OPEN:
                corpora = [(self._corpus(OPEN), 1.0 - _EXPECTED_SHARE), (self._corpus(kind), _EXPECTED_SHARE)]
            _write(path, arpa(self._words(), corpora, Smoothing()))
        return path

    def _corpus(self, kind: str) -> Corpus:
        if kind not in self._counted:
            sentences = self._content.sentences if kind == OPEN else self._content.by_expectation[kind]
            self._counted[kind] = self._words().count(sentences)
        return self._counted[kind]

    def _words(self) -> Vocabulary:
        if self._vocabulary is None:
            lines = self.dictionary.read_text(encoding="utf-8").splitlines()
            heads = (line.split(" ", 1)[0] for line in lines)
            self._vocabulary = Vocabulary(word for word in heads if not word.endswith(")"))
        return self._vocabulary

    def _file(self, suffix: str) -> Path:
        return self._folder / f"{self._content.key}.{_BUILD}.{suffix}"


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
