"""Chunks that a carrier takes, no sooner than it can play them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.channels.outflow import ChunkRules, Mark, Outflow
from offhook.contracts.audio import AudioFormat

LEAST, STEP = 3200, 320


def rules(rate_hz: int = 8000, **more: float) -> ChunkRules:
    return ChunkRules(AudioFormat("pcm16", rate_hz), LEAST, STEP, **more)  # type: ignore[arg-type]  # floats


def run(out: Outflow, from_ms: float, to_ms: float) -> list[tuple[float, bytes | Mark]]:
    """What leaves when it is asked whenever something is due."""
    left: list[tuple[float, bytes | Mark]] = []
    now_ms = from_ms
    while True:
        left += [(now_ms, item) for item in out.take(now_ms)]
        due_ms = out.due_ms(now_ms)
        if due_ms is None or due_ms > to_ms:
            return left
        assert due_ms > now_ms, "nothing would ever leave"
        now_ms = due_ms


def test_a_long_speech_leaves_slightly_ahead_of_its_playing_and_ends_padded() -> None:
    out, speech = Outflow(rules()), b"\1\2" * 20_001  # 2.5 s and a sample
    out.play(speech, 0.0)
    out.mark("end")
    left = run(out, 0.0, 10_000)
    chunks = [(at, item) for at, item in left if isinstance(item, bytes)]
    assert left[-1][1] == Mark("end")
    assert all(len(chunk) % STEP == 0 and LEAST <= len(chunk) <= 99_840 for _, chunk in chunks)
    assert b"".join(chunk for _, chunk in chunks).rstrip(b"\0") == speech
    assert all(len(chunk) == LEAST for _, chunk in chunks[:-1])
    played_ms = 0.0
    for at, chunk in chunks:
        assert played_ms - 400 <= at <= max(0.0, played_ms), "neither a heap at once nor a gap"
        played_ms += len(chunk) / 16
    assert played_ms < 2_501 + 20


def test_sentences_behind_one_another_are_joined_without_silence() -> None:
    out = Outflow(rules())
    for number in range(4):
        out.play(b"\1" * 5000, 0.0)
        out.mark(str(number))
    left = [item for _, item in run(out, 0.0, 10_000)]
    audio = b"".join(item for item in left if isinstance(item, bytes))
    assert audio.rstrip(b"\0") == b"\1" * 20_000 and len(audio) - 20_000 < STEP
    assert [item.name for item in left if isinstance(item, Mark)] == ["0", "1", "2", "3"]


def test_a_word_is_made_as_long_as_a_chunk_must_be() -> None:
    out = Outflow(rules())
    out.play(b"\1" * 1000, 0.0)
    assert out.take(0.0) == [], "more may be on its way"
    out.mark("word")
    assert out.take(0.0) == [b"\1" * 1000 + b"\0" * 2200, Mark("word")]
    out.play(b"\2" * 1000, 300.0)
    assert run(out, 300.0, 1_000)[0][1] == b"\2" * 1000 + b"\0" * 2200, "nor is it kept for ever without a mark"


def test_what_is_cleared_does_not_leave_nor_do_its_marks() -> None:
    out = Outflow(rules())
    out.play(b"\1" * 40_000, 0.0)
    out.mark("gone")
    assert sum(len(item) for item in out.take(0.0) if isinstance(item, bytes)) / 16 <= 600
    out.clear(100.0)
    assert out.due_ms(100.0) is None and out.take(5_000.0) == []
    out.play(b"\2" * 3200, 120.0)
    out.mark("new")
    assert out.take(120.0) == [b"\2" * 3200, Mark("new")], "what follows leaves at once"


def test_a_mark_with_nothing_before_it_leaves_at_once() -> None:
    out = Outflow(rules())
    out.mark("now")
    assert out.take(0.0) == [Mark("now")]


def test_no_more_is_kept_than_will_be_heard() -> None:
    out = Outflow(rules(max_waiting_ms=1000))
    assert out.play(bytes(16_000), 0.0) and not out.play(bytes(2), 0.0)


def test_chunks_are_as_long_at_every_rate_as_they_may_be() -> None:
    assert [rules(rate).chunk_bytes for rate in (8000, 16_000, 24_000)] == [3200, 3200, 4800]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([8000, 16_000, 24_000]),
    st.lists(st.tuples(st.integers(1, 9000), st.integers(0, 400), st.booleans()), max_size=12),
)
def test_every_chunk_is_legal_and_nothing_is_lost(rate_hz: int, pieces: list[tuple[int, int, bool]]) -> None:
    out, now_ms = Outflow(rules(rate_hz)), 0.0
    left: list[bytes | Mark] = []
    said = b""
    for number, (samples, pause_ms, marked) in enumerate(pieces):
        piece = bytes([1 + number % 250, 1]) * samples
        said += piece
        out.play(piece, now_ms)
        if marked:
            out.mark(str(number))
        left += [item for _, item in run(out, now_ms, now_ms + pause_ms)]
        now_ms += pause_ms
    left += [item for _, item in run(out, now_ms, now_ms + 100_000)]
    chunks = [item for item in left if isinstance(item, bytes)]
    assert all(len(chunk) % STEP == 0 and LEAST <= len(chunk) <= 99_840 for chunk in chunks)
    assert b"".join(chunks).replace(b"\0", b"") == said.replace(b"\0", b"")
    assert [item.name for item in left if isinstance(item, Mark)] == [str(n) for n, p in enumerate(pieces) if p[2]]
