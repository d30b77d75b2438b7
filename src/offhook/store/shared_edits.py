"""What every desk's book lets people change by hand: FAQ, the people who work there, and their tasks."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from offhook.contracts.errors import Conflict, Invalid
from offhook.kit.phone import phone_or_none
from offhook.kit.pin import is_pin, pin_hash
from offhook.store.business_book import BusinessBook
from offhook.store.editing import Editable, Editing, Given, Rows, as_json_list, conflict
from offhook.store.schema import faq, users
from offhook.store.users import Users

Name = Annotated[str, Meta(min_length=1, max_length=120)]
Text = Annotated[str, Meta(max_length=4000)]


class FaqFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    question: Annotated[str, Meta(min_length=1, max_length=500)] | UnsetType = UNSET
    answer: Annotated[str, Meta(min_length=1, max_length=4000)] | UnsetType = UNSET
    category: Annotated[str, Meta(max_length=80)] | UnsetType = UNSET
    keywords: list[Name] | UnsetType = UNSET
    sort: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class UserFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    role: Literal["owner", "staff"] | UnsetType = UNSET
    phone: str | UnsetType | None = UNSET
    pin: str | UnsetType | None = UNSET
    """Four to eight digits; it is never shown."""


class TaskFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    kind: Annotated[str, Meta(pattern=r"^[a-z_]{1,40}$")] | UnsetType = UNSET
    reason: Annotated[str, Meta(min_length=1, max_length=1000)] | UnsetType = UNSET
    priority: Literal["LOW", "NORMAL", "HIGH"] | UnsetType = UNSET
    customer_name: Name | UnsetType | None = UNSET
    customer_phone: str | UnsetType | None = UNSET


async def _faq(edit: Editing, given: Given, key: str | None) -> Given:
    if "keywords" in given:
        given["keywords"] = as_json_list(given["keywords"])
    return given


async def _user(edit: Editing, given: Given, key: str | None) -> Given:
    business_id = edit.business.business_id
    if "phone" in given:
        given["phone"] = _phone(edit, "phone", given["phone"])
        if given["phone"] is not None and await edit.taken(users, "user_id", key, phone=given["phone"]):
            raise conflict("user_exists", "phone", "is another user's")
    if "pin" in given:
        pin = given.pop("pin")
        if pin is not None and not is_pin(pin):
            raise Invalid("Some fields cannot be used.", {"pin": "four to eight digits, no plain run of them"})
        given["pin_hash"] = None if pin is None else await asyncio.to_thread(pin_hash, pin, business_id)
        if pin is not None and await edit.taken(users, "user_id", key, pin_hash=given["pin_hash"]):
            raise conflict("user_exists", "pin", "cannot be taken; choose another")
    return given


class _People(Rows):
    """Users: whoever is deactivated loses number and PIN; what they were is not told in the audit."""

    async def close(self, edit: Editing, key: str) -> None:
        await Users(edit.uow).deactivate(key, edit.now)
        await self._audit(edit, "close", key, {})

    async def _set(self, edit: Editing, key: str, before: Given, values: Given, verb: str) -> None:
        await super()._set(edit, key, {**before, "pin_hash": None}, values, verb)


class _Tasks:
    fields = TaskFields
    required = ("kind", "reason")

    async def create(self, edit: Editing, given: Given) -> str:
        given["customer_phone"] = _phone(edit, "customer_phone", given.get("customer_phone"))
        task = await BusinessBook(edit.uow).create_task(**given, now=edit.now)
        return task.task_id

    async def change(self, edit: Editing, key: str, given: Given) -> None:
        raise Conflict("not_changed", "A task is answered by PATCH /api/tasks/{task_id}.")

    async def close(self, edit: Editing, key: str) -> None:
        raise Conflict("not_closed", "A task is ended by its status: PATCH /api/tasks/{task_id}.")


def _phone(edit: Editing, name: str, text: str | None) -> str | None:
    if not text:
        return None
    phone = phone_or_none(text, edit.business.country)
    if phone is None:
        raise Invalid("Some fields cannot be used.", {name: f"no number of {edit.business.country}"})
    return phone


SHARED_EDITS: dict[str, Editable] = {
    "faq": Rows(
        table=faq,
        noun="faq",
        key="faq_id",
        prefix="faq",
        fields=FaqFields,
        required=("question", "answer"),
        check=_faq,
        defaults={"category": "", "keywords": "[]", "sort": 1000, "active": True},
    ),
    "users": _People(
        table=users,
        noun="user",
        key="user_id",
        prefix="user",
        fields=UserFields,
        required=("name", "role"),
        check=_user,
        defaults={"phone": None, "pin_hash": None, "active": True},
    ),
    "tasks": _Tasks(),
}
