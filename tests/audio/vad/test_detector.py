from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.audio.vad.detector import Detector, DetectorSettings
from offhook.contracts.audio import VoiceFaded, VoiceStarted, VoiceStopped, VoiceVerdict

WINDOW_MS = 32.0
SETTINGS = DetectorSettings()
L, Q = True, False


def play(windows: list[tuple[float, str]], detector: Detector | None = None) -> list[tuple[VoiceVerdict, float]]:
    """Starts and stops with the moment at which they were known. A window is (probability, four parts "#" loud, "."
    quiet)."""
    return [told for told in told_by(windows, detector) if not isinstance(told[0], VoiceFaded)]


def told_by(windows: list[tuple[float, str]], detector: Detector | None = None) -> list[tuple[VoiceVerdict, float]]:
    detector = detector or Detector(SETTINGS)
    out = []
    for n, (probability, parts) in enumerate(windows):
        verdict = detector.window(probability, [p == "#" for p in parts], n * WINDOW_MS, (n + 1) * WINDOW_MS)
        if verdict is not None:
            out.append((verdict, (n + 1) * WINDOW_MS))
    return out


SILENCE = [(0.01, "....")]
SPEECH = [(0.95, "####")]


def test_speech_is_dated_by_its_sound_and_known_within_two_windows() -> None:
    heard = play(SILENCE * 3 + [(0.2, "..##"), (0.7, "####")] + SPEECH * 10)
    assert heard == [(VoiceStarted(3 * 32 + 16), 5 * 32)]


def test_one_sure_window_is_enough_and_one_doubtful_is_not() -> None:
    assert play([*SILENCE, *SPEECH]) == [(VoiceStarted(32), 64)]
    assert play([*SILENCE, (0.6, "####"), *SILENCE * 5]) == []
    assert play([*SILENCE, (0.3, "####"), (0.5, "####")]) == [(VoiceStarted(32), 96)]


def test_the_end_is_where_the_sound_ended_though_the_model_lingers() -> None:
    heard = play(SPEECH * 10 + [(0.95, "#...")] + [(0.95, "....")] * 10)
    assert [verdict for verdict, _ in heard] == [VoiceStarted(0), VoiceStopped(10 * 32 + 8)]
    assert heard[1][1] - (10 * 32 + 8) <= SETTINGS.hang_alone_ms + WINDOW_MS


@pytest.mark.parametrize(
    ("lingering", "hang_ms"),
    [(0.01, SETTINGS.hang_sure_ms), (0.4, SETTINGS.hang_ms), (0.9, SETTINGS.hang_alone_ms)],
)
def test_the_surer_the_model_the_sooner_the_end_is_known(lingering: float, hang_ms: float) -> None:
    heard = play(SPEECH * 5 + [(lingering, "....")] * 8)
    lag_ms = heard[1][1] - 5 * 32
    assert heard[1][0] == VoiceStopped(5 * 32)
    assert hang_ms <= lag_ms < hang_ms + WINDOW_MS


def test_what_lingers_of_the_model_starts_nothing_anew() -> None:
    heard = play(SPEECH * 5 + [(0.9, "....")] * 6 + [(0.8, "#...")] + [(0.8, "....")] * 3)
    assert len(heard) == 2


def test_a_closure_inside_a_word_is_bridged() -> None:
    word = SPEECH * 4 + [(0.9, "##.."), (0.8, "...."), (0.7, "...."), (0.9, "..##")] + SPEECH * 4
    assert len(play(word)) == 1


def test_a_voice_that_is_gone_for_a_moment_has_faded_long_before_it_has_stopped() -> None:
    heard = told_by(SPEECH * 5 + [(0.9, "##..")] + [(0.9, "....")] * 5)
    assert [verdict for verdict, _ in heard] == [VoiceStarted(0), VoiceFaded(176), VoiceStopped(176)]
    assert heard[1][1] - 176 == pytest.approx(SETTINGS.fade_ms + 16, abs=WINDOW_MS / 2)
    assert heard[2][1] - heard[1][1] >= 64


def test_a_closure_inside_a_word_fades_once() -> None:
    word = SPEECH * 4 + [(0.9, "##.."), (0.8, "...."), (0.7, "...."), (0.9, "..##")] + SPEECH * 4
    assert [verdict for verdict, _ in told_by(word * 2)] == [VoiceStarted(0), VoiceFaded(144), VoiceFaded(528)]


def test_a_line_that_became_loud_ends_by_the_model_alone() -> None:
    heard = play(SPEECH * 5 + [(0.05, "####")] * 10)
    assert heard[1][0] == VoiceStopped(5 * 32)
    assert heard[1][1] - 5 * 32 == pytest.approx(SETTINGS.lost_ms, abs=WINDOW_MS)


def test_the_onset_goes_back_only_so_far_in_a_loud_line() -> None:
    heard = play([(0.01, "####")] * 20 + SPEECH * 2)
    assert heard[0][0] == VoiceStarted(20 * 32 - SETTINGS.back_ms)


def test_a_new_onset_never_lies_before_the_former_end() -> None:
    heard = play(SPEECH * 5 + [(0.05, "####")] * 8 + SPEECH * 3)
    (_, stop, start) = [verdict for verdict, _ in heard]
    assert isinstance(stop, VoiceStopped)
    assert isinstance(start, VoiceStarted)
    assert start.onset_ms >= stop.end_ms


def test_audio_that_breaks_off_ends_speech_once() -> None:
    detector = Detector(SETTINGS)
    assert detector.stop() is None
    play(SPEECH * 4 + [(0.9, "#...")], detector)
    assert detector.speaking
    assert detector.stop() == VoiceStopped(4 * 32 + 8)
    assert not detector.speaking
    assert detector.stop() is None


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.text(alphabet="#.", min_size=4, max_size=4)),
        max_size=80,
    )
)
def test_verdicts_alternate_and_their_times_never_go_back_or_ahead(windows: list[tuple[float, str]]) -> None:
    before_ms = 0.0
    for index, (verdict, known_ms) in enumerate(play(windows)):
        if index % 2 == 0:
            assert isinstance(verdict, VoiceStarted)
            at_ms = verdict.onset_ms
        else:
            assert isinstance(verdict, VoiceStopped)
            at_ms = verdict.end_ms
        assert before_ms <= at_ms <= known_ms
        before_ms = at_ms


@given(
    st.lists(
        st.tuples(st.floats(0, 0.3), st.text(alphabet="#.", min_size=4, max_size=4)),
        max_size=10,
    )
)
def test_quiet_is_a_silent_window_in_short(before: list[tuple[float, str]]) -> None:
    in_short, in_full = Detector(SETTINGS), Detector(SETTINGS)
    play(before, in_short)
    play(before, in_full)
    more = [in_short.quiet() for _ in range(2)]
    play([(0.0, "....")] * 2, in_full)
    assert not more[-1]
    told = [(0.5, "##.."), (0.5, "####"), *SPEECH]
    assert play(told, in_short) == play(told, in_full)
