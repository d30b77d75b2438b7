"""READ tool: what a vehicle identification number tells by itself."""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.kit.vin import BadVin, decode


class VinQuestion(msgspec.Struct, frozen=True, kw_only=True):
    vin: str


class VinTold(msgspec.Struct, frozen=True, kw_only=True):
    vin: str
    maker: str | None = None
    country: str | None = None
    years: list[int] = []
    """Model years that it may be of, newest first."""
    doubtful: bool = False
    """The check digit is wrong where one is required: a character was probably heard or typed wrongly."""


async def _run(ctx: ToolContext, question: VinQuestion) -> ToolOutcome[VinTold]:
    try:
        told = decode(question.vin, ctx.now.year)
    except BadVin as error:
        return Retry(str(error), "vin")
    return Ok(
        VinTold(
            vin=told.vin,
            maker=told.maker,
            country=told.country,
            years=list(told.years),
            doubtful=told.check_digit_required and not told.check_digit_right,
        )
    )


decode_vin: Tool[VinQuestion, VinTold] = Tool(
    name="decode_vin",
    effect=Effect.READ,
    description="Maker, country and possible model years of a car by its vehicle identification number.",
    arguments=VinQuestion,
    result=VinTold,
    run=_run,
    intent="vin.provide",
)
