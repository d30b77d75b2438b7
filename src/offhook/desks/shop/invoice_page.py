"""An invoice as one HTML page, ready to print: no script, no outside font or picture; the QR code is drawn in it.

It holds what Rule 46 of the CGST Rules asks for where the shop is registered: names, addresses and GSTINs, number and
date, HSN, quantity, value, rate and amount of each tax, place of supply. Everything that people wrote is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import segno

from offhook.contracts.business import Business
from offhook.desks.shop.gst import STATE_NAMES
from offhook.desks.shop.model import Customer, Invoice, ShopSettings
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.units import as_number
from offhook.desks.shop.upi import upi_link
from offhook.kit.money import Money

_STATUS = {"draft": "DRAFT", "cancelled": "CANCELLED", "paid": "PAID"}
_STYLE = """
  :root { color-scheme: light; --ink: #1c1c1c; --soft: #666; --rule: #d8d8d8; }
  * { box-sizing: border-box; }
  body { font: 14px/1.45 system-ui, "Noto Sans", "Noto Sans Devanagari", sans-serif; color: var(--ink);
         max-width: 190mm; margin: 10mm auto; padding: 0 5mm; }
  header, .parties, footer { display: flex; justify-content: space-between; gap: 10mm; }
  h1 { font-size: 20px; margin: 0; } h2 { font-size: 12px; margin: 0; color: var(--soft); font-weight: 600; }
  p { margin: 0; } .soft { color: var(--soft); } .right { text-align: right; }
  .parties { margin: 8mm 0 6mm; } .stamp { font-weight: 700; letter-spacing: 1px; }
  table { width: 100%; border-collapse: collapse; } th { font-size: 12px; color: var(--soft); text-align: left; }
  th, td { padding: 6px 4px; border-bottom: 1px solid var(--rule); vertical-align: top; }
  .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
  tfoot td { border: 0; padding: 3px 4px; } tfoot tr.total td { border-top: 2px solid var(--ink); font-weight: 700; }
  footer { margin-top: 18mm; align-items: flex-end; break-inside: avoid; }
  .pay { margin-top: 8mm; text-align: right; break-inside: avoid; }
  .qr { width: 30mm; height: 30mm; }
  a { color: inherit; }
  thead { display: table-header-group; } tr { break-inside: avoid; }
  @page { size: A4; margin: 12mm; } @media print { body { margin: 0; padding: 0; } }
"""


def page_of(book: ShopBook, business: Business, invoice_id: str) -> str:
    """Raises Refused("invoice_unknown")."""
    invoice = book.invoice(invoice_id)
    return page(business, book.shop, book.any_customer(invoice.customer_id), invoice, book.lines(invoice_id))


def page(business: Business, shop: ShopSettings, customer: Customer, invoice: Invoice, lines: Sequence[Any]) -> str:
    title = "Tax invoice" if invoice.with_gst else "Bill of supply" if shop.gstin else "Bill"
    number = invoice.invoice_no or "Draft"
    seller = [business.address, _said("Phone", business.phone), _said("GSTIN", shop.gstin)]
    buyer = [customer.address, _said("Phone", customer.phone), _said("GSTIN", customer.gstin)]
    stamp = f'<p class="stamp">{_STATUS[invoice.status]}</p>' if invoice.status in _STATUS else ""
    place = ""
    if invoice.place_of_supply is not None:
        name = STATE_NAMES.get(invoice.place_of_supply, "")
        place = f"<p>Place of supply: {escape(name)} ({escape(invoice.place_of_supply)})</p>"
    due = f"<p>To be paid by {invoice.due_date:%d %b %Y}</p>" if invoice.due_date is not None else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(f"{title} {number}")}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
  <div><h1>{escape(business.name)}</h1>{_paragraphs(seller)}</div>
  <div class="right"><h1>{title}</h1><p>{escape(number)}</p><p>{invoice.day:%d %b %Y}</p>{stamp}</div>
</header>
<section class="parties">
  <div><h2>Billed to</h2><p>{escape(invoice.customer_name)}</p>{_paragraphs(buyer)}</div>
  <div class="right">{place}{due}</div>
</section>
<table>
<thead>{_head(invoice)}</thead>
<tbody>
{"".join(_row(n, line, invoice) for n, line in enumerate(lines, 1))}
</tbody>
<tfoot>{_sums(invoice)}</tfoot>
</table>
{_pay(business, shop, invoice)}
<footer>
  <p class="soft">Tax is not payable on reverse charge.</p>
  <p>For {escape(business.name)}<br><br>Signature</p>
</footer>
</body>
</html>
"""


def _pay(business: Business, shop: ShopSettings, invoice: Invoice) -> str:
    """How to pay what is left: a link for the screen, a code for the camera, the address for paper."""
    left = invoice.total - invoice.paid
    if shop.upi_id is None or left <= 0 or invoice.status not in ("issued", "part_paid"):
        return ""
    link = upi_link(shop.upi_id, business.name, Money(left, business.currency), invoice.invoice_no or business.name)
    said = f'<a href="{escape(link)}">Pay {_rupees(left)} by UPI</a> to {escape(shop.upi_id)}'
    return f'<div class="pay"><p>{said}</p>{_code(link)}</div>'


def _code(link: str) -> str:
    """The link as a QR code, which any payment app reads; dark squares only, so that it prints."""
    return segno.make(link, error="m", micro=False).svg_inline(
        scale=3, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, title="UPI", omitsize=False
    )


def _head(invoice: Invoice) -> str:
    names = ["", "Goods", *(["HSN"] if invoice.with_gst else []), "Quantity", "Rate"]
    names += [*(["Taxable", "GST"] if invoice.with_gst else []), "Amount"]
    numbers = {"Quantity", "Rate", "Taxable", "GST", "Amount"}
    cells = (f'<th class="n">{name}</th>' if name in numbers else f"<th>{name}</th>" for name in names)
    return f"<tr>{''.join(cells)}</tr>"


def _row(n: int, line: Any, invoice: Invoice) -> str:
    tax = line.cgst + line.sgst + line.igst
    cells = [f"<td>{n}</td><td>{escape(line.name)}</td>"]
    if invoice.with_gst:
        cells.append(f"<td>{escape(line.hsn)}</td>")
    cells.append(f'<td class="n">{as_number(line.qty)} {escape(line.unit)}</td>{_money(line.price)}')
    if invoice.with_gst:
        percent = f"{line.gst_rate // 100}.{line.gst_rate % 100:02d}".rstrip("0").rstrip(".")
        cells.append(f'{_money(line.taxable)}<td class="n">{percent} % = {_rupees(tax)}</td>')
    return f"<tr>{''.join(cells)}{_money(line.taxable + tax)}</tr>\n"


def _sums(invoice: Invoice) -> str:
    sums = [("Taxable value", invoice.taxable)] if invoice.with_gst else []
    sums += [(name, value) for name, value in (
        ("CGST", invoice.cgst), ("SGST", invoice.sgst), ("IGST", invoice.igst), ("Round-off", invoice.round_off)
    ) if value]  # fmt: skip
    span = 7 if invoice.with_gst else 4
    rows = [f'<tr><td colspan="{span}" class="n">{name}</td>{_money(value)}</tr>' for name, value in sums]
    rows.append(f'<tr class="total"><td colspan="{span}" class="n">Total</td>{_money(invoice.total)}</tr>')
    if invoice.paid and invoice.status != "cancelled":
        left = invoice.total - invoice.paid
        rows.append(f'<tr><td colspan="{span}" class="n">Paid</td>{_money(invoice.paid)}</tr>')
        rows.append(f'<tr><td colspan="{span}" class="n">To be paid</td>{_money(left)}</tr>')
    return "".join(rows)


def _money(paise: int) -> str:
    return f'<td class="n">{_rupees(paise)}</td>'


def _rupees(paise: int) -> str:
    return escape(Money(paise, "INR").format())


def _said(name: str, value: str | None) -> str:
    return f"{name}: {value}" if value else ""


def _paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)
