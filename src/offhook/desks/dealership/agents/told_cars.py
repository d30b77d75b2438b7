"""The cars for sale that were last told of, and which of them a wish for a drive means. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.desks.dealership.tools.search_inventory import CarForSale
from offhook.dialogue.choices import pick, says
from offhook.dialogue.model import last_turn
from offhook.dialogue.templates import Words

MEMORY_CARS = "cars"
"""desk_memory key: the cars last told of, in the order they were said: [{model, stock_number?, car?}]."""
MEMORY_WISH = "cars_wish"
"""desk_memory key: what they were to be like, and the turn that told of them."""
_SHORT = 5
CAR_SLOTS = ("stock_number", "model", "car")
"""Slots of a drive of one car: what it is booked by, what it may be booked by, how it is said."""


def remembered(cars: Sequence[CarForSale], wish: Mapping[str, SlotValue], turn_id: str) -> dict[str, SlotValue]:
    return {MEMORY_CARS: [_kept(car) for car in cars], MEMORY_WISH: {"turn_id": turn_id, "wish": dict(wish)}}


def just_told(state: ConversationState) -> bool:
    """Whether the turn before told of cars."""
    before = state.desk_memory.get(MEMORY_WISH)
    return isinstance(before, dict) and before.get("turn_id") == last_turn(state)


def going_on(
    state: ConversationState, wish: Mapping[str, SlotValue], text: str, words: Words, *, driven: SlotValue = None
) -> dict[str, SlotValue]:
    """A short question right after cars were told of ("in red?", "what colors") is about the same ones, one that
    points ("do you have it in red?") about those or the model that is to be driven."""
    points = says(text, words.pointing)
    before = state.desk_memory.get(MEMORY_WISH)
    if not isinstance(before, dict) or not just_told(state) or not (points or len(text.split()) <= _SHORT):
        return {**({"model": driven} if points and driven else {}), **wish}
    held = before.get("wish")
    return {**held, **wish} if isinstance(held, dict) else dict(wish)


def _kept(car: CarForSale) -> dict[str, SlotValue]:
    """A used car is the only one of its kind; for a new one any of the model will do."""
    if car.condition == "new":
        return {"model": car.model}
    return {"stock_number": car.stock_number, "model": car.model, "car": car.name}


def meant(state: ConversationState, model: SlotValue, text: str, words: Words) -> Mapping[str, SlotValue]:
    """The slots of the car told of that is meant: the only one, of that model if one is named, or by its place ("the
    cheapest one": they are told from the cheapest up). None of one car where it stays open, of the model at most."""
    stored = state.desk_memory.get(MEMORY_CARS)
    told = [car for car in stored if isinstance(car, Mapping)] if isinstance(stored, list) else []
    told = [car for car in told if not model or str(car.get("model", "")).casefold() == str(model).casefold()]
    index = 0 if len(told) == 1 else pick(text, len(told), words, plainly=True)
    if index is not None:
        return {name: told[index][name] for name in CAR_SLOTS if name in told[index]}
    models = {str(car.get("model", "")) for car in told}
    return {"model": models.pop()} if len(models) == 1 else {}


def wished_gear(state: ConversationState, model: SlotValue) -> SlotValue:
    """The transmission that the cars told of were to have, where one of them is meant."""
    stored, before = state.desk_memory.get(MEMORY_CARS), state.desk_memory.get(MEMORY_WISH)
    told = [car for car in stored if isinstance(car, Mapping)] if isinstance(stored, list) else []
    if model and str(model).casefold() not in {str(car.get("model", "")).casefold() for car in told}:
        return None
    wish = before.get("wish") if isinstance(before, dict) and told else None
    return wish.get("transmission") if isinstance(wish, dict) else None
