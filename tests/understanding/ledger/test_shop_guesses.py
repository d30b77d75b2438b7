"""What the sayings guess where no frame of a shop's book holds a line: reads are carried out, writes never unasked."""

from __future__ import annotations

import pytest

from offhook.understanding.ledger.guesses import features_of, weighed
from offhook.understanding.model import Context
from support.shop_tables import WRITES
from support.understanding_shop import LANGUAGE_FOLDER, SHOP, haat


def _read(text: str, context: Context | None = None) -> tuple[str, str | None, list[tuple[str, object]]]:
    result = SHOP.understand(text, haat(), context)
    return result.decision, result.ask, [(one.intent, one.slots.get("customer")) for one in result.commands]


@pytest.mark.parametrize(
    ("text", "intent", "customer"),
    [
        ("Tulsi Ram abhi kitne mein baitha hai", "balance.check", "Tulsi Ram"),
        ("what does Gopal Krishna still have to cough up", "balance.check", "Gopal Krishna"),
        ("kaun kaun se grahak paisa dabaye baithe hain", "dues.list", None),
    ],
)
def test_a_clear_guess_that_only_reads_is_carried_out(text: str, intent: str, customer: str | None) -> None:
    assert _read(text) == ("execute", None, [(intent, customer)])


def test_no_guessed_write_is_made_unasked() -> None:
    """Of all sayings of a write, those that no frame holds are at most read back."""
    rules = SHOP.guessing.sayings
    told = [
        line
        for path in sorted((LANGUAGE_FOLDER / "sayings").glob("*.txt"))
        if path.stem in WRITES
        for line in path.read_text(encoding="utf-8").splitlines()[1::4]
    ]
    guessed = {line: SHOP.understand(line, haat()) for line in told}
    SHOP.guessing.sayings = None
    try:
        unheld = [line for line in told if SHOP.understand(line, haat()).decision == "fallback"]
    finally:
        SHOP.guessing.sayings = rules
    wrong = [
        line for line in unheld if guessed[line].decision == "execute" and guessed[line].commands[0].intent in WRITES
    ]
    assert unheld
    assert not wrong


@pytest.mark.parametrize(
    "text", ["pi ki value kitne number tak pata hai tumhe", "चीनी दीवार कितनी लंबी है", "share market aaj kitna gira"]
)
def test_talk_that_only_sounds_like_the_book_is_no_command(text: str) -> None:
    assert _read(text)[2][0][0] == "out_of_scope"


def test_a_question_that_was_asked_is_not_answered_by_a_guess() -> None:
    decision, _, commands = _read("Tulsi Ram abhi kitne mein baitha hai", Context(asked="amount"))
    assert (decision, commands[0][0]) == ("fallback", "out_of_scope")


def test_names_goods_and_sums_weigh_by_their_kind() -> None:
    def seen(text: str) -> list[str]:
        reading, clauses = SHOP.read(text, haat())
        return features_of(reading.scan, clauses)

    assert seen("Bunty ne 500 diye") == seen("Rosy ne 70 diye")
    assert "@product @qty" not in seen("Bunty ne 500 diye")


def test_a_line_too_long_for_one_wish_is_not_guessed() -> None:
    reading, clauses = SHOP.read("Bunty ka hisaab kitna hai " * 20, haat())
    assert weighed(SHOP.guessing.sayings, reading.scan, clauses) is None


@pytest.mark.parametrize(
    ("text", "decision", "intent"),
    [
        ("drop Prem Nath a reminder tomorrow", "execute", "reminder.schedule"),
        ("drop the reminder for Prem Nath", "execute", "reminder.cancel"),
        ("drop Bunty's credit limit to 700", "confirm", "customer.update"),
        ("call off the reminder for Bunty", "execute", "reminder.cancel"),
        ("Lallan Prasad paid 300 towards what he owes", "execute", "payment.record"),
        ("how much did Lallan Prasad pay towards what he owed", "execute", "balance.check"),
        ("Vidya Rao has squared up", "confirm", "payment.record"),
        ("Rosy Dias paid 90 with her card", "execute", "payment.record"),
        ("Rosy Dias deposited 90 in her bank", "confirm", "payment.record"),
        ("pen down 450 on Rosy Dias's tab", "execute", "credit.add"),
        ("Bunty ke naam 450 udhaar register mein daal", "execute", "credit.add"),
        ("Nair madam ki udhaari kahan tak pahunchi", "execute", "balance.check"),
        ("doodh kharab nikla, Hema Rawat ko 40 rupaye wapas kar do", "confirm", "payment.refund"),
        ("I need a bill for Bunty, 2 kg sugar", "execute", "invoice.create"),
        ("Bunty wants a bill for 2 kg sugar", "confirm", "invoice.create"),
        ("rajma ka stock badhana hai", "ask", "stock.add"),
        ("Bunty ka reminder uda do", "execute", "reminder.cancel"),
        ("Hema Rawat isn't taking the goods, so cancel her bill", "confirm", "invoice.cancel"),
        ("what's the ceiling on Bunty's credit", "execute", "customer.info"),
        ("saare grahakon ka baaki mita do", "refuse", "out_of_scope"),
    ],
)
def test_more_words_for_the_same(text: str, decision: str, intent: str) -> None:
    got, _, commands = _read(text)
    assert (got, commands[0][0]) == (decision, intent)


def test_a_sum_that_is_told_is_no_question_about_a_balance() -> None:
    assert _read("Bunty owes me another 460 now")[2][0][0] != "balance.check"


def test_what_is_paid_in_is_no_credit_given() -> None:
    decision, _, commands = _read("Tulsi Ram ke naam chaar sau jama khaate mein daalo")
    assert (decision, commands[0][0]) == ("execute", "payment.record")
