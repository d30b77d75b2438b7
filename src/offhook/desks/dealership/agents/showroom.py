"""Answers about cars: which are for sale, how far one in the workshop is, what a vehicle number tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec

from offhook.contracts.conversation import ConversationState, Pending
from offhook.contracts.desk import Failed, Ok
from offhook.contracts.speech import Expectation
from offhook.desks.dealership.agents.booking_lines import in_sentence
from offhook.desks.dealership.agents.drives import DRIVE
from offhook.desks.dealership.agents.told_cars import going_on, remembered
from offhook.desks.dealership.tools.decode_vin import VinQuestion, VinTold, decode_vin
from offhook.desks.dealership.tools.search_inventory import TOLD, CarForSale, CarsForSale, search_inventory
from offhook.desks.dealership.tools.vehicle_status import VehicleQuestion, VehicleTold, vehicle_status
from offhook.dialogue.agents.faq import answered
from offhook.dialogue.choices import says
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta, Line, Question
from offhook.dialogue.spoken import spoken_date, spoken_list, spoken_time
from offhook.understanding.model import Command

INVENTORY = "inventory.search"
STATUS = "vehicle.status"
VIN = "vin.provide"
_CAR_SLOTS = ("model", "color", "condition", "fuel", "transmission", "max_price")
_ASK_COLLEAGUE = Question(Line("offer_human_again"), Expectation("yes_no"), "offer_human_again")
_TRIES = 3
_CAR_LINES = {"new": "car_new", "used": "car_used"}
_STATE_LINES = {
    "unknown_car": "status_without_number",
    "not_here": "status_not_here",
    "booked": "status_booked",
    "arrived": "status_arrived",
    "in_work": "status_in_work",
    "ready": "status_ready",
    "collected": "status_collected",
}


async def showroom(work: Work, state: ConversationState, command: Command) -> Delta:
    if command.intent == VIN:
        return await _vin(work, state, command)
    if command.intent == STATUS or asks_for_status(state):
        return await _status(work, state, command)
    return await _cars(work, state, command)


def asks_for_status(state: ConversationState) -> bool:
    """Whether the registration number of a car in the workshop is waited for."""
    return state.pending is not None and state.pending.intent == STATUS


# -- cars for sale ----------------------------------------------------------------------------------------------------


async def _cars(work: Work, state: ConversationState, command: Command) -> Delta:
    wish = {name: command.slots[name] for name in _CAR_SLOTS if command.slots.get(name) is not None}
    if "model" not in wish and says(work.turn.text, work.words(state.language).bodies):
        # The book does not know a car's shape: another one's would be told for it.
        delta = answered(state, Line("cars_shape_unknown"))
        return delta if state.pending is not None else replace(delta, question=_ASK_COLLEAGUE)
    driven = state.pending.slots.get("model") if state.pending is not None and state.pending.intent == DRIVE else None
    wish = going_on(state, wish, work.turn.text, work.words(state.language), driven=driven)
    if isinstance(wish.get("max_price"), float):
        wish["max_price"] = round(float(str(wish["max_price"])))
    match await work.call(search_inventory, wish, state):
        case Ok(found):
            delta = answered(state, *_told(work, state, found))
            return Delta(
                lines=delta.lines, question=delta.question, memory=remembered(found.cars, wish, work.turn.turn_id)
            )
        case Failed(say):
            return answered(state, Line(say))
        case _:
            return answered(state, Line("cars_unclear"))


def _told(work: Work, state: ConversationState, found: CarsForSale) -> tuple[Line, ...]:
    if not found.total:
        return (Line("cars_none"),)
    and_ = work.words(state.language).and_
    cars = spoken_list([_car(work, state, car) for car in found.cars], and_)
    values = {"cars": cars, "count": str(found.total)}
    if found.given_up:
        return (Line("cars_instead", values),)
    if found.total > TOLD:
        return (Line("cars_many", values),)
    return (Line("cars_one" if found.total == 1 else "cars_some", values),)


def _car(work: Work, state: ConversationState, car: CarForSale) -> str:
    values = {
        "color": car.color,
        "name": car.name,
        "transmission": car.transmission,
        "fuel": car.fuel,
        "price": car.price.spoken(),
    }
    return work.desk.templates.render(state.language, _CAR_LINES[car.condition], values, 0)


# -- cars in the workshop ---------------------------------------------------------------------------------------------


async def _status(work: Work, state: ConversationState, command: Command) -> Delta:
    waiting = state.pending if state.pending is not None and state.pending.intent == STATUS else None
    reg_no = command.slots.get("reg_no")
    if not reg_no:
        if waiting is not None and (command.intent == "deny" or waiting.attempts >= _TRIES):
            return Delta(lines=(Line("status_without_number"),), pending=None, question=None)
        return _ask_number(work, waiting)
    match await work.call(vehicle_status, VehicleQuestion(reg_no=str(reg_no)), state):
        case Ok(told) if told.state == "unknown_car" and (waiting is None or waiting.attempts < _TRIES):
            return _ask_number(work, waiting, Line("status_unknown_car", {"reg_no": " ".join(str(reg_no))}))
        case Ok(told):
            delta = answered(_free(state), *_where(work, state, told, str(reg_no)))
        case Failed(say):
            delta = answered(_free(state), Line(say))
        case _:
            return _ask_number(work, waiting)
    return Delta(lines=delta.lines, question=delta.question, pending=None if waiting is not None else state.pending)


def _ask_number(work: Work, waiting: Pending | None, *lines: Line) -> Delta:
    return Delta(
        lines=lines,
        question=Question(Line("ask_reg_no"), Expectation("registration"), "ask_reg_no_again"),
        pending=Pending(
            intent=STATUS,
            asked="reg_no",
            attempts=waiting.attempts + 1 if waiting is not None else 1,
            since=work.now.isoformat(timespec="seconds"),
        ),
    )


def _free(state: ConversationState) -> ConversationState:
    """The state as it is once the question for the number is answered."""
    if asks_for_status(state):
        return msgspec.structs.replace(state, pending=None)
    return state


def _where(work: Work, state: ConversationState, told: VehicleTold, reg_no: str) -> tuple[Line, ...]:
    values = {"car": told.car, "service": in_sentence(told.service), "reg_no": " ".join(reg_no)}
    if told.state == "booked" and told.starts_at is not None:
        values["when"] = _when(work, state, told.starts_at)
    lines = (Line(_STATE_LINES[told.state], values),)
    if told.state == "not_here" and state.customer.customer_id is None:
        return (*lines, Line("status_appointments_closed"))  # whether there is one or not
    if told.state in ("arrived", "in_work") and told.ready_at is not None:
        return (*lines, Line("status_ready_at", {"when": _when(work, state, told.ready_at)}))
    return lines


def _when(work: Work, state: ConversationState, iso: str) -> str:
    words = work.words(state.language)
    moment = datetime.fromisoformat(iso)
    return words.at.format(date=spoken_date(moment.date(), words), time=spoken_time(moment.time(), words))


# -- vehicle identification numbers -----------------------------------------------------------------------------------


async def _vin(work: Work, state: ConversationState, command: Command) -> Delta:
    vin = command.slots.get("vin")
    if not vin:
        return answered(state, Line("vin_unreadable"))
    match await work.call(decode_vin, VinQuestion(vin=str(vin)), state):
        case Ok(told):
            return answered(state, _car_of(told))
        case Failed(say):
            return answered(state, Line(say))
        case _:
            return answered(state, Line("vin_unreadable"))


def _car_of(told: VinTold) -> Line:
    if told.doubtful:
        return Line("vin_doubtful")
    if told.maker is None:
        return Line("vin_country", {"country": told.country}) if told.country else Line("vin_noted")
    if len(told.years) == 1:
        return Line("vin_maker_year", {"maker": told.maker, "year": str(told.years[0])})
    return Line("vin_maker", {"maker": told.maker})
