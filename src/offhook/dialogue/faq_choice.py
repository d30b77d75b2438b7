""" "Which do you mean: A or B?" after an unclear question, and what is said to it: the first, B, a word of it, neither.

The answer counts in the next turn only; what was understood as something else stays that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from offhook.contracts.conversation import ConversationState
from offhook.contracts.speech import Expectation
from offhook.dialogue.choices import pick
from offhook.dialogue.desk import Reading, Work
from offhook.dialogue.model import Delta, Line, Question
from offhook.dialogue.spoken import spoken_list
from offhook.store.model import FaqEntry
from offhook.understanding.model import Command

MEMORY_FAQ = "faq_choice"
"""desk_memory key: ids of the entries between which the caller was asked to choose, in the order they were said."""
ENTRY = "entry"
"""Slot of `faq`: the id of the entry that was chosen; "" for none of them."""
_LEAD = 1.25
"""How much better one entry must fit the answer than the other."""
_LONGEST_PLACE = 5
"""Words of an answer that names its choice by place or letter."""
_WORD = re.compile(r"[^\W_]+")
_AROUND_LETTER = frozenset({"the", "option", "answer", "number", "letter", "one", "please", "i", "mean", "meant", "ok"})
_OPEN = frozenset({"faq", "out_of_scope", "smalltalk", "confirm", "deny", "correct", "repeat", "price.quote"})
"""What an answer may be read as beside; another wish of the desk's own work is that wish."""


def ask_which(work: Work, state: ConversationState, candidates: Sequence[FaqEntry]) -> Delta:
    words = work.words(state.language)
    said = [_named(entry) for entry in candidates]
    line = Line("faq_which" if len(said) > 1 else "faq_that", {"choices": spoken_list(said, words.or_)})
    memory = {MEMORY_FAQ: [entry.faq_id for entry in candidates]}
    if state.pending is not None:
        return Delta(lines=(line,), memory=memory, quiet=True)
    kind = Expectation("choice", tuple(said)) if len(said) > 1 else Expectation("yes_no")
    return Delta(question=Question(line, kind), memory=memory)


def chosen(work: Work, state: ConversationState, reading: Reading) -> Reading:
    """The reading, or the choice that its words make between the entries that were just named."""
    stored = state.desk_memory.get(MEMORY_FAQ)
    ids = [str(one) for one in stored] if isinstance(stored, list) else []
    entries = sorted(
        (entry for entry in work.facts.faq.entries if entry.faq_id in ids), key=lambda entry: ids.index(entry.faq_id)
    )
    if not entries:
        return reading
    entry_id = _chosen_id(work, state, reading, entries)
    if entry_id is None:
        return reading
    command = Command(intent="faq", slots={ENTRY: entry_id})
    return replace(reading, commands=(command,), problems=(), decision="answer", understood=True)


def _chosen_id(work: Work, state: ConversationState, reading: Reading, entries: Sequence[FaqEntry]) -> str | None:
    text = work.turn.text
    tokens = _WORD.findall(text.lower())
    intent = reading.commands[0].intent if reading.commands else ""
    words = work.words(state.language)
    # "The first" names an answer, though it may be read as a day.
    place = _letter(tokens, len(entries))
    place = pick(text, len(entries), words, plainly=True) if place is None else place
    if place is None and not {command.intent for command in reading.commands} <= _OPEN:
        return None
    if place is None and len(tokens) <= _LONGEST_PLACE and intent != "deny":
        place = pick(text, len(entries), words)
    if intent == "deny" and place is None:
        return ""
    if intent == "confirm" and len(entries) == 1:
        place = 0
    if place is not None:
        return entries[place].faq_id
    index = work.facts.faq
    new = index.answer(text).best
    if new is not None and new not in entries:
        return None
    fitting = [found for found in index.search(text, len(index.entries)) if found.entry in entries]
    if not fitting or (len(fitting) > 1 and fitting[0].score < fitting[1].score * _LEAD):
        return None
    return fitting[0].entry.faq_id


def _letter(tokens: Sequence[str], entries: int) -> int | None:
    """ "B", "option a please"."""
    left = [token for token in tokens if token not in _AROUND_LETTER]
    if len(left) != 1 or len(left[0]) != 1:
        return None
    place = ord(left[0]) - ord("a") if left[0].isalpha() else ord(left[0]) - ord("1")
    return place if 0 <= place < entries else None


def _named(entry: FaqEntry) -> str:
    """ "Do you have loaner cars?" -> "do you have loaner cars"."""
    text = entry.question.strip().rstrip("?").strip()
    return text if text[1:2].isupper() or text.startswith("I ") else text[:1].lower() + text[1:]
