"""The form rules, by table and by property: nothing is ready to be sent but what was read back as it stands."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from offhook.contracts.conversation import ConversationState
from offhook.dialogue.forms import (
    MEMORY_FORM,
    Ask,
    Field,
    Form,
    FormState,
    ReadAll,
    ReadBack,
    Verify,
    asking,
    fill,
    forget,
    load,
    misheard_again,
    next_step,
    to_memory,
    to_pending,
    verified,
)

FORM = Form(
    intent="thing.book",
    tool="book",
    fields=tuple(Field(slot, f"ask_{slot}", f"ask_{slot}_again") for slot in ("what", "day", "hour", "name")),
    read_back="read_back",
)
NEEDED = ("what", "day", "hour", "name")
FULL = {"what": "oil", "day": "2026-11-27", "hour": "10:00", "name": "Joe"}
BACK = ReadBack("t1", "abc")


def test_slots_are_asked_for_in_the_form_order_whatever_came_first() -> None:
    form = fill(FormState(), {"hour": "10:00", "name": "Joe"})
    assert next_step(FORM, form, NEEDED) == Ask("what")
    form = fill(form, {"what": "oil"})
    assert next_step(FORM, form, NEEDED) == Ask("day")
    assert next_step(FORM, fill(form, {"day": "2026-11-27"}), NEEDED) == ReadAll()


def test_only_needed_slots_are_asked_for() -> None:
    assert next_step(FORM, fill(FormState(), {"what": "oil"}), ("what",)) == ReadAll()


def test_a_badly_heard_value_is_made_sure_of_unless_the_read_back_says_it() -> None:
    form = fill(FormState(), {"day": "2026-11-27"}, unsure={"day"})
    assert next_step(FORM, form, NEEDED) == Verify(("day",))
    assert next_step(FORM, fill(form, {s: v for s, v in FULL.items() if s != "day"}), NEEDED) == ReadAll()


def test_yes_makes_a_value_sure_and_no_takes_it_back() -> None:
    form = fill(FormState(), {"day": "2026-11-27"}, unsure={"day"})
    assert verified(form, ("day",), right=True).unsure == frozenset()
    assert "day" not in verified(form, ("day",), right=False).values


def test_saying_the_same_again_makes_it_sure() -> None:
    form = fill(FormState(), {"day": "2026-11-27"}, unsure={"day"})
    assert fill(form, {"day": "2026-11-27"}).unsure == frozenset()


def test_attempts_count_only_questions_without_progress() -> None:
    form = asking(FormState(), "day", progress=True)
    form = asking(form, "day", progress=False)
    assert form.attempts == 2
    assert asking(form, "day", progress=True).attempts == 1
    assert asking(form, "hour", progress=False).attempts == 1


SLOTS = st.sampled_from(["what", "day", "hour", "name"])
VALUES = st.dictionaries(SLOTS, st.text("abc", min_size=1, max_size=2), max_size=4)


@given(VALUES, VALUES)
def test_a_changed_value_makes_the_read_back_void(before: dict[str, str], said: dict[str, str]) -> None:
    form = replace(FormState(values=before), read_back=BACK)
    after = fill(form, said)
    changed = any(before.get(slot) != value for slot, value in said.items())
    assert (after.read_back is None) == changed
    assert after.values == {**before, **said}


@given(VALUES, SLOTS)
def test_a_forgotten_value_makes_the_read_back_void(before: dict[str, str], slot: str) -> None:
    form = replace(FormState(values=before), read_back=BACK)
    after = forget(form, slot)
    assert slot not in after.values
    assert (after.read_back is None) == (slot in before)


@given(VALUES, st.frozensets(SLOTS), st.lists(st.just("2026-11-27T10:00"), max_size=3), st.booleans())
def test_a_form_survives_the_session_state(
    values: dict[str, str], unsure: frozenset[str], offered: list[str], read: bool
) -> None:
    form = FormState(
        values=values,
        unsure=unsure,
        asked="day",
        attempts=2,
        read_back=BACK if read else None,
        offered=tuple(offered),
        checked="x",
        since="now",
    )
    state = ConversationState(session_id="s", business_id="b", desk="d", channel="chat")
    state.pending = to_pending(FORM, form)
    state.desk_memory = {MEMORY_FORM: to_memory(form)}
    assert load(FORM, state) == form


def test_another_commands_form_is_not_loaded() -> None:
    state = ConversationState(session_id="s", business_id="b", desk="d", channel="chat")
    assert load(FORM, state) is None
    state.pending = to_pending(replace(FORM, intent="other"), FormState())
    assert load(FORM, state) is None


def test_a_value_that_was_denied_is_left_out_once_when_it_is_heard_again() -> None:
    form = verified(fill(FormState(), {"hour": "15:00"}, unsure={"hour"}), ("hour",), right=False)
    form, left, again = misheard_again(form, {"hour": "15:00", "day": "2026-11-27"})
    assert (left, again) == ({"day": "2026-11-27"}, {"hour"})
    form, left, again = misheard_again(form, {"hour": "15:00"})
    assert (left, again) == ({"hour": "15:00"}, frozenset()), "who says it a third time means it"


def test_what_was_denied_is_kept_with_the_session() -> None:
    form = verified(fill(FormState(since="x", asked="hour"), FULL, unsure={"hour"}), ("hour",), right=False)
    state = ConversationState(session_id="s", business_id="b", desk="d", channel="chat")
    state.pending, state.desk_memory = to_pending(FORM, form), {MEMORY_FORM: to_memory(form)}
    loaded = load(FORM, state)
    assert loaded is not None
    assert loaded.rejected == (("hour", "10:00"),)


def test_of_two_values_that_were_denied_together_one_may_have_been_right() -> None:
    form = verified(fill(FormState(), {"day": "2026-11-27", "hour": "15:00"}), ("day", "hour"), right=False)
    assert misheard_again(form, {"day": "2026-11-27", "hour": "10:00"})[1:] == (
        {"day": "2026-11-27", "hour": "10:00"},
        frozenset(),
    )
    assert misheard_again(form, {"day": "2026-11-27", "hour": "15:00"})[1:] == ({}, {"day", "hour"})
