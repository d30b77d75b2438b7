"""Links that open a payment app with payee and amount filled in."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from offhook.kit.money import Money


def upi_link(upi_id: str, payee: str, amount: Money, note: str) -> str:
    """NPCI's link that payment apps open: payee, amount in rupees, currency, note."""
    rupees = f"{amount.amount // 100}.{amount.amount % 100:02d}"
    fields = {"pa": upi_id, "pn": payee, "am": rupees, "cu": amount.currency, "tn": note}
    return f"upi://pay?{urlencode(fields, quote_via=quote)}"
