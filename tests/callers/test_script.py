from __future__ import annotations

from pathlib import Path

import pytest

from offhook.callers.actor import Actor, HangUp, Pause, Press, Speak, WaitForHangUp
from offhook.callers.script import ScriptError, Step, load_script, parse_script, script_of

WHOLE = """
from: "+12025550142"
voice: en-us+f3
end: wait
steps:
  - say: book an oil change
  - expect: oil change
  - when: your name
    say: Jordan Miller
    times: 2
  - dtmf: "12#"
  - wait: 0.5
  - say: stop
    barge_in_after_ms: 800
"""


def test_a_whole_script() -> None:
    script = parse_script(WHOLE)
    assert (script.from_number, script.voice, script.end, script.listens) == ("+12025550142", "en-us+f3", "wait", True)
    assert script.lines == ["book an oil change", "Jordan Miller", "stop"]


def test_a_list_alone_is_a_script() -> None:
    script = parse_script("- say: hello\n- hang_up: true")
    assert script.steps == (Step(say="hello"), Step(hang_up=True))
    assert not script.listens


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [", "not YAML"),
        ("- 5", "steps"),
        ("- shout: hello", "shout"),
        ("[]", "nothing to say"),
        ("", "script"),
        ("- {say: a, wav: b}", "step 1: needs exactly one of .* it has say and wav"),
        ("- {}", "has none"),
        ("- say: a\n- say: ' '", "step 2: say is empty"),
        ("- {say: a, when: '('}", "nothing to say"),
        ("- say: a\n- {say: b, when: '('}", "no regular expression"),
        ("- {expect: '['}", "no regular expression"),
        ("- say: a\n- {when: x, wait: 1}", "does not go with wait"),
        ("- {dtmf: 12}", "str"),
        ("- dtmf: '1x'", "other keys"),
        ("- wait: -1", "between 0"),
        ("- {dtmf: '1', barge_in_after_ms: 5}", "barge_in_after_ms"),
        ("- {say: x, end: wait}", "end"),
    ],
)
def test_faults_are_named(text: str, fault: str) -> None:
    with pytest.raises(ScriptError, match=fault):
        parse_script(text)


def test_files(tmp_path: Path) -> None:
    plain = tmp_path / "a.txt"
    plain.write_text("# a comment\nhello\n\n  good bye \n")
    assert load_script(plain).lines == ["hello", "good bye"]
    (tmp_path / "b.yaml").write_text("- wav: voice/a.wav\n")
    assert load_script(tmp_path / "b.yaml").steps[0].wav == str(tmp_path / "voice/a.wav")
    plain.write_text("# nothing\n")
    with pytest.raises(ScriptError, match="nothing to say"):
        load_script(plain)


def test_flags_make_a_script() -> None:
    script = script_of(["a", "b"], ["c.wav"], "1#", barge_in_after_ms=500)
    assert [step.barge_in_after_ms for step in script.steps] == [500, 500, 500, None]
    with pytest.raises(ScriptError):
        script_of([])


def test_the_actor_plays_in_order_and_answers_what_it_knows() -> None:
    actor = Actor(parse_script(WHOLE))
    assert actor.next(None) == Speak(Step(say="book an oil change"))
    name = Step(say="Jordan Miller", when="your name", times=2)
    assert actor.next("An oil change. What is YOUR NAME?") == Speak(name)
    assert actor.next("Sorry, your name?") == Speak(name)
    assert not actor.done
    assert actor.next("Thanks. An Oil change. And your name?") == Press("12#")
    assert actor.failures == []
    assert actor.next("x") == Pause(0.5)
    assert actor.barge_in_after_ms == 800
    assert isinstance(actor.next(None), Speak)
    assert actor.barge_in_after_ms is None
    assert actor.done
    assert actor.next("bye") == WaitForHangUp()


@pytest.mark.parametrize("said", [None, "something else"])
def test_an_expectation_that_fails_is_kept_and_the_call_goes_on(said: str | None) -> None:
    actor = Actor(parse_script("- expect: hello\n- hang_up: true"))
    assert actor.next(said) == HangUp()
    assert len(actor.failures) == 1
    assert "hello" in actor.failures[0]


def test_hangs_up_after_the_last_step_by_default() -> None:
    actor = Actor(parse_script("- say: a"))
    actor.next(None)
    assert actor.next(None) == HangUp()
