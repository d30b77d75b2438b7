"""The shop's book: customers, products, postings with their entries, what they settle, invoices, stock. Rows of what
happened are never changed or deleted, which triggers enforce. Commands keep a digest of what was asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_APPEND_ONLY = ("postings", "ledger_entries", "ledger_allocations", "invoice_lines", "stock_moves")


def upgrade() -> None:
    _people()
    _goods()
    _postings()
    _settling()
    _invoices()
    for table in _APPEND_ONLY:
        _append_only(table)
    op.add_column("commands", sa.Column("payload", sa.Text(), nullable=True))


def _append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        """
        CREATE OR REPLACE FUNCTION offhook_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION offhook_append_only()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION offhook_append_only()"
    )


def _people() -> None:
    op.create_table(
        "shop_books",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("names_version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_shop_books_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", name="pk_shop_books"),
    )
    op.create_table(
        "shop_customers",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("gstin", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("credit_limit", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_shop_customers_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "customer_id", name="pk_shop_customers"),
    )
    op.create_index("ix_shop_customers_business_id_balance", "shop_customers", ["business_id", "balance"], unique=False)
    op.create_index("ix_shop_customers_business_id_name", "shop_customers", ["business_id", "name"], unique=False)
    op.create_index(
        "ix_shop_customers_business_id_name_key", "shop_customers", ["business_id", "name_key"], unique=False
    )
    op.create_index("ix_shop_customers_business_id_phone", "shop_customers", ["business_id", "phone"], unique=False)
    op.create_table(
        "shop_customer_words",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "customer_id"],
            ["shop_customers.business_id", "shop_customers.customer_id"],
            name="fk_shop_customer_words_business_id_customer_id_shop_customers",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_shop_customer_words_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "word", "customer_id", name="pk_shop_customer_words"),
    )
    op.create_index(
        "ix_shop_customer_words_business_id_customer_id",
        "shop_customer_words",
        ["business_id", "customer_id"],
        unique=False,
    )


def _goods() -> None:
    op.create_table(
        "products",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("gst_rate", sa.Integer(), nullable=False),
        sa.Column("hsn", sa.Text(), nullable=False),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("low_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.CheckConstraint("unit in ('kg', 'litre', 'packet', 'piece', 'metre', 'box')", name="ck_products_unit"),
        sa.CheckConstraint("gst_rate between 0 and 10000", name="ck_products_gst_rate"),
        sa.CheckConstraint("price is null or price >= 0", name="ck_products_price"),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_products_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "product_id", name="pk_products"),
        sa.UniqueConstraint("business_id", "name_key", name="uq_products_business_id_name_key"),
    )
    op.create_index("ix_products_business_id_name", "products", ["business_id", "name"], unique=False)
    op.create_table(
        "product_words",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "product_id"],
            ["products.business_id", "products.product_id"],
            name="fk_product_words_business_id_product_id_products",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_product_words_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "word", "product_id", name="pk_product_words"),
    )
    op.create_index(
        "ix_product_words_business_id_product_id", "product_words", ["business_id", "product_id"], unique=False
    )


def _postings() -> None:
    op.create_table(
        "postings",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Text(), nullable=True),
        sa.Column("reverses", sa.Text(), nullable=True),
        sa.Column("opening_of", sa.Text(), nullable=True),
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind in ('opening', 'payment', 'refund', 'credit', 'invoice', 'stock', 'reversal')",
            name="ck_postings_kind",
        ),
        sa.CheckConstraint("method in ('cash', 'upi', 'card', 'bank', 'cheque')", name="ck_postings_method"),
        sa.CheckConstraint("amount >= 0", name="ck_postings_amount"),
        sa.ForeignKeyConstraint(
            ["business_id", "customer_id"],
            ["shop_customers.business_id", "shop_customers.customer_id"],
            name="fk_postings_business_id_customer_id_shop_customers",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "reverses"],
            ["postings.business_id", "postings.posting_id"],
            name="fk_postings_business_id_reverses_postings",
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_postings_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "posting_id", name="pk_postings"),
        sa.UniqueConstraint("business_id", "opening_of", name="uq_postings_business_id_opening_of"),
        sa.UniqueConstraint("business_id", "reverses", name="uq_postings_business_id_reverses"),
        sa.UniqueConstraint("business_id", "seq", name="uq_postings_business_id_seq"),
    )
    op.create_index(
        "ix_postings_business_id_customer_id_seq", "postings", ["business_id", "customer_id", "seq"], unique=False
    )
    op.create_index("ix_postings_business_id_day", "postings", ["business_id", "day"], unique=False)
    op.create_index("ix_postings_business_id_kind_seq", "postings", ["business_id", "kind", "seq"], unique=False)
    op.create_index(
        "ix_postings_business_id_session_id_seq", "postings", ["business_id", "session_id", "seq"], unique=False
    )
    op.create_table(
        "ledger_entries",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("(account = 'customer') = (customer_id is not null)", name="ck_ledger_entries_account"),
        sa.CheckConstraint("amount <> 0", name="ck_ledger_entries_amount"),
        sa.ForeignKeyConstraint(
            ["business_id", "customer_id"],
            ["shop_customers.business_id", "shop_customers.customer_id"],
            name="fk_ledger_entries_business_id_customer_id_shop_customers",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "posting_id"],
            ["postings.business_id", "postings.posting_id"],
            name="fk_ledger_entries_business_id_posting_id_postings",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_ledger_entries_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "posting_id", "line", name="pk_ledger_entries"),
    )
    op.create_index(
        "ix_ledger_entries_business_id_customer_id", "ledger_entries", ["business_id", "customer_id"], unique=False
    )
    op.create_index(
        "ix_ledger_entries_business_id_day_account", "ledger_entries", ["business_id", "day", "account"], unique=False
    )
    op.create_table(
        "stock_moves",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("qty <> 0", name="ck_stock_moves_qty"),
        sa.ForeignKeyConstraint(
            ["business_id", "posting_id"],
            ["postings.business_id", "postings.posting_id"],
            name="fk_stock_moves_business_id_posting_id_postings",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "product_id"],
            ["products.business_id", "products.product_id"],
            name="fk_stock_moves_business_id_product_id_products",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_stock_moves_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "posting_id", "line", name="pk_stock_moves"),
    )
    op.create_index("ix_stock_moves_business_id_product_id", "stock_moves", ["business_id", "product_id"], unique=False)


def _settling() -> None:
    op.create_table(
        "ledger_allocations",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("allocation_id", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.Text(), nullable=False),
        sa.Column("credit_id", sa.Text(), nullable=False),
        sa.Column("debit_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name="ck_ledger_allocations_amount"),
        sa.ForeignKeyConstraint(
            ["business_id", "credit_id"],
            ["postings.business_id", "postings.posting_id"],
            name="fk_ledger_allocations_business_id_credit_id_postings",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "debit_id"],
            ["postings.business_id", "postings.posting_id"],
            name="fk_ledger_allocations_business_id_debit_id_postings",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "posting_id"],
            ["postings.business_id", "postings.posting_id"],
            name="fk_ledger_allocations_business_id_posting_id_postings",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_ledger_allocations_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "allocation_id", name="pk_ledger_allocations"),
    )
    op.create_index(
        "ix_ledger_allocations_business_id_credit_id", "ledger_allocations", ["business_id", "credit_id"], unique=False
    )
    op.create_index(
        "ix_ledger_allocations_business_id_debit_id", "ledger_allocations", ["business_id", "debit_id"], unique=False
    )
    op.create_table(
        "open_items",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["business_id", "posting_id"],
            ["postings.business_id", "postings.posting_id"],
            name="fk_open_items_business_id_posting_id_postings",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_open_items_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "posting_id", name="pk_open_items"),
    )
    op.create_index(
        "ix_open_items_business_id_customer_id_seq", "open_items", ["business_id", "customer_id", "seq"], unique=False
    )


def _invoices() -> None:
    op.create_table(
        "invoice_series",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_invoice_series_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "series", "fiscal_year", name="pk_invoice_series"),
    )
    op.create_table(
        "invoices",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=True),
        sa.Column("fiscal_year", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("invoice_no", sa.Text(), nullable=True),
        sa.Column("posting_id", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("place_of_supply", sa.Text(), nullable=True),
        sa.Column("with_gst", sa.Boolean(), nullable=False),
        sa.Column("on_credit", sa.Boolean(), nullable=False),
        sa.Column("taxable", sa.BigInteger(), nullable=False),
        sa.Column("cgst", sa.BigInteger(), nullable=False),
        sa.Column("sgst", sa.BigInteger(), nullable=False),
        sa.Column("igst", sa.BigInteger(), nullable=False),
        sa.Column("round_off", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=True),
        sa.Column("cancelled_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "status in ('draft', 'issued', 'part_paid', 'paid', 'cancelled')", name="ck_invoices_status"
        ),
        sa.CheckConstraint("length(invoice_no) <= 16", name="ck_invoices_invoice_no"),
        sa.CheckConstraint("paid >= 0 and paid <= total", name="ck_invoices_paid"),
        sa.CheckConstraint("taxable + cgst + sgst + igst + round_off = total", name="ck_invoices_total"),
        sa.ForeignKeyConstraint(
            ["business_id", "customer_id"],
            ["shop_customers.business_id", "shop_customers.customer_id"],
            name="fk_invoices_business_id_customer_id_shop_customers",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "posting_id"],
            ["postings.business_id", "postings.posting_id"],
            name="fk_invoices_business_id_posting_id_postings",
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_invoices_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "invoice_id", name="pk_invoices"),
        sa.UniqueConstraint("business_id", "posting_id", name="uq_invoices_business_id_posting_id"),
        sa.UniqueConstraint(
            "business_id", "series", "fiscal_year", "number", name="uq_invoices_business_id_series_fiscal_year_number"
        ),
    )
    op.create_index("ix_invoices_business_id_created_at", "invoices", ["business_id", "created_at"], unique=False)
    op.create_index(
        "ix_invoices_business_id_customer_id_created_at",
        "invoices",
        ["business_id", "customer_id", "created_at"],
        unique=False,
    )
    op.create_index("ix_invoices_business_id_invoice_no", "invoices", ["business_id", "invoice_no"], unique=False)
    op.create_index(
        "ix_invoices_business_id_status_created_at", "invoices", ["business_id", "status", "created_at"], unique=False
    )
    op.create_table(
        "invoice_lines",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hsn", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("gst_rate", sa.Integer(), nullable=False),
        sa.Column("taxable", sa.BigInteger(), nullable=False),
        sa.Column("cgst", sa.BigInteger(), nullable=False),
        sa.Column("sgst", sa.BigInteger(), nullable=False),
        sa.Column("igst", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "invoice_id"],
            ["invoices.business_id", "invoices.invoice_id"],
            name="fk_invoice_lines_business_id_invoice_id_invoices",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "product_id"],
            ["products.business_id", "products.product_id"],
            name="fk_invoice_lines_business_id_product_id_products",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_invoice_lines_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "invoice_id", "line", name="pk_invoice_lines"),
    )
