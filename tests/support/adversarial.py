"""Utterances that must write nothing, or nothing but what they say: made by rule from a seed.

Each is a sentence around a wish ("an oil change on Friday at ten") that takes the wish back, supposes it, tells of it,
asks about it, leaves it unfinished, or holds numbers and names that have no part in it. `said` is what may be written
at most; None: nothing at all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from offhook.contracts.conversation import SlotValue
from offhook.understanding.decide import WRITES
from offhook.understanding.model import Command, Context, Understanding
from support.understanding_world import booking

Said = dict[str, SlotValue]


@dataclass(frozen=True, slots=True)
class Utterance:
    kind: str
    text: str
    said: Said | None = None
    context: Context | None = None


_SERVICES = {
    "an oil change": "Oil change",
    "a brake inspection": "Brake inspection",
    "a tire rotation": "Tire rotation",
    "a wheel alignment": "Wheel alignment",
    "a battery replacement": "Battery replacement",
    "a full service": "Full service",
    "new brake pads": "Brake pad replacement",
}
_DAYS = {
    "tomorrow": "2026-11-25",
    "on friday": "2026-11-27",
    "on saturday": "2026-11-28",
    "next tuesday": "2026-12-01",
    "on december 3rd": "2026-12-03",
}
_TIMES = {"at ten": "10:00", "at half past two": "14:30", "at 9:30": "09:30", "at four pm": "16:00", "at noon": "12:00"}
_PEOPLE = ("my wife", "my husband", "my neighbor", "my boss", "he", "she", "my brother", "your colleague", "the ad")
_BEFORE = ("", "", "", "um ", "well ", "hello ", "listen ", "hi there ", "you know ", "look ")
_BEHIND = ("", "", "", " please", " thanks", " okay", " you know", " sir")

_REFUSED = (
    "do not book {wish}",
    "don't book me {wish}",
    "please don't schedule {wish}",
    "i don't want to book {wish}",
    "i never asked you to book {wish}",
    "i didn't say book {wish}",
    "i'm not booking {wish}",
    "i am not trying to book {wish}",
    "no need to book {wish}",
    "i would rather not book {wish}",
    "i don't need {wish}",
    "i do not want {wish}",
    "i'm not here for {wish}",
    "we are not looking for {wish}",
    "never book {wish}",
    "i won't be booking {wish}",
    "don't move my appointment {when}",
    "i don't want to move it {when}",
    "do not reschedule me {when}",
    "i never wanted to change my appointment {when}",
    "please do not set up {wish}",
    "stop booking {wish}",
    "i can't come for {wish}",
    "it is not true that i want {wish}",
    "nobody wants {wish}",
)
_TAKEN_BACK = (
    "book {wish} no never mind",
    "book {wish} just kidding",
    "book {wish} actually don't",
    "i need {wish} no wait forget it",
    "schedule {wish} on second thought no",
    "i want {wish} or maybe not",
    "book {wish} i changed my mind",
    "book {wish} or rather don't",
    "i'd like {wish} not",
    "i need {wish} is what i don't want",
    "book {wish} scratch that",
    "book {wish} i take that back",
    "move my appointment {when} no leave it",
    "move my appointment {when} actually never mind",
    "book {wish} that was a joke",
    "book {wish} is not what i said",
    "i want {wish} said no one ever",
    "book {wish} only joking",
)
_SUPPOSED = (
    "if i booked {wish} would it be ready by evening",
    "what if i came in for {wish}",
    "what if i book {wish}",
    "suppose i booked {wish}",
    "imagine i wanted {wish}",
    "if i had {wish} what would happen",
    "what happens when i book {wish}",
    "would i get a discount if i booked {wish}",
    "if i were to schedule {wish} who would do it",
    "had i booked {wish} i would know",
    "before i book {wish} i have a question",
    "when i booked {wish} you were nice",
    "if you booked {wish} i would be angry",
    "what would you say if i moved my appointment {when}",
    "if i move my appointment {when} is there a fee",
    "suppose i rescheduled {when}",
    "assuming i book {wish} do i have to wait",
    "i might book {wish}",
    "maybe i will book {wish}",
    "i may need {wish}",
    "i'm thinking about {wish} but i'm not sure",
    "i was going to book {wish}",
    "i would have booked {wish}",
    "i could have booked {wish}",
    "i should have booked {wish}",
    "perhaps i'll need {wish} some day",
    "i am only wondering about {wish}",
)
_TOLD = (
    "{person} said book {wish}",
    "{person} told me to book {wish}",
    "{person} says i should book {wish}",
    "{person} thinks i need {wish}",
    "{person} asked me whether i want {wish}",
    "{person} suggested {wish}",
    "{person} heard about {wish}",
    "{person} booked {wish}",
    "{person} has {wish}",
    "{person} had {wish}",
    "{person} got {wish}",
    "{person} said move my appointment {when}",
    "{person} mentioned {wish}",
    "i heard {person} saying book {wish}",
    "i read that you book {wish}",
)
_OVER = (
    "i booked {wish}",
    "i've already booked {wish}",
    "i have {wish} booked",
    "we scheduled {wish}",
    "i made an appointment for {wish}",
    "you booked me {wish}",
    "i had {wish} last month",
    "somebody booked {wish} in my name",
    "my appointment was {when}",
    "i moved my appointment {when}",
    "i already rescheduled {when}",
    "you moved my appointment {when}",
    "my appointment got moved {when}",
    "i came in for {wish} and nobody was there",
    "they did {wish} and it was bad",
    "i was there for {wish}",
    "my booking is for {wish}",
)
_ASKED = (
    "should i book {wish}",
    "do i have to book {wish}",
    "did you book {wish}",
    "did i book {wish}",
    "have you booked {wish}",
    "who booked {wish}",
    "why did you book {wish}",
    "is it smart to book {wish}",
    "how much is {wish}",
    "how long does {wish} take {when}",
    "do you think i need {wish}",
    "what does book {wish} mean",
    "how do you say book {wish} in spanish",
    "did you move my appointment {when}",
    "was my appointment moved {when}",
    "do i get a discount on {wish}",
    "can i cancel {wish} later",
    "is {wish} booked",
    "am i booked for {wish}",
    "does anybody book {wish}",
    "why would i want {wish}",
)
_BROKEN_OFF = (
    "book {wish} but",
    "book {wish} unless",
    "i need {wish} if",
    "i want {wish} only if",
    "book {wish} except",
    "could you book {wish} or",
    "i'd like {wish} because",
    "book {service} {day} at",
    "book {service} {day} around",
    "i want {service} {day} and",
    "could you book me for",
    "i want to book",
    "move my appointment to",
    "move my appointment {when} unless",
    "book {service} between",
)
_OTHER_TRADES = (
    "book a haircut {when}",
    "book a table for two {when}",
    "book a flight {when}",
    "schedule a doctor's appointment {when}",
    "reserve a hotel room {when}",
    "my washing machine is broken can you fix it {when}",
    "order a pizza {when}",
    "book a cab {when}",
    "set an alarm {when}",
    "remind me to call mom {when}",
    "get me a dentist {when}",
    "i need a plumber {when}",
    "my dog needs a bath {when}",
    "book a massage {when}",
    "schedule a meeting with bob {when}",
    "book tickets for the concert {when}",
)
_NEAR = (
    "oil chain",
    "soil change",
    "oil painting",
    "boil change",
    "tile rotation",
    "crop rotation",
    "wheel of fortune",
    "steering wheel cover",
    "bread inspection",
    "battery farm",
    "police inspection",
    "home inspection",
    "career change",
    "exchange of gifts",
    "climate change",
    "crop alignment",
    "text alignment",
    "break dancing",
    "full moon",
    "fool service",
    "church service",
    "room service",
    "brain inspection",
    "tax inspection",
    "fire inspection",
)
_NUMBERS = (
    "book {service} {day} for {n} people",
    "book {service} {day} i have {n} kids",
    "i need {service} {day} my car is {n} years old",
    "book {service} {day} it has {n}0000 miles on it",
    "book {service} {day} i live at {n} main street",
    "book {service} {day} my budget is {n}0 dollars",
    "book {service} {day} there are {n} of us",
    "{n} cars need {service} {day}",
    "book {service} {day} i called {n} times already",
    "book {service} {day} i was number {n} in line",
    "i waited {n} weeks book {service} {day}",
    "book {service} {day} with {n} percent off",
    "book {service} {day} it's for unit {n}",
    "the engine has {n} cylinders book {service} {day}",
    "book {service} {day} and {n} more things",
    "book {service} {day} for my {n} cars",
    "book {service} {day} i'm {n} miles away",
    "book {service} {day} the part costs {n} dollars",
)
_SEVERAL = (
    "book {service} {day} or {other_day} {time}",
    "book {service} {day} {time} or {other_time}",
    "book {service} {day} {time} and {other_day} {other_time}",
    "book {service} or {other_service} {day} {time}",
    "book {service} and {other_service} {day} {time}",
    "either {day} {time} or {other_day} {other_time} for {service}",
)
_NO_YES = (
    "yes if it is free",
    "yes unless it rains",
    "yes but not {day}",
    "yes and no",
    "i guess not",
    "i didn't say yes",
    "{person} said yes",
    "not yes",
    "would yes be okay",
    "is that a yes or a no",
    "maybe yes maybe no",
    "i can't say yes",
    "yes no wait",
    "yes never mind",
    "say yes to what",
    "okay but no",
    "sure if it costs nothing",
    "i am not sure",
    "right but wrong day",
    "if {person} says yes",
    "correct me if i am wrong",
    "that is not correct",
    "do i have to say yes",
    "what if i say yes",
    "hold on before you book it",
    "don't book it",
    "do not confirm",
    "fine is not what i would call it",
    "never say yes",
    "i would say yes but i can't",
    "yes {day} no",
)
_FROM_TEMPLATES = {
    "refused": _REFUSED,
    "taken back": _TAKEN_BACK,
    "supposed": _SUPPOSED,
    "told": _TOLD,
    "over": _OVER,
    "asked": _ASKED,
    "broken off": _BROKEN_OFF,
    "other trade": _OTHER_TRADES,
}


def utterances(count: int, seed: int) -> Iterator[Utterance]:
    """`count` utterances, the kinds in turn; the same for the same seed."""
    chance = random.Random(seed)
    kinds = (*_FROM_TEMPLATES, "near name", "number", "several", "no yes")
    for n in range(count):
        yield _one(kinds[n % len(kinds)], chance)


def _one(kind: str, chance: random.Random) -> Utterance:
    service, other_service = chance.sample(list(_SERVICES), 2)
    day, other_day = chance.sample(list(_DAYS), 2)
    time, other_time = chance.sample(list(_TIMES), 2)
    when = f"{day} {time}"
    words = {
        "service": service,
        "other_service": other_service,
        "day": day,
        "other_day": other_day,
        "time": time,
        "other_time": other_time,
        "wish": f"{service} {when}",
        "when": when,
        "person": chance.choice(_PEOPLE),
        "n": str(chance.randint(2, 12)),
    }
    before, behind = chance.choice(_BEFORE), chance.choice(_BEHIND)
    if kind == "near name":
        text = chance.choice(("book {near} {when}", "i need {near} {when}", "{near} {when} please"))
        return Utterance(kind, before + text.format(near=chance.choice(_NEAR), **words))
    if kind == "number":
        said: Said = {"service": _SERVICES[service], "date": _DAYS[day]}
        return Utterance(kind, before + chance.choice(_NUMBERS).format(**words) + behind, said)
    if kind == "several":
        return Utterance(kind, before + chance.choice(_SEVERAL).format(**words))
    if kind == "no yes":
        held = booking("confirm", service="Oil change", date="2026-11-27", time="10:00", name="Ann Lee")
        return Utterance(kind, chance.choice(_NO_YES).format(**words), None, held)
    behind = "" if kind in ("taken back", "broken off") else behind
    return Utterance(kind, before + chance.choice(_FROM_TEMPLATES[kind]).format(**words) + behind)


def wrongly_written(utterance: Utterance, understood: Understanding) -> list[Command]:
    """The writes that would be carried out at once and were not asked for, or not with these values."""
    if understood.decision != "execute":
        return []
    writes = [command for command in understood.commands if command.intent in WRITES]
    if utterance.kind == "no yes":
        return [command for command in writes if command.intent == "confirm"]
    if utterance.said is None:
        return writes
    said = utterance.said
    return [
        c for c in writes if any(said.get(slot, value) != value or slot not in said for slot, value in c.slots.items())
    ]
