"""A clip's file is the audio or nothing; equal keys meet, different ones never."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from offhook.contracts.speech import Voice
from offhook.providers.speech_cache.clips import ClipKey, packed, sentence_of, unpacked

AUDIO = st.binary(min_size=1, max_size=400)
KEYS = st.builds(
    ClipKey,
    st.sampled_from(["espeak", "other"]),
    st.builds(Voice, st.sampled_from(["", "a", "ab"]), st.sampled_from(["en", "hi", "b"]), st.sampled_from([1.0, 0.8])),
    st.sampled_from([8000, 16000]),
    st.text(max_size=6),
)


@given(AUDIO)
def test_what_was_packed_is_unpacked(audio: bytes) -> None:
    assert unpacked(packed(audio)) == audio


@given(AUDIO, st.data())
def test_a_file_that_was_cut_or_altered_is_no_audio(audio: bytes, data: st.DataObject) -> None:
    whole = packed(audio)
    assert unpacked(whole[: data.draw(st.integers(0, len(whole) - 1))]) is None
    at, other = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    assert unpacked(whole[:at] + bytes([whole[at] ^ other]) + whole[at + 1 :]) is None
    assert unpacked(whole + b"\0") is None


@given(KEYS, KEYS)
def test_files_have_one_name_where_keys_are_equal_and_only_there(one: ClipKey, other: ClipKey) -> None:
    assert (one.file_name == other.file_name) == (one == other)


def test_white_space_makes_no_difference_to_a_sentence() -> None:
    assert sentence_of(" How can\n I help? ") == "How can I help?"
