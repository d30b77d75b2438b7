"""What the desks leave in the outbox: every kind of job with its handler, and what is planned for each business."""

from __future__ import annotations

from collections.abc import Mapping

from offhook.contracts.jobs import JobKind, Planner, ReplyHandler
from offhook.desks.dealership.jobs import DEALERSHIP_JOBS, plan_dealership
from offhook.desks.dealership.replies import reply_received
from offhook.desks.owner_notice import owner_notice
from offhook.desks.sales.jobs import SALES_JOBS
from offhook.desks.shop.jobs import SHOP_JOBS
from offhook.desks.webhook_notice import webhook_notice
from offhook.desks.wishes import only_wishes
from offhook.dialogue.tools.request_human import OWNER_NOTICE
from offhook.store.webhooks import DISABLED


def job_kinds() -> Mapping[str, JobKind]:
    notices = {OWNER_NOTICE: JobKind(owner_notice), DISABLED: JobKind(webhook_notice)}
    return {**DEALERSHIP_JOBS, **SHOP_JOBS, **SALES_JOBS, **notices}


def planners() -> Mapping[str, Planner]:
    """Desk -> what it plans for each of its businesses."""
    return {"dealership": plan_dealership}


def reply_handlers() -> Mapping[str, ReplyHandler]:
    """Desk -> who reads what people answer to its messages."""
    return {"dealership": reply_received, "shop": only_wishes, "sales": only_wishes}
