"""The shop's own tables (the shared ones are in store/schema.py).

Money is in paise (minor units), quantities in thousandths of the product's unit. `APPEND_ONLY` tables are never
updated or deleted, which triggers enforce; what else is here about money or stock (`balance`, `stock`, `open`, `paid`,
`status`) is kept beside them for speed and can be folded from them at any time (check.py).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from offhook.store.schema import active_flag, business_key, metadata
from offhook.store.types import Moment

shop_books = Table(
    "shop_books",
    metadata,
    business_key(),
    Column("seq", BigInteger, nullable=False),  # of the last posting; its row is what writers of a book queue on
    Column("names_version", BigInteger, nullable=False),  # grows with each change of a customer or product
)

shop_customers = Table(
    "shop_customers",
    metadata,
    business_key(),
    Column("customer_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),  # all spellings of the name share it
    Column("aliases", Text, nullable=False),  # JSON list
    Column("phone", Text),  # E.164; relatives may share one
    Column("email", Text),
    Column("address", Text, nullable=False),
    Column("gstin", Text),
    Column("state", Text),  # GST state code; of the GSTIN, else where known
    Column("credit_limit", BigInteger),
    Column("language", Text),
    Column("balance", BigInteger, nullable=False),  # what the customer owes; negative: what the shop owes
    Column("version", BigInteger, nullable=False),  # seq of the last posting
    Column("created_at", Moment, nullable=False),
    active_flag(),
    Index(None, "business_id", "name"),
    Index(None, "business_id", "name_key"),
    Index(None, "business_id", "phone"),
    Index(None, "business_id", "balance"),
)

shop_customer_words = Table(
    "shop_customer_words",
    metadata,
    business_key(),
    Column("word", Text, primary_key=True),  # key of one word of the name or an alias
    Column("customer_id", Text, primary_key=True),
    ForeignKeyConstraint(["business_id", "customer_id"], ["shop_customers.business_id", "shop_customers.customer_id"]),
    Index(None, "business_id", "customer_id"),
)

products = Table(
    "products",
    metadata,
    business_key(),
    Column("product_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("aliases", Text, nullable=False),  # JSON list
    Column("unit", Text, nullable=False),  # what price and stock are per
    Column("price", BigInteger),  # None: differs, asked for
    Column("currency", Text, nullable=False),
    Column("gst_rate", Integer, nullable=False),  # hundredths of a percent
    Column("hsn", Text, nullable=False),
    Column("stock", BigInteger, nullable=False),
    Column("low_at", BigInteger),  # low from there on down; None: not watched
    Column("created_at", Moment, nullable=False),
    active_flag(),
    UniqueConstraint("business_id", "name_key"),
    CheckConstraint("unit in ('kg', 'litre', 'packet', 'piece', 'metre', 'box')", name="unit"),
    CheckConstraint("price is null or price >= 0", name="price"),
    CheckConstraint("gst_rate between 0 and 10000", name="gst_rate"),
    Index(None, "business_id", "name"),
)

product_words = Table(
    "product_words",
    metadata,
    business_key(),
    Column("word", Text, primary_key=True),
    Column("product_id", Text, primary_key=True),
    ForeignKeyConstraint(["business_id", "product_id"], ["products.business_id", "products.product_id"]),
    Index(None, "business_id", "product_id"),
)

postings = Table(
    "postings",
    metadata,
    business_key(),
    Column("posting_id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),  # 1, 2, 3 … in the business's book
    Column("kind", Text, nullable=False),
    Column("customer_id", Text),
    Column("amount", BigInteger, nullable=False),  # what was said, always positive; 0 for stock alone
    Column("currency", Text, nullable=False),
    Column("method", Text),
    Column("day", Date, nullable=False),  # the one local day that it counts for
    Column("due_date", Date),
    Column("note", Text, nullable=False),
    Column("invoice_id", Text),
    Column("reverses", Text),
    Column("opening_of", Text),  # the customer, of kind "opening" alone
    Column("turn_id", Text, nullable=False),
    Column("session_id", Text),
    Column("via", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["business_id", "customer_id"], ["shop_customers.business_id", "shop_customers.customer_id"]),
    ForeignKeyConstraint(["business_id", "reverses"], ["postings.business_id", "postings.posting_id"]),
    UniqueConstraint("business_id", "seq"),
    UniqueConstraint("business_id", "reverses"),
    UniqueConstraint("business_id", "opening_of"),
    CheckConstraint("kind in ('opening', 'payment', 'refund', 'credit', 'invoice', 'stock', 'reversal')", name="kind"),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("method in ('cash', 'upi', 'card', 'bank', 'cheque')", name="method"),
    Index(None, "business_id", "day"),
    Index(None, "business_id", "customer_id", "seq"),
    Index(None, "business_id", "kind", "seq"),
    Index(None, "business_id", "session_id", "seq"),
)
"""What happened, once. Its unique keys are rules: an undo happens once, an opening balance is set once."""

ledger_entries = Table(
    "ledger_entries",
    metadata,
    business_key(),
    Column("posting_id", Text, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("account", Text, nullable=False),
    Column("customer_id", Text),  # of account "customer" alone
    Column("amount", BigInteger, nullable=False),  # debit positive; a posting's lines sum to zero
    Column("balance", BigInteger),  # of the customer, after this line
    Column("day", Date, nullable=False),
    ForeignKeyConstraint(["business_id", "posting_id"], ["postings.business_id", "postings.posting_id"]),
    ForeignKeyConstraint(["business_id", "customer_id"], ["shop_customers.business_id", "shop_customers.customer_id"]),
    CheckConstraint("amount <> 0", name="amount"),
    CheckConstraint("(account = 'customer') = (customer_id is not null)", name="account"),
    Index(None, "business_id", "day", "account"),
    Index(None, "business_id", "customer_id"),
)

ledger_allocations = Table(
    "ledger_allocations",
    metadata,
    business_key(),
    Column("allocation_id", Text, primary_key=True),
    Column("posting_id", Text, nullable=False),  # what caused it
    Column("credit_id", Text, nullable=False),  # the posting that pays
    Column("debit_id", Text, nullable=False),  # the posting that is paid
    Column("amount", BigInteger, nullable=False),  # negative: taken back
    ForeignKeyConstraint(["business_id", "posting_id"], ["postings.business_id", "postings.posting_id"]),
    ForeignKeyConstraint(["business_id", "credit_id"], ["postings.business_id", "postings.posting_id"]),
    ForeignKeyConstraint(["business_id", "debit_id"], ["postings.business_id", "postings.posting_id"]),
    CheckConstraint("amount <> 0", name="amount"),
    Index(None, "business_id", "credit_id"),
    Index(None, "business_id", "debit_id"),
)

open_items = Table(
    "open_items",
    metadata,
    business_key(),
    Column("posting_id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("open", BigInteger, nullable=False),  # debit positive; what no allocation covers yet
    Column("day", Date, nullable=False),
    Column("due_date", Date),
    ForeignKeyConstraint(["business_id", "posting_id"], ["postings.business_id", "postings.posting_id"]),
    Index(None, "business_id", "customer_id", "seq"),
)
"""Debits and credits of customers that are not settled; a row goes when nothing of it is open any more."""

invoice_series = Table(
    "invoice_series",
    metadata,
    business_key(),
    Column("series", Text, primary_key=True),
    Column("fiscal_year", Text, primary_key=True),  # "2627"
    Column("last_number", Integer, nullable=False),
)

invoices = Table(
    "invoices",
    metadata,
    business_key(),
    Column("invoice_id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("customer_name", Text, nullable=False),  # as on the bill
    Column("status", Text, nullable=False),
    Column("series", Text),
    Column("fiscal_year", Text),
    Column("number", Integer),
    Column("invoice_no", Text),
    Column("posting_id", Text),
    Column("day", Date, nullable=False),
    Column("due_date", Date),
    Column("place_of_supply", Text),  # GST state code
    Column("with_gst", Boolean, nullable=False),
    Column("on_credit", Boolean, nullable=False),
    Column("taxable", BigInteger, nullable=False),
    Column("cgst", BigInteger, nullable=False),
    Column("sgst", BigInteger, nullable=False),
    Column("igst", BigInteger, nullable=False),
    Column("round_off", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("session_id", Text),
    Column("created_at", Moment, nullable=False),
    Column("issued_at", Moment),
    Column("cancelled_at", Moment),
    ForeignKeyConstraint(["business_id", "customer_id"], ["shop_customers.business_id", "shop_customers.customer_id"]),
    ForeignKeyConstraint(["business_id", "posting_id"], ["postings.business_id", "postings.posting_id"]),
    UniqueConstraint("business_id", "series", "fiscal_year", "number"),
    UniqueConstraint("business_id", "posting_id"),
    CheckConstraint("status in ('draft', 'issued', 'part_paid', 'paid', 'cancelled')", name="status"),
    CheckConstraint("taxable + cgst + sgst + igst + round_off = total", name="total"),
    CheckConstraint("paid >= 0 and paid <= total", name="paid"),
    CheckConstraint("length(invoice_no) <= 16", name="invoice_no"),
    Index(None, "business_id", "customer_id", "created_at"),
    Index(None, "business_id", "status", "created_at"),
    Index(None, "business_id", "invoice_no"),
    Index(None, "business_id", "created_at"),
)

invoice_lines = Table(
    "invoice_lines",
    metadata,
    business_key(),
    Column("invoice_id", Text, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("product_id", Text),
    Column("name", Text, nullable=False),
    Column("hsn", Text, nullable=False),
    Column("qty", BigInteger, nullable=False),
    Column("unit", Text, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("gst_rate", Integer, nullable=False),
    Column("taxable", BigInteger, nullable=False),
    Column("cgst", BigInteger, nullable=False),
    Column("sgst", BigInteger, nullable=False),
    Column("igst", BigInteger, nullable=False),
    ForeignKeyConstraint(["business_id", "invoice_id"], ["invoices.business_id", "invoices.invoice_id"]),
    ForeignKeyConstraint(["business_id", "product_id"], ["products.business_id", "products.product_id"]),
)

stock_moves = Table(
    "stock_moves",
    metadata,
    business_key(),
    Column("posting_id", Text, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("product_id", Text, nullable=False),
    Column("qty", BigInteger, nullable=False),  # in positive, out negative
    Column("day", Date, nullable=False),
    ForeignKeyConstraint(["business_id", "posting_id"], ["postings.business_id", "postings.posting_id"]),
    ForeignKeyConstraint(["business_id", "product_id"], ["products.business_id", "products.product_id"]),
    CheckConstraint("qty <> 0", name="qty"),
    Index(None, "business_id", "product_id"),
)

APPEND_ONLY = (postings, ledger_entries, ledger_allocations, invoice_lines, stock_moves)
