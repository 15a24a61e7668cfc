"""The columns of invoices, their lines and credit notes, each where it alone differs, with what follows."""

from typing import Any

from integrations.providers.stripe.tests.corpus import events
from integrations.providers.stripe.tests.corpus.cases import Case
from integrations.providers.stripe.tests.corpus.invoices import tax
from integrations.providers.stripe.tests.corpus.moments import DAY, MOMENT

Json = dict[str, Any]
# Versions before 2026-03-25 say no decimals of a quantity.
_DECIMALS = ("pinned", "both")


def _invoice(changes: Json, **columns: Any) -> Case:
    return Case("invoice", "invoice.finalized", changes, {f"Invoice.{k}": v for k, v in columns.items()})


def _line(changes: Json, totals: Json | None = None, spellings: tuple[str, ...] = (), **columns: Any) -> Case:
    """``changes`` of the only line; ``totals``: (field of the invoice, column, value) that follow."""
    given = {f"lines.data.0.{name}": value for name, value in changes.items()}
    named = {f"InvoiceLineItem.{name}": value for name, value in columns.items()}
    for (name, column), (minor, major) in (totals or {}).items():
        given[name] = minor
        named[f"Invoice.{column}"] = major
    return Case("invoice", "invoice.finalized", given, named, spellings=spellings)


def _total(minor: int, major: str) -> Json:
    return {
        ("total", "total"): (minor, major),
        ("amount_due", "amount_due"): (minor, major),
        ("amount_remaining", "amount_remaining"): (minor, major),
    }


def _discounted(amount: int) -> Json:
    given = {"amount": amount, "discount": "di_corpus"}
    return {"discount_amounts": [given], "pretax_credit_amounts": [given | {"type": "discount"}]}


_ERROR = {"code": "tax_id_invalid", "message": "No address.", "type": "invalid_request_error"}
_DRAFT = {"status": "draft", "status_transitions.finalized_at": None}
_DRAFT_HERE = {"status": "draft", "amount_due": "0", "amount_remaining": "0", "finalized_at": None}
_DRAFT_HERE |= {"number": ""}
_SENT = {"collection_method": "send_invoice", "due_date": MOMENT + 14 * DAY, "next_payment_attempt": None}
_YEN = {"subtotal": "3000", "discounts": "300", "tax": "540", "total": "3240"}
_YEN |= {"amount_due": "3240", "amount_remaining": "3240"}
_PART = {"amount_paid": 1000, "amount_remaining": 2240}
INVOICES = (
    _invoice({"customer": "cus_other", "parent": None}, customer="cus_other", subscription=None),
    _invoice({"parent": None}, subscription=None),
    _invoice({"number": "X-#"}, number="X-#"),
    _invoice({"description": "December"}, description="December"),
    _invoice({"description": None}, description=""),
    _invoice({"footer": "Bye"}, footer="Bye"),
    _invoice(_SENT, collection_method="send_invoice", due_date=MOMENT + 14 * DAY, next_attempt_at=None),
    _invoice({"period_start": MOMENT - 9 * DAY}, period_start=MOMENT - 9 * DAY),
    _invoice({"period_end": MOMENT + 9 * DAY}, period_end=MOMENT + 9 * DAY),
    _invoice({"attempt_count": 2}, attempt_count=2),
    _invoice({"next_payment_attempt": MOMENT + 5 * DAY}, next_attempt_at=MOMENT + 5 * DAY),
    _invoice(
        {"hosted_invoice_url": "https://stripe.example/i/2"}, hosted_invoice_url="https://stripe.example/i/2"
    ),
    _invoice({"invoice_pdf": "https://stripe.example/i/2.pdf"}, pdf_url="https://stripe.example/i/2.pdf"),
    _invoice({"metadata": {"po": "8"}}, metadata={"po": "8"}),
    _invoice({"status_transitions.finalized_at": MOMENT - DAY}, finalized_at=MOMENT - DAY),
    _invoice(
        {**_DRAFT, "number": None, "last_finalization_error": _ERROR},
        **_DRAFT_HERE,
        failure_code="tax_id_invalid",
        failure_message="No address.",
    ),
    _invoice(_PART, payment_status="pending", amount_paid="10", amount_remaining="22.4"),
    _invoice(
        {"starting_balance": -1240, "amount_due": 2000, "amount_remaining": 2000},
        balance_applied="12.4",
        amount_due="20",
        amount_remaining="20",
    ),
    Case(
        "invoice",
        "invoice.finalized",
        {"currency": "jpy", "lines.data.0.currency": "jpy"},
        {
            **{f"Invoice.{name}": value for name, value in _YEN.items()},
            "Invoice.currency": "JPY",
            "InvoiceLineItem.currency": "JPY",
            "InvoiceLineItem.amount": "3000",
            "InvoiceLineItem.unit_amount": "1000",
            "InvoiceLineItem.discount": "300",
            "InvoiceLineItem.tax": "540",
        },
    ),
)
_FOUR = {("subtotal", "subtotal"): (4000, "40"), **_total(4240, "42.4")}
_LESS = {("total_discount_amounts", "discounts"): ([{"amount": 600, "discount": "di_corpus"}], "6")}
_MORE_TAX = {("total_taxes", "tax"): ([tax(640, 2700)], "6.4"), **_total(3340, "33.4")}
_WITHIN = {
    ("total_taxes", "tax"): ([tax(450, 2250, "inclusive")], "4.5"),
    ("subtotal", "subtotal"): (3000, "25.5"),
    **_total(2700, "27"),
}
_TWO = [tax(540, 2700), tax(135, 2700)]
_UNIT = "pricing.unit_amount_decimal"
LINES = (
    _line({"description": "Three seats"}, description="Three seats"),
    _line({"description": None}, description="Line"),
    _line({"pricing.price_details.price": "price_other"}, price="price_other"),
    _line({"pricing": None}, price=None),
    _line({"quantity": 6, "quantity_decimal": "6", _UNIT: "500"}, quantity="6", unit_amount="5"),
    _line(
        {"quantity": 2, "quantity_decimal": "2.5", _UNIT: "1200"},
        None,
        _DECIMALS,
        quantity="2.5",
        unit_amount="12",
    ),
    _line(
        {"quantity": 0, "quantity_decimal": "0.5", _UNIT: "6000"},
        None,
        _DECIMALS,
        quantity="0.5",
        unit_amount="60",
    ),
    _line(
        {"amount": 4000, "subtotal": 4000, _UNIT: "1333.3333"}, _FOUR, amount="40", unit_amount="13.333333"
    ),
    _line(_discounted(600), {**_LESS, **_total(2940, "29.4")}, discount="6"),
    _line({"taxes": [tax(640, 2700)]}, _MORE_TAX, tax="6.4"),
    _line({"taxes": [tax(450, 2250, "inclusive")]}, _WITHIN, tax="4.5", amount="25.5", unit_amount="8.5"),
    _line({"taxes": _TWO}, {("total_taxes", "tax"): (_TWO, "6.75"), **_total(3375, "33.75")}, tax="6.75"),
    _line({"taxes": []}, {("total_taxes", "tax"): ([], "0"), **_total(2700, "27")}, tax="0", tax_name=""),
    _line({"period.start": MOMENT + DAY}, period_start=MOMENT + DAY),
    _line({"period.end": MOMENT + 9 * DAY}, period_end=MOMENT + 9 * DAY),
    _line({"metadata": {"room": "8"}}, metadata={"room": "8"}),
)


def _note(
    changes: Json, given: tuple[str, Json] = ("", {}), invoice: Json | None = None, **columns: Any
) -> Case:
    """``given``: the event of its invoice and what differs in that; ``invoice``: its columns that differ."""
    named = {f"CreditNote.{name}": value for name, value in columns.items()}
    named |= {f"Invoice.{name}": value for name, value in (invoice or {}).items()}
    return Case("credit_note", "credit_note.created", changes, named, given=given)


_HALF = {
    "amount": 600,
    "pre_payment_amount": 600,
    "subtotal": 500,
    "total": 600,
    "total_taxes": [tax(100, 500)],
    "lines.data.0.amount": 500,
    "lines.data.0.taxes": [tax(100, 500)],
}
_LINE = {
    "amount": "12.00",
    "quantity": "1",
    "description": "A seat",
    "unit_amount": "10",
    "invoice_line_item_id": "",
}
_AFTER = {"type": "post_payment", "pre_payment_amount": 0, "post_payment_amount": 1200}
_WENT_BACK = {"amount_refunded": 1200, "payment_record_refund": None, "refund": "re_corpus", "type": "refund"}
_PAID = ("invoice.paid", events.PAID)
_PAID_HERE = {"credited": "0", "amount_due": "32.4", "amount_paid": "32.4", "amount_remaining": "0"}
_PAID_HERE |= {"payment_status": "succeeded", "next_attempt_at": None}
_IN_YEN = ("invoice.finalized", {"currency": "jpy", "lines.data.0.currency": "jpy"})
NOTES = (
    _note({"number": "CN-#"}, number="CN-#"),
    _note({"reason": "duplicate"}, reason="duplicate"),
    _note({"memo": None}, memo=""),
    _note({"pdf": "https://stripe.example/cn/2.pdf"}, pdf_url="https://stripe.example/cn/2.pdf"),
    _note({"effective_at": MOMENT + 2 * DAY}, issued_at=MOMENT + 2 * DAY),
    _note({"metadata": {"ticket": "8"}}, metadata={"ticket": "8"}),
    _note({"lines.data.0.description": "Seat"}, lines=[_LINE | {"description": "Seat"}]),
    _note(
        _HALF,
        invoice={"credited": "6", "amount_due": "26.4", "amount_remaining": "26.4"},
        amount="6",
        before_payment="6",
        lines=[_LINE | {"amount": "6.00"}],
    ),
    _note(
        {"customer": "cus_other"},
        ("invoice.finalized", {"customer": "cus_other", "parent": None}),
        {"customer": "cus_other", "subscription": None},
        customer="cus_other",
    ),
    _note(
        {"currency": "jpy"},
        _IN_YEN,
        {**_YEN, "currency": "JPY", "credited": "1200", "amount_due": "2040", "amount_remaining": "2040"},
        currency="JPY",
        amount="1200",
        before_payment="1200",
        lines=[_LINE | {"amount": "1200", "unit_amount": "1000"}],
    ),
    _note(
        {**_AFTER, "refunds": [_WENT_BACK]},
        _PAID,
        _PAID_HERE,
        before_payment="0",
        after_payment="12",
        refunded="12",
    ),
    _note(
        {**_AFTER, "out_of_band_amount": 1200},
        _PAID,
        _PAID_HERE,
        before_payment="0",
        after_payment="12",
        out_of_band="12",
    ),
    _note(
        {**_AFTER, "customer_balance_transaction": "cbtxn_corpus"},
        _PAID,
        _PAID_HERE,
        before_payment="0",
        after_payment="12",
        to_balance="12",
    ),
)
