from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.providers.tts.spoken import spoken
from offhook.providers.tts.spoken.number_words import cardinal, groups, ordinal, spelled, year

ENGLISH = [
    # times
    ("at 10:30 AM.", "at ten thirty A.M."),
    ("10 a.m. tomorrow", "ten A.M. tomorrow"),
    ("at 9:05 pm", "at nine oh five P.M."),
    ("12:00 PM", "twelve P.M."),
    ("14:30 or 09:00 or 14:00", "fourteen thirty or nine o'clock or fourteen hundred"),
    ("9 AM - 6 PM", "nine A.M. to six P.M."),
    ("10-11 AM", "10 to eleven A.M."),
    ("9:00-18:00", "nine o'clock to eighteen hundred"),
    ("20–30 minutes", "20 to 30 minutes"),
    # dates
    ("Friday, Nov. 27th", "Friday, November twenty seventh"),
    ("November 21, 2026", "November twenty first, twenty twenty six"),
    ("27 November", "the twenty seventh of November"),
    ("the 3rd of December", "the third of December"),
    ("2026-11-27", "November twenty seventh, twenty twenty six"),
    ("2026-13-45", "two zero two six, one three, four five"),
    ("03/04/2026", "03/04/2026"),
    ("Mon-Fri and Sat–Sun", "Monday to Friday and Saturday to Sunday"),
    ("on Tue, Thurs and Fri", "on Tuesday, Thursday and Friday"),
    ("The cat sat in the sun.", "The cat sat in the sun."),
    ("I may come in march", "I may come in march"),
    # money
    ("$49.95", "forty nine dollars and ninety five cents"),
    ("$1,249", "one thousand two hundred forty nine dollars"),
    ("$1 or £0.01", "one dollar or one penny"),
    ("-$5", "minus five dollars"),
    ("₹1,25,000", "one lakh twenty five thousand rupees"),
    ("Rs. 500/- only", "five hundred rupees only"),
    ("₹2.5 lakh", "two point five lakh rupees"),
    # phones, codes, addresses
    ("+12025550110", "plus one, two zero two, five five five, zero one one zero"),
    ("(202) 555-0110.", "two zero two, five five five, zero one one zero."),
    ("2025550110", "two zero two, five five five, zero one one zero"),
    ("+919999900001", "plus nine one, nine nine nine nine nine, zero zero zero zero one"),
    ("2 0 2, 5 5 5, 0 1 1 0", "2 0 2, 5 5 5, 0 1 1 0"),
    ("plate KA 01 AB 1234", "plate K.A., zero one, A.B., one two three four"),
    ("1HGCM82633A004352", "one H.G., C.M. eight, two six three, three A. zero, zero four three, five two"),
    ("info@lakeside.example", "info at lakeside dot example"),
    ("https://www.lakeside.example", "lakeside.example"),
    ("Dr. Smith, 42 Main St.", "Doctor Smith, 42 Main Street."),
    ("St. Louis Ave, Suite 5", "Saint Louis Avenue, Suite 5"),
    # signs
    ("brakes & tires", "brakes and tires"),
    ("R&D", "R and D"),
    ("10% off", "10 percent off"),
    ("No. 5 and #7", "number 5 and number 7"),
    ("AC service, 45 min", "A.C. service, 45 minutes"),
    ("15,000 km", "fifteen thousand kilometers"),
    ("yes/no", "yes or no"),
    ("open 24/7", "open twenty four seven"),
    ("**Bold** _and_ `code` 😀", "Bold and code"),
    ("[our page](http://x.example)", "our page"),
    ("snake_case stays", "snake_case stays"),
    ("", ""),
    ("😀", ""),
]


@pytest.mark.parametrize(("written", "said"), ENGLISH)
def test_english(written: str, said: str) -> None:
    assert spoken(written, "en-US") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("₹1,25,000 बाकी है", "एक लाख पच्चीस हज़ार रुपये बाकी है"),
        ("शुक्रवार, 27 नवंबर को सुबह साढ़े 10 बजे", "शुक्रवार, सत्ताईस नवंबर को सुबह साढ़े दस बजे"),
        ("service के $59.95 लगते हैं", "service के उनसठ दशमलव नौ पाँच डॉलर लगते हैं"),
        ("गाड़ी KA 01 AB 1234 है", "गाड़ी K A शून्य एक A B एक दो तीन चार है"),
        ("समय 10:20 है", "समय दस बजकर बीस मिनट है"),
        ("Aapka balance ₹5,200 hai & Rs. 10/- extra", "Aapka balance 5200 rupaye hai aur 10 rupaye extra"),
        ("10% छूट", "दस प्रतिशत छूट"),
        ("+919999900001", "9 9 9 9 9, 0 0 0 0 1"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_hindi(written: str, said: str) -> None:
    assert spoken(written, "hi") == said


def test_a_language_without_rules_is_only_cleaned() -> None:
    assert spoken("**வணக்கம்** $5 😀", "ta") == "வணக்கம் $5"


@given(st.text(max_size=300), st.sampled_from(["en", "hi", "ta"]))
def test_any_text_becomes_one_line_without_control_characters(text: str, language: str) -> None:
    said = spoken(text, language)
    assert said == " ".join(said.split())
    assert "\0" not in said


@given(st.text(alphabet=string.ascii_lowercase + " ", max_size=100))
def test_plain_words_are_said_as_they_are(text: str) -> None:
    assert spoken(text, "en") == " ".join(text.split())


@given(st.from_regex(r"\A[2-9][0-9]{9}\Z"))
def test_no_digit_of_a_phone_number_is_lost(number: str) -> None:
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    assert "".join(str(names.index(word)) for word in spoken(number, "en").replace(",", "").split()) == number


@pytest.mark.parametrize(
    ("number", "western", "indian"),
    [
        (0, "zero", "zero"),
        (19, "nineteen", "nineteen"),
        (40, "forty", "forty"),
        (101, "one hundred one", "one hundred one"),
        (100_000, "one hundred thousand", "one lakh"),
        (12_345_678, "twelve million three hundred forty five thousand six hundred seventy eight",
         "one crore twenty three lakh forty five thousand six hundred seventy eight"),
        (-7, "minus seven", "minus seven"),
    ],
)  # fmt: skip
def test_cardinals(number: int, western: str, indian: str) -> None:
    assert (cardinal(number), cardinal(number, indian=True)) == (western, indian)


@given(st.integers(0, 10**16), st.booleans())
def test_cardinals_of_different_numbers_differ(number: int, indian: bool) -> None:
    assert cardinal(number, indian=indian) != cardinal(number + 1, indian=indian)


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "first"), (2, "second"), (3, "third"), (5, "fifth"), (8, "eighth"), (9, "ninth"), (12, "twelfth"),
     (20, "twentieth"), (21, "twenty first"), (30, "thirtieth"), (31, "thirty first"), (100, "one hundredth")],
)  # fmt: skip
def test_ordinals(number: int, said: str) -> None:
    assert ordinal(number) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(2026, "twenty twenty six"), (2005, "two thousand five"), (1900, "nineteen hundred"),
     (1905, "nineteen oh five"), (2000, "two thousand"), (476, "four hundred seventy six")],
)  # fmt: skip
def test_years(number: int, said: str) -> None:
    assert year(number) == said


@given(st.text(alphabet=string.digits, min_size=1, max_size=20))
def test_groups_lose_nothing_and_are_short(text: str) -> None:
    parts = groups(text)
    assert "".join(parts) == text
    assert all(len(part) <= 4 for part in parts)
    assert groups("12345", (2, 3)) == ["12", "345"]


def test_spelling_dots_letters() -> None:
    assert spelled("ka01A") == "K.A. zero one A."
