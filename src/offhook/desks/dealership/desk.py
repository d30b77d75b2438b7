"""The dealership's desk: which agent does what, with which tools, words and policy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import msgspec
from msgspec import UNSET

from offhook.contracts.conversation import ConversationState, CustomerRef
from offhook.contracts.desk import AnyTool, Ok, Tool
from offhook.desks.dealership.agents.answers import price_quote, questions
from offhook.desks.dealership.agents.aside import MEMORY_LAID_BY, laid_by, taken_up, waits
from offhook.desks.dealership.agents.booking import IDENTIFY, booking, done
from offhook.desks.dealership.agents.booking_lines import moment_text
from offhook.desks.dealership.agents.changes import CHANGES, changes, is_changing
from offhook.desks.dealership.agents.drives import DRIVE, drives, is_driving
from offhook.desks.dealership.agents.holding import holding
from offhook.desks.dealership.agents.intake import AVAILABILITY
from offhook.desks.dealership.agents.overheard import GO_ON, heard
from offhook.desks.dealership.agents.showroom import INVENTORY, STATUS, VIN, asks_for_status, showroom
from offhook.desks.dealership.agents.waiting import WAIT, is_for_the_list, waiting
from offhook.desks.dealership.agents.wish import BOOKING
from offhook.desks.dealership.facts import load_facts
from offhook.desks.dealership.recognition import Recognition
from offhook.desks.dealership.tools.appointment_status import appointment_status
from offhook.desks.dealership.tools.book_appointment import book_appointment
from offhook.desks.dealership.tools.book_test_drive import book_test_drive
from offhook.desks.dealership.tools.cancel_appointment import cancel_appointment
from offhook.desks.dealership.tools.decode_vin import decode_vin
from offhook.desks.dealership.tools.find_customer import CustomerAnswer, CustomerQuestion, find_customer
from offhook.desks.dealership.tools.find_slots import find_slots
from offhook.desks.dealership.tools.join_waitlist import join_waitlist
from offhook.desks.dealership.tools.reschedule_appointment import reschedule_appointment
from offhook.desks.dealership.tools.search_inventory import search_inventory
from offhook.desks.dealership.tools.services import list_services, quote_price
from offhook.desks.dealership.tools.update_booking import update_booking
from offhook.desks.dealership.tools.vehicle_status import vehicle_status
from offhook.dialogue.agents.escalation import HANDOFF, without_asking
from offhook.dialogue.desk import Agent, Desk, FormDesk, Reader, Work
from offhook.dialogue.front_desk import FRONT_AGENTS, FRONT_ERRANDS, FRONT_ROUTES, FRONT_TOOLS
from offhook.dialogue.model import Delta, Line, open_question
from offhook.dialogue.policy import Policy
from offhook.dialogue.reader import LanguageReader
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.templates import Templates
from offhook.understanding.model import Command

_HERE = Path(__file__).parent
LANGUAGE_FOLDER = _HERE / "language"
TOOLS: tuple[AnyTool, ...] = (
    *FRONT_TOOLS,
    list_services,
    quote_price,
    find_slots,
    appointment_status,
    book_appointment,
    update_booking,
    book_test_drive,
    reschedule_appointment,
    cancel_appointment,
    join_waitlist,
    search_inventory,
    vehicle_status,
    decode_vin,
)
CONFIRMED = frozenset(
    tool.name for tool in (book_appointment, reschedule_appointment, cancel_appointment, book_test_drive, join_waitlist)
)
"""Written only after a read-back and a yes."""


def dealership_desk(reader: Reader | None = None, recognition: Recognition | None = None) -> Desk:
    """`reader`: in place of the one that reads LANGUAGE_FOLDER. Raises when a file of the desk is wrong, naming it."""
    finding = find_customer(recognition or Recognition())
    return Desk(
        name="dealership",
        templates=Templates.load((SHARED_TEMPLATES, _HERE / "templates")),
        reader=reader or LanguageReader.of_folder(LANGUAGE_FOLDER),
        agents={**FRONT_AGENTS, "booking": _bookings, "faq": _answers},
        routes={
            **FRONT_ROUTES,
            BOOKING.intent: "booking",
            AVAILABILITY: "booking",
            "correct": "booking",
            IDENTIFY: "booking",
            GO_ON: "booking",
            **dict.fromkeys((*CHANGES, DRIVE, WAIT), "booking"),
            "price.quote": "faq",
            INVENTORY: "faq",
            STATUS: "faq",
            VIN: "faq",
        },
        load_facts=load_facts,
        policy=Policy(confirmed=CONFIRMED),
        forms=(FormDesk(BOOKING, cast("Tool[msgspec.Struct, msgspec.Struct]", book_appointment), done),),
        tools=(*TOOLS, finding),
        errands=FRONT_ERRANDS,
        prompt=(_HERE / "policy.md").read_text(encoding="utf-8"),
        sequel=holding,
        heard=heard,
        recognise=recogniser(finding),
        reminds=reminder_of(finding),
    )


async def _bookings(work: Work, state: ConversationState, command: Command) -> Delta:
    if is_changing(state) and waits(state) and command.intent in (BOOKING.intent, GO_ON):
        resumed = taken_up(state)
        again = command if command.slots else Command(intent="correct")
        delta = await _booked(work, resumed, again)
        question = delta.question if delta.question is not UNSET else open_question(resumed)
        pending = delta.pending if delta.pending is not UNSET else resumed.pending
        return replace(delta, pending=pending, question=question, memory={**delta.memory, MEMORY_LAID_BY: None})
    if state.pending is not None and state.pending.intent == HANDOFF and command.intent in (BOOKING.intent, "correct"):
        state = without_asking(state)  # who goes on with the booking wants no call any more
    return laid_by(state, await _booked(work, state, command))


async def _booked(work: Work, state: ConversationState, command: Command) -> Delta:
    own = command.intent in CHANGES or (is_changing(state) and command.intent != BOOKING.intent)
    agent: Agent = changes if own else booking
    if command.intent not in (DRIVE, *CHANGES) and is_for_the_list(state, command):
        agent = waiting
    elif command.intent == DRIVE or (is_driving(state) and command.intent not in (BOOKING.intent, *CHANGES)):
        agent = drives
    return await agent(work, state, command)


async def _answers(work: Work, state: ConversationState, command: Command) -> Delta:
    return await _answering(state, command)(work, state, command)


def _answering(state: ConversationState, command: Command) -> Agent:
    if command.intent == "price.quote":
        return price_quote
    if command.intent in (INVENTORY, STATUS, VIN) or (command.intent != "faq" and asks_for_status(state)):
        return showroom
    return questions


def reminder_of(finding: Tool[CustomerQuestion, CustomerAnswer]) -> Callable[..., Awaitable[Line | None]]:
    async def reminds(work: Work, state: ConversationState) -> Line | None:
        """The next appointment of whom we called: what a written reminder tells as well."""
        if state.caller_phone is None:
            return None
        outcome = await work.call(finding, CustomerQuestion(phone=state.caller_phone), state)
        if not isinstance(outcome, Ok) or outcome.value.next_at is None or outcome.value.next_service is None:
            return None
        when = moment_text(outcome.value.next_at[:16], work.words(state.language))
        return Line("reminds_of", {"service": outcome.value.next_service, "when": when})

    return reminds


def recogniser(finding: Tool[CustomerQuestion, CustomerAnswer]) -> Callable[..., Awaitable[Delta]]:
    async def recognise(work: Work, state: ConversationState) -> Delta:
        """The customer that the caller's number belongs to: good for a greeting, proves nothing."""
        if state.caller_phone is None:
            return Delta()
        outcome = await work.call(finding, CustomerQuestion(phone=state.caller_phone), state)
        if not isinstance(outcome, Ok) or outcome.value.customer_id is None:
            return Delta()
        found = outcome.value
        customer = CustomerRef(
            customer_id=found.customer_id,
            name=found.name,
            phone=state.caller_phone,
            email=found.email,
            vehicles=[msgspec.to_builtins(one) for one in found.vehicles],
        )
        return Delta(customer=customer)

    return recognise
