"""Messages as people type them: days and hours without a word between them, short words, and nothing more."""

from __future__ import annotations

import pytest

from offhook.understanding.model import Context
from support.understanding_tables import commands
from support.understanding_world import UNDERSTANDER, india, table_context, world


def _said(text: str, *, mixed: bool = False, context: Context | None = None) -> list[tuple[str, dict[str, object]]]:
    result = UNDERSTANDER.understand(text, india() if mixed else world(), context)
    return [(command.intent, dict(command.slots)) for command in result.commands]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fri 9 oil change", "service.book service=Oil_change date=2026-11-27 time=09:00"),
        ("friday evening at 5 oil change", "service.book service=Oil_change date=2026-11-27 time=17:00"),
        ("thurs 10-12 alignment", "service.book service=Wheel_alignment date=2026-11-26 time_from=10:00 time_to=12:00"),
        ("fri 9 no 10 oil change", "service.book service=Oil_change date=2026-11-27 time=10:00"),
        ("friday 2 oil changes", "service.book service=Oil_change date=2026-11-27"),
        ("mon 4 tires rotated", "service.book service=Tire_rotation date=2026-11-30"),
        ("oil change tmrw am", "service.book service=Oil_change date=2026-11-25 daypart=morning"),
        ("tmrw pm oil change", "service.book service=Oil_change date=2026-11-25 daypart=afternoon"),
        ("diag for cel, mon 10", "service.book service=Diagnostics date=2026-11-30 time=10:00"),
        ("battery dead, new one tues 2?", "service.book service=Battery_replacement date=2026-12-01 time=14:00"),
        ("oil change any time friday", "service.book service=Oil_change date=2026-11-27"),
        ("push to next wk", "appointment.reschedule date_from=2026-11-30 date_to=2026-12-06"),
        ("shift to 4", "appointment.reschedule time=16:00"),
        ("mv my 2pm to 4", "appointment.reschedule time=16:00 from_time=14:00"),
        ("cxl my appt", "appointment.cancel"),
        ("any news on plate KLM 4410", "vehicle.status reg_no=KLM4410"),
        ("how is HJT2290 coming along", "vehicle.status reg_no=HJT2290"),
        ("my plate is BZD 8841", "customer.identify reg_no=BZD8841"),
        ("hrs sat?", "faq topic=hours day=saturday"),
        ("nvm", "deny"),
        ("could i come 30 minutes before my appointment time", "appointment.reschedule shift_min=-30"),
        ("is the first service free", "price.quote service=Full_service"),
    ],
)
def test_short_words_say_it_all(text: str, expected: str) -> None:
    assert _said(text) == commands(expected)


@pytest.mark.parametrize(
    "text",
    [
        "insp + oil sat 9",
        "inspection and oil change sat 9",
        "brakes and an oil change friday at 9",
        "brakes, alignment, fri 9",
        "oil change, tires, friday 9",
        "oil change and something with the brakes friday 9",
    ],
)
def test_of_two_things_none_is_written_alone(text: str) -> None:
    result = UNDERSTANDER.understand(text, world())
    assert (result.decision, result.ask) == ("ask", "service")


@pytest.mark.parametrize(
    "text",
    [
        "call me an hour before my appointment",
        "remind me a day before my appointment",
        "should i arrive an hour before my appointment",
    ],
)
def test_what_comes_before_an_appointment_moves_nothing(text: str) -> None:
    assert UNDERSTANDER.understand(text, world()).decision != "execute"


@pytest.mark.parametrize("text", ["ok and monday?", "monday?", "and on monday"])
def test_another_day_is_asked_about_as_the_first_was(text: str) -> None:
    assert _said(text, context=Context(last_intent="availability.check")) == [
        ("availability.check", {"date": "2026-11-30"})
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sat 10 bje gaadi dhulwani h", "service.book service=Car_wash_and_detailing date=2026-11-28 time=10:00"),
        ("kal 9 se 11 oil change", "service.book service=Oil_change date=2026-11-25 time_from=09:00 time_to=11:00"),
        ("kal sat baje oil change", "service.book service=Oil_change date=2026-11-25 time=19:00"),
        ("sat sri akal ji, oil change kal 10 baje", "service.book service=Oil_change date=2026-11-25 time=10:00"),
        ("kal lunch ke baad oil change", "service.book service=Oil_change date=2026-11-25 daypart=afternoon"),
        ("kal ka parso kr do", "appointment.reschedule date=2026-11-26 from_date=2026-11-25"),
        ("kal wala parso kar do 4 baje", "appointment.reschedule date=2026-11-26 time=16:00 from_date=2026-11-25"),
        ("same time parso", "appointment.reschedule date=2026-11-26 same_time=True"),
        ("gaadi ready h?", "vehicle.status"),
        ("नई नेक्सन लाल रंग में है क्या", "inventory.search model=Tata_Nexon condition=new color=red"),
        ("naya nahi, purana hi chahiye, Swift ho to batao", "inventory.search model=Maruti_Swift condition=used"),
        ("nayi lene ki himmat nahi, purani Swift dikha do", "inventory.search model=Maruti_Swift condition=used"),
        ("teacher hoon school mein, gaadi pe loan kara dete ho kya", "faq topic=finance"),
        (
            "AC service parso 10 baje laga do, aur ye bhi bolo aap log band kitne baje karte ho",
            "service.book service=AC_service date=2026-11-26 time=10:00; faq topic=hours",
        ),
        (
            "servicing ke baad gaadi zyada awaaz kar rahi hai, paise le liye aur kiya kuch nahi, loot macha rakhi hai",
            "handoff reason=complaint",
        ),
    ],
)
def test_short_hinglish(text: str, expected: str) -> None:
    assert _said(text, mixed=True) == commands(expected)


@pytest.mark.parametrize(
    "text",
    [
        "mere dost ne apni Swift ki servicing Delhi mein karwayi kal",
        "bade bhai ne naya flat liya hai, griha pravesh somvar ko 9 baje hai",
        "saamne wale Guptaji roz apni Creta khud dhote hain subah 6 baje",
        "hamare padosi ki Nexon mein bahut awaaz aati hai",
    ],
)
def test_a_story_of_others_asks_for_nothing(text: str) -> None:
    assert _said(text, mixed=True) == [("out_of_scope", {})]


@pytest.mark.parametrize(
    "text",
    [
        "biwi ne bola oil change karwa lo kal 10 baje",
        "papa ne kal 10 baje ka bola hai oil change ke liye",
        "padosi ke saath aaunga kal 10 baje oil change ke liye",
    ],
)
def test_what_others_wish_through_the_speaker_is_a_wish(text: str) -> None:
    ((intent, slots),) = _said(text, mixed=True)
    assert (intent, slots["service"], slots["time"]) == ("service.book", "Oil change", "10:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ek minute, alignment bola tha maine, oil change nahi", "correct service=Wheel_alignment"),
        ("Ravi nahi, Ravinder Gill naam hai mera", "correct name=Ravinder_Gill"),
        ("Ravi nahi Rajiv", "correct name=Rajiv"),
        ("oil change nahi, alignment", "correct service=Wheel_alignment"),
    ],
)
def test_what_was_read_back_is_put_right(text: str, expected: str) -> None:
    held = table_context("confirm", "service=Oil_change date=2026-11-27 time=10:00 name=Ravi")
    result = UNDERSTANDER.understand(text, india(), held)
    assert result.decision == "execute"
    assert [(command.intent, command.slots) for command in result.commands] == commands(expected)
