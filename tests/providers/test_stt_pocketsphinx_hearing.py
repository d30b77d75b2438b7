"""The network's last layer as Gaussians: the same scores, and files that the decoder reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pocketsphinx

from offhook.providers.stt.pocketsphinx.arpa import Vocabulary, arpa
from offhook.providers.stt.pocketsphinx.features import LINE_FILTERS
from offhook.providers.stt.pocketsphinx.hearing import PHONES, STATES_PER_PHONE, load, write_model

STATES = len(PHONES) * STATES_PER_PHONE


def test_gaussians_score_states_as_the_last_layer_does() -> None:
    hearing = load()
    line = np.random.default_rng(1).standard_normal((30, LINE_FILTERS)).astype(np.float32)
    features = hearing(line, line.mean(axis=0))
    logits = features[:, :-1] @ hearing.states.T + hearing.states_bias
    gaussians = -0.5 * ((features[:, None, :] - hearing.means()[None]) ** 2).sum(axis=2)
    offset = gaussians - logits
    by_state = offset - offset.mean(axis=1, keepdims=True)
    assert np.allclose(by_state, by_state[0], atol=0.05), "they differ by each state's prior alone"
    assert features.shape == (30, hearing.width)


def test_no_frames_give_no_features() -> None:
    hearing = load()
    assert hearing(np.zeros((0, LINE_FILTERS), np.float32), np.zeros(LINE_FILTERS, np.float32)).shape == (
        0,
        hearing.width,
    )


def test_the_weights_fit_the_phones() -> None:
    hearing = load()
    assert hearing.states.shape == (STATES, hearing.width - 1)
    assert hearing.log_prior.shape == (STATES,)


def test_the_decoder_hears_the_states_that_it_is_given(tmp_path: Path) -> None:
    hearing = load()
    folder = tmp_path / "model"
    write_model(hearing, folder)
    write_model(hearing, folder)  # a second process finds it done
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    words = tmp_path / "words.dict"
    words.write_text("yes Y EH S\nno N OW\n", encoding="ascii")
    decoder = pocketsphinx.Decoder(hmm=str(folder), dict=str(words), lm=None, loglevel="FATAL")
    vocabulary = Vocabulary(["yes", "no"])
    answers = tmp_path / "answers.lm"
    answers.write_text(arpa(vocabulary, [(vocabulary.count(["yes", "no"]), 1.0)]), encoding="ascii")
    decoder.add_lm_file("answers", str(answers))
    decoder.activate_search("answers")
    for word, phones in (("yes", ("SIL", "Y", "EH", "S", "SIL")), ("no", ("SIL", "N", "OW", "SIL"))):
        states = [PHONES.index(phone) * STATES_PER_PHONE + n for phone in phones for n in range(3) for _ in range(4)]
        decoder.start_utt()
        decoder.process_cep(np.ascontiguousarray(hearing.means()[states]).tobytes(), full_utt=True)
        decoder.end_utt()
        assert decoder.hyp().hypstr == word
