"""Stock: how much is there (READ), what came in (WRITE)."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from offhook.contracts.desk import Effect, Tool, ToolContext, ToolOutcome
from offhook.desks.shop.model import Product, Refused
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.tools.bills import Unit
from offhook.desks.shop.tools.common import ProductName, Quantity, money, run_in_book
from offhook.desks.shop.units import BadQuantity, as_number, thousandths
from offhook.kit.money import Money


class StockQuestion(msgspec.Struct, frozen=True, kw_only=True):
    product: ProductName


class StockTold(msgspec.Struct, frozen=True, kw_only=True):
    product_id: str
    product: str
    qty: Decimal
    """In `unit`."""
    unit: str
    price: Money | None
    low: bool
    posting_id: str | None = None


class LowQuestion(msgspec.Struct, frozen=True, kw_only=True):
    pass


class LowTold(msgspec.Struct, frozen=True, kw_only=True):
    products: list[StockTold]


class StockRequest(msgspec.Struct, frozen=True, kw_only=True):
    product: ProductName
    qty: Quantity
    unit: Unit | None = None


async def _check(ctx: ToolContext, question: StockQuestion) -> ToolOutcome[StockTold]:
    return await run_in_book(ctx, lambda book: _told(ctx, book.product(question.product)))


async def _low(ctx: ToolContext, question: LowQuestion) -> ToolOutcome[LowTold]:
    return await run_in_book(ctx, lambda book: LowTold(products=[_told(ctx, one) for one in book.low()]))


async def _add(ctx: ToolContext, request: StockRequest) -> ToolOutcome[StockTold]:
    def work(book: ShopBook) -> StockTold:
        book.lock()
        product = book.product(request.product)
        try:
            qty = thousandths(request.qty, request.unit, product.unit)
        except BadQuantity as bad:
            raise Refused("quantity", str(bad), bad.field) from None
        made = book.add_stock(product, qty)
        return _told(ctx, book.product_by_id(product.product_id), made.posting_id)

    return await run_in_book(ctx, work)


def _told(ctx: ToolContext, product: Product, posting_id: str | None = None) -> StockTold:
    return StockTold(
        product_id=product.product_id,
        product=product.name,
        qty=as_number(product.stock),
        unit=product.unit,
        price=None if product.price is None else money(ctx, product.price),
        low=product.low_at is not None and product.stock <= product.low_at,
        posting_id=posting_id,
    )


check_stock: Tool[StockQuestion, StockTold] = Tool(
    name="check_stock",
    effect=Effect.READ,
    description="How much of a product is there.",
    arguments=StockQuestion,
    result=StockTold,
    run=_check,
    intent="stock.check",
)

low_stock: Tool[LowQuestion, LowTold] = Tool(
    name="low_stock",
    effect=Effect.READ,
    description="What is nearly used up.",
    arguments=LowQuestion,
    result=LowTold,
    run=_low,
    intent="stock.low",
)

add_stock: Tool[StockRequest, StockTold] = Tool(
    name="add_stock",
    effect=Effect.WRITE,
    description="Write down that so much of a product came in.",
    arguments=StockRequest,
    result=StockTold,
    run=_add,
    intent="stock.add",
)
