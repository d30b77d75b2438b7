"""READ tools: what is for sale, what it costs, and an exact quote."""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.sales.model import Item, Quote
from offhook.desks.sales.quoting import quote_for
from offhook.desks.sales.repository import SalesBook
from offhook.desks.sales.tools.arguments import Count, ProductName
from offhook.desks.sales.understanding.intents import QUOTE
from offhook.kit.money import Money

UNKNOWN = "product_unknown"
NOT_EXACT = "quote_not_exact"


class CatalogueQuestion(msgspec.Struct, frozen=True, kw_only=True):
    pass


class ItemTold(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    kind: str
    price_from: Money | None = None
    """None: made for each customer."""
    price_to: Money | None = None
    unit: str = ""
    """What the price is for: person, piece, day."""
    period: str = ""
    """How often it is paid: month, year; "" for once."""
    features: list[str] = []
    description: str = ""


class CatalogueTold(msgspec.Struct, frozen=True, kw_only=True):
    products: list[ItemTold]


class ProductQuestion(msgspec.Struct, frozen=True, kw_only=True):
    product: ProductName


class QuoteQuestion(msgspec.Struct, frozen=True, kw_only=True):
    product: ProductName
    qty: Count = 1


async def _list(ctx: ToolContext, question: CatalogueQuestion) -> ToolOutcome[CatalogueTold]:
    return Ok(CatalogueTold(products=[_told(item) for item in await SalesBook(ctx.uow).items()]))


async def _info(ctx: ToolContext, question: ProductQuestion) -> ToolOutcome[ItemTold]:
    item = await SalesBook(ctx.uow).item(question.product)
    return Failed(UNKNOWN) if item is None else Ok(_told(item))


async def _quote(ctx: ToolContext, question: QuoteQuestion) -> ToolOutcome[Quote]:
    book = SalesBook(ctx.uow)
    item = await book.item(question.product)
    if item is None:
        return Failed(UNKNOWN)
    quote = quote_for(item, question.qty, await book.sales_settings())
    return Failed(NOT_EXACT) if quote is None else Ok(quote)


def _told(item: Item) -> ItemTold:
    return ItemTold(
        name=item.name,
        kind=item.kind,
        price_from=item.price_from,
        price_to=item.price_to,
        unit=item.unit,
        period=item.period,
        features=list(item.features),
        description=item.description,
    )


list_products: Tool[CatalogueQuestion, CatalogueTold] = Tool(
    name="list_products",
    effect=Effect.READ,
    description="Everything for sale, with prices and features.",
    arguments=CatalogueQuestion,
    result=CatalogueTold,
    run=_list,
)

product_info: Tool[ProductQuestion, ItemTold] = Tool(
    name="product_info",
    effect=Effect.READ,
    description="One product or service: what it is, what it does, what it costs.",
    arguments=ProductQuestion,
    result=ItemTold,
    run=_info,
)

make_quote: Tool[QuoteQuestion, Quote] = Tool(
    name="make_quote",
    effect=Effect.READ,
    description="An exact quote: quantity times price with tax. Nothing is kept or sent.",
    arguments=QuoteQuestion,
    result=Quote,
    run=_quote,
    intent=QUOTE,
)
