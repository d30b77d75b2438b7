"""Tenant rule: every table carries its business, in its key and in what it refers to."""

from __future__ import annotations

import pytest
from sqlalchemy import Table, UniqueConstraint

from offhook.desks.tables import metadata

NO_TENANTS = ("businesses", "business_numbers", "workers")
TENANT_TABLES = [table for table in metadata.sorted_tables if table.name not in NO_TENANTS]


@pytest.mark.parametrize("table", TENANT_TABLES, ids=lambda table: table.name)
def test_business_id_is_in_every_key(table: Table) -> None:
    assert not table.c.business_id.nullable
    keys = [constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    for columns in [table.primary_key.columns, *(key.columns for key in keys)]:
        assert "business_id" in columns


@pytest.mark.parametrize("table", TENANT_TABLES, ids=lambda table: table.name)
def test_references_stay_within_the_business(table: Table) -> None:
    assert table.foreign_key_constraints
    for reference in table.foreign_key_constraints:
        pairs = {element.parent.name: element.column.name for element in reference.elements}
        assert pairs.get("business_id") == "business_id"


def test_a_called_number_belongs_to_a_business() -> None:
    assert not metadata.tables["business_numbers"].c.business_id.nullable
