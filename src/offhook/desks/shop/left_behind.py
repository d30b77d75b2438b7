"""What a session left in the shop's book, for scenarios."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from offhook.contracts.desk import UnitOfWork
from offhook.desks.shop.reminder_tables import reminders
from offhook.desks.shop.tables import postings, products, shop_customers, stock_moves
from offhook.dialogue.scenario import Ending, EntryLeft
from offhook.store.business_book import BusinessBook
from offhook.store.unit_of_work import sql


async def left_behind(uow: UnitOfWork, session_id: str, now: datetime) -> Ending:
    connection, mine = sql(uow), uow.business_id
    customers = shop_customers.alias()
    same = (customers.c.business_id == postings.c.business_id) & (customers.c.customer_id == postings.c.customer_id)
    rows = await connection.execute(
        select(postings.c.posting_id, postings.c.kind, postings.c.amount, customers.c.name)
        .join_from(postings, customers, same, isouter=True)
        .where(postings.c.business_id == mine, postings.c.session_id == session_id)
    )
    entries: list[EntryLeft] = []
    for posting_id, kind, amount, customer in rows.all():
        if kind != "stock":
            entries.append(EntryLeft(kind=kind, customer=customer or "", amount=amount))
            continue
        moves = await connection.execute(
            select(products.c.name, stock_moves.c.qty)
            .join_from(
                stock_moves,
                products,
                (products.c.business_id == stock_moves.c.business_id)
                & (products.c.product_id == stock_moves.c.product_id),
            )
            .where(stock_moves.c.business_id == mine, stock_moves.c.posting_id == posting_id)
        )
        entries += [EntryLeft(kind=kind, product=name, amount=qty) for name, qty in moves.all()]
    reminded = await connection.execute(
        select(shop_customers.c.name)
        .join_from(
            reminders,
            shop_customers,
            (shop_customers.c.business_id == reminders.c.business_id)
            & (shop_customers.c.customer_id == reminders.c.customer_id),
        )
        .where(
            reminders.c.business_id == mine,
            reminders.c.session_id == session_id,
            reminders.c.status != "cancelled",
        )
    )
    return Ending(
        entries=tuple(entries),
        reminders=tuple(reminded.scalars()),
        tasks=len(await BusinessBook(uow).tasks(session_id=session_id)),
    )
