"""`offhook webhooks`: where a business's domain events are sent, from the command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

import typer

from offhook.command_line import Json, print_json, with_core
from offhook.contracts.desk import Effect, UnitOfWork

T = TypeVar("T")
_ACTOR = "command line"
BusinessOption = Annotated[str | None, typer.Option("--business", help="Business id. Default: the desk's first.")]
DeskOption = Annotated[str | None, typer.Option("--desk", help="Whose first business, where none is named.")]
WebhookId = Annotated[str, typer.Argument(help="As `offhook webhooks list` shows it.")]

webhooks = typer.Typer(help="Domain events for CRMs and the like, signed.", no_args_is_help=True)


@webhooks.command("add")
def add(
    url: Annotated[str, typer.Argument(help="HTTPS; http only to this machine itself.")],
    event: Annotated[
        list[str] | None, typer.Option("--event", help="As lead.created. Repeatable. Default: all.")
    ] = None,
    description: Annotated[str, typer.Option(help="For people.")] = "",
    secret: Annotated[str | None, typer.Option(help="whsec_…; made when left out.")] = None,
    business: BusinessOption = None,
    desk: DeskOption = None,
    as_json: Json = False,
) -> None:
    """Add an endpoint; its secret is shown this once."""
    from offhook.ops import webhooks as hooks

    async def work(uow: UnitOfWork, now: datetime) -> dict[str, object]:
        made = await hooks.add(
            uow, url, tuple(event or ()), secret=secret, description=description, actor=_ACTOR, now=now
        )
        return hooks.as_data(made, secret=True)

    made = _in_business(work, business, desk)
    if as_json:
        print_json(made)
    else:
        typer.echo(f"{made['webhook_id']} is told of what happens from now on.\nSecret: {made['secret']}")


@webhooks.command("list")
def show(business: BusinessOption = None, desk: DeskOption = None, as_json: Json = False) -> None:
    """Show the endpoints, and which of them fail."""
    from rich.console import Console

    from offhook.ops import webhooks as hooks
    from offhook.store.webhooks import Webhooks

    found = _in_business(lambda uow, now: Webhooks(uow).all(), business, desk)
    if as_json:
        print_json({"webhooks": [hooks.as_data(one) for one in found]})
    else:
        hooks.show(found, Console())


@webhooks.command("remove")
def remove(
    webhook_id: WebhookId, business: BusinessOption = None, desk: DeskOption = None, as_json: Json = False
) -> None:
    """Switch an endpoint off; what waits for it is not sent."""
    from offhook.store.webhooks import Webhooks

    _in_business(lambda uow, now: Webhooks(uow).change(webhook_id, active=False, actor=_ACTOR, now=now), business, desk)
    if as_json:
        print_json({"removed": webhook_id})
    else:
        typer.echo("Switched off; nothing more is sent to it.")


@webhooks.command("test")
def test(
    webhook_id: WebhookId, business: BusinessOption = None, desk: DeskOption = None, as_json: Json = False
) -> None:
    """Send a test event; the worker delivers it like any other."""
    from offhook.ops import webhooks as hooks

    event_id = _in_business(lambda uow, now: hooks.test(uow, webhook_id, now=now), business, desk)
    if as_json:
        print_json({"event_id": event_id})
    else:
        typer.echo(f"{event_id} is on its way, as soon as a worker runs. See: offhook webhooks deliveries")


@webhooks.command("deliveries")
def deliveries(
    webhook: Annotated[str | None, typer.Option(help="Of this one alone.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="The newest.")] = 50,
    business: BusinessOption = None,
    desk: DeskOption = None,
    as_json: Json = False,
) -> None:
    """Show what was delivered, what waits and why."""
    from rich.console import Console

    from offhook.ops import webhooks as hooks
    from offhook.store.webhooks import Webhooks

    found = _in_business(lambda uow, now: Webhooks(uow).deliveries(webhook, limit), business, desk)
    if as_json:
        print_json({"deliveries": [hooks.attempt_data(one) for one in found]})
    else:
        hooks.show_deliveries(found, Console())


def _in_business(work: Callable[[UnitOfWork, datetime], Awaitable[T]], business_id: str | None, desk: str | None) -> T:
    from offhook.core import Core
    from offhook.store.unit_of_work import unit_of_work_factory

    async def run(core: Core) -> T:
        business = await (core.businesses.get(business_id) if business_id else core.businesses.default(desk))
        units = unit_of_work_factory(core.database, core.clock)
        async with units(business.business_id, Effect.WRITE) as uow:
            return await work(uow, core.clock.now())

    return with_core(run)
