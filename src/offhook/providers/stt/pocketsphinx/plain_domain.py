"""The few sentences that a call without a desk's own language can be understood by: yes, no, digits, please repeat."""

from __future__ import annotations

from functools import cache

from offhook.contracts.speech import SpeechDomain
from offhook.kit.sentence_grammar import SentenceGrammar

_RULES = """
digit = zero | one | two | three | four | five | six | seven | eight | nine | oh
number = $digit $digit $digit | $digit $digit $digit $digit | $digit $digit $digit $digit $digit
  | $digit $digit $digit $digit $digit $digit $digit $digit $digit $digit
yes_no = yes | no | yes please | no thank you | yeah | nope | correct | that's right | that's wrong | okay | sure
open = $yes_no *3 | $number *2 | hello | hi | hello there | goodbye | bye | thank you | thanks | thank you bye | help
  | can you repeat that [please] | please repeat | speak slowly please
  | i want to speak to a person | let me talk to a human
  | can you hear me | one moment please | wait | stop | start over | cancel
"""


@cache
def plain_domain() -> SpeechDomain:
    grammar = SentenceGrammar(_RULES)
    return SpeechDomain(
        key="plain-1",
        sentences=grammar.draw("open", 2000, 1),
        by_expectation={"yes_no": grammar.draw("yes_no", 500, 2), "phone": grammar.draw("number", 2000, 3)},
    )
