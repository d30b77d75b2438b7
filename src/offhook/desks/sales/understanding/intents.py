"""What visitors of the sales desk may want: intents, and slots that are the desk's own."""

from __future__ import annotations

LEAD = "lead.note"
QUOTE = "quote.make"
DEMO = "demo.ask"
CALL = "call.ask"
REFUSE = "lead.refuse"
CONSENT = "consent"
"""Slot: a yes to being contacted that was given unasked."""
UNIT = "unit"
"""Value of an enquiry under way: what the price of its product is for (person, piece, day)."""
NEXT_ASKED = "next_asked"
"""Slot: it was asked what happens next."""
NO_DEMO = "no_demo"
"""Slot: the demo that was wished for is not any more."""
QUALIFYING = ("need", "qty", "timing", "budget")
"""Slots that may be left open; their question is asked once."""
OBJECTS = "price.object"
OURS = frozenset({LEAD, QUOTE, DEMO, CALL, "correct", "customer.identify"})
EMPTY = frozenset({"out_of_scope", "greet", "smalltalk", "repeat"})
