"""Names that nothing introduces in writing: signatures, names beside a number or a car, and what is none of these."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.understanding_world import UNDERSTANDER, india, world


def _slots(text: str, mixed: bool = False) -> dict[str, SlotValue]:
    result = UNDERSTANDER.understand(text, india() if mixed else world())
    assert [command.intent for command in result.commands] in (["service.book"], ["testdrive.book"]), text
    return result.commands[0].slots


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Oil change on Friday at 10, please. Thanks, Dana Whitlock", "Dana Whitlock"),
        ("AC service dec 2 10am - Best, Kyle Roper", "Kyle Roper"),
        ("oil change friday 9am. Regards,\nMargaret Dunn", "Margaret Dunn"),
        ("wheel alignment monday 9am. thanks, Gus", "Gus"),
        ("test drive for simone beckett, kia seltos, fri at 11", "Simone Beckett"),
        ("tire rotation for anjali rao monday 10am", "Anjali Rao"),
        ("oil change for honda civic, dale wicks, mon 9", "Dale Wicks"),
        ("schedule tire rotation for bea lockhart 202-555-0119 dec 10 830am", "Bea Lockhart"),
        ("oil change thursday 2pm zorina kumbley 2025550123", "Zorina Kumbley"),
        ("oil change friday, amy wong, call me 2025550177, 9am", "Amy Wong"),
    ],
)
def test_who_a_message_is_from(text: str, name: str) -> None:
    assert _slots(text)["name"] == name


@pytest.mark.parametrize(
    "text",
    [
        "tire rotation tomorrow at 4 thanks!",
        "oil change tomorrow at 4, thanks so much",
        "oil change friday 9am, thanks mate",
        "oil change friday 9am. Thanks a lot, you guys are great",
        "oil change friday 9am. Thanks, Civic owner",
        "oil change for honda city 202-555-0143 friday at 10",
        "oil change for grandma 202 555 0144 friday 9am",
        "schedule oil change for winter trip dec 10 830am",
        "alignment for christian school van friday 9",
        "test drive for two people, honda civic, friday at 11",
        "my sedan makes noise, dale says it's the brakes, can you check friday 9am",
    ],
)
def test_what_is_nobodys_name(text: str) -> None:
    assert "name" not in _slots(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("servicing ke liye DL 3C AB 1234 laani hai Friday 10 baje, naam Kishan Lal", "Kishan Lal"),
        ("AC service somvar 10 baje, naam Neelam Kala", "Neelam Kala"),
        ("naam Safed Khan, battery change kal 3 baje", "Safed Khan"),
        ("oil change kal 5 baje. Dhanyavaad, Raghu Nair", "Raghu Nair"),
        ("haan main Rakesh Tomar, brake dikhane hain kal 10 baje", "Rakesh Tomar"),
        ("mere bhai Sukhdev Rana ke liye kal 10 baje oil change", "Sukhdev Rana"),
    ],
)
def test_who_speaks_hinglish(text: str, name: str) -> None:
    assert _slots(text, mixed=True)["name"] == name


@pytest.mark.parametrize(
    "text",
    [
        "main kal 4 baje aaunga, oil change rakh do",
        "main Delhi mein hoon, parso 10 baje oil change",
        "lal Creta mein AC service kal 10 baje",
        "service ke liye Creta laani hai kal 10 baje",
        "oil change kal 10 baje, naam wahi purana",
    ],
)
def test_no_name_in_hinglish(text: str) -> None:
    assert "name" not in _slots(text, mixed=True)


@pytest.mark.parametrize(
    "text",
    ["oil change 202-555-0188 9am friday", "oil change friday, 2025550188, 9am", "2025550188 9:30 friday oil change"],
)
def test_a_whole_number_takes_no_hour_with_it(text: str) -> None:
    slots = _slots(text)
    assert slots["phone"] == "2025550188"
    assert str(slots["time"]).startswith("09:")


@pytest.mark.parametrize("text", ["asdf qwer zxcv", "lorem ipsum dolor."])
def test_strange_words_alone_name_nobody(text: str) -> None:
    assert [command.intent for command in UNDERSTANDER.understand(text, world()).commands] == ["out_of_scope"]
