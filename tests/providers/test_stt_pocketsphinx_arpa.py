from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from offhook.providers.stt.pocketsphinx.arpa import END, START, Smoothing, Vocabulary, arpa

Model = dict[tuple[str, ...], tuple[float, float]]

WORDS = ("a", "b", "c", "d")
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join), min_size=1, max_size=12)


def parsed(text: str) -> Model:
    """n-gram -> (log10 probability, log10 back-off weight)."""
    model: Model = {}
    order = 0
    for line in text.splitlines():
        if line.startswith("\\"):
            order = int(line[1]) if line[1].isdigit() else 0
        elif order and line:
            fields = line.split()
            back = float(fields[order + 1]) if len(fields) > order + 1 else 0.0
            model[tuple(fields[1 : order + 1])] = (float(fields[0]), back)
    return model


def probability(model: Model, history: tuple[str, ...], word: str) -> float:
    found = model.get((*history, word))
    if found is not None:
        return float(10 ** found[0])
    _, back = model.get(history, (0.0, 0.0))
    return float(10**back) * probability(model, history[1:], word)


@given(SENTENCES)
def test_each_history_is_a_distribution(sentences: list[str]) -> None:
    vocabulary = Vocabulary(WORDS)
    model = parsed(arpa(vocabulary, [(vocabulary.count(sentences), 1.0)]))
    histories: list[tuple[str, ...]] = [(), *(ngram for ngram in model if len(ngram) < 3 and ngram[-1] != END)]
    for history in histories:
        total = sum(probability(model, history, word) for word in (*WORDS, END))
        assert abs(total - 1.0) < 0.01, history


def test_counts_become_probabilities() -> None:
    vocabulary = Vocabulary(["yes", "no"])
    smoothing = Smoothing(trigram=0.5, bigram=0.5, unigram=1e-9)
    model = parsed(arpa(vocabulary, [(vocabulary.count(["yes", "yes", "yes", "no"]), 1.0)], smoothing))
    # words: yes 3/8, </s> 4/8; after <s>: half of 3/4, half of 3/8
    assert abs(probability(model, (START,), "yes") - (0.5 * 0.75 + 0.5 * 0.375)) < 0.001


def test_groups_weigh_by_their_weight_not_their_size() -> None:
    vocabulary = Vocabulary(["yes", "no"])
    many, few = vocabulary.count(["yes"] * 1000), vocabulary.count(["no"] * 10)
    model = parsed(arpa(vocabulary, [(many, 0.2), (few, 0.8)]))
    assert probability(model, (START,), "no") > probability(model, (START,), "yes")


def test_words_outside_the_vocabulary_are_left_out() -> None:
    vocabulary = Vocabulary(["yes"])
    model = parsed(arpa(vocabulary, [(vocabulary.count(["yes indeed"]), 1.0)]))
    assert {word for ngram in model for word in ngram} == {START, END, "yes"}
