"""Every kind of invoice that billing makes has the same values at Stripe."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import LineFacts
from integrations.models import EntityMapping
from integrations.providers.stripe.tests import builders
from integrations.testing import push

pytestmark = pytest.mark.django_db
OCTOBER = {"period_start": datetime(2026, 10, 1, tzinfo=UTC), "period_end": datetime(2026, 11, 1, tzinfo=UTC)}


@pytest.fixture
def pushed(simulator, stripe_api, connection, customer):
    """Pushes an invoice of those lines and facts; returns it and Stripe's invoice."""

    def pushed(*lines, **facts):
        invoice = builders.invoice(customer, lines or builders.LINES, **facts)
        sync = push(connection, Kind.INVOICE, invoice.id)
        assert (sync.state, sync.last_error) == ("done", "")
        stripe_id = EntityMapping.objects.get(entity_id=invoice.id).provider_entity_id
        invoice.refresh_from_db()
        return invoice, stripe_api.v1.invoices.retrieve(stripe_id)

    return pushed


def test_an_invoice_that_is_sent_has_its_due_date(pushed):
    due = timezone.now().replace(microsecond=0) + timedelta(days=14)
    _invoice, found = pushed(collection_method="send_invoice", due_date=due)
    assert (found.collection_method, found.due_date) == ("send_invoice", int(due.timestamp()))


def test_that_it_was_sent_is_noted_beside_the_digest_of_what_was_sent(pushed):
    pushed(collection_method="send_invoice")
    mapping = EntityMapping.objects.get(entity_type=Kind.INVOICE)
    assert (mapping.metadata["sent_to_customer"], mapping.sent_fingerprint) == (True, "")


@pytest.mark.parametrize("due", [None, datetime(2026, 1, 1, tzinfo=UTC)])
def test_an_invoice_that_is_overdue_or_without_due_date_is_due_today(pushed, due):
    _invoice, found = pushed(collection_method="send_invoice", due_date=due)
    assert abs(found.due_date - found.created) < 60


def test_an_invoice_that_is_charged_has_no_due_date(pushed):
    _invoice, found = pushed(due_date=timezone.now() + timedelta(days=14))
    assert (found.collection_method, found.due_date) == ("charge_automatically", None)


def test_lines_have_their_quantity_and_period(pushed):
    lines = LineFacts("Hours", quantity=Decimal("7.5"), unit_amount=Decimal("80.00"), **OCTOBER)
    _invoice, found = pushed(lines)
    (line,) = found.lines.data
    assert (line.description, line.amount) == ("Hours (7.5 x 80.00 USD)", 60000)
    assert (line.period.start, line.period.end) == tuple(int(time.timestamp()) for time in OCTOBER.values())
    assert line.metadata["quantity"] == "7.5"


def test_discounts_and_taxes_are_kept(pushed):
    _invoice, found = pushed(
        LineFacts(
            "A", unit_amount=Decimal(100), discount=Decimal(10), tax_name="VAT", tax_percentage=Decimal(20)
        ),
        LineFacts(
            "B", unit_amount=Decimal(50), discount=Decimal(5), tax_name="GST", tax_percentage=Decimal(5)
        ),
    )
    assert [(line.description, line.amount) for line in found.lines.data] == [
        ("A", 10000), ("B", 5000), ("Discount", -1500),
    ]  # fmt: skip
    assert [tax.amount for tax in found.total_taxes] == [1800, 225]
    assert found.total == 10000 + 5000 - 1500 + 1800 + 225


def test_a_credit_is_a_negative_line(pushed):
    _invoice, found = pushed(
        LineFacts("Seats", unit_amount=Decimal(30)), LineFacts("Credit for May", unit_amount=Decimal(-12))
    )
    assert ([line.amount for line in found.lines.data], found.total) == ([3000, -1200], 1800)


@pytest.mark.parametrize(
    "lines",
    [
        (LineFacts("Free", unit_amount=Decimal(0)),),
        (LineFacts("Seats", unit_amount=Decimal(30)), LineFacts("Credit", unit_amount=Decimal(-30))),
        (LineFacts("Seats", unit_amount=Decimal(30), discount=Decimal(30)),),
    ],
)
def test_an_invoice_over_nothing_is_paid_on_both_sides(pushed, lines):
    invoice, found = pushed(*lines)
    assert (invoice.payment_status, found.status, found.total) == ("succeeded", "paid", 0)


def test_memo_footer_and_number_are_kept(pushed):
    invoice, found = pushed(description="For the engine", footer="Thank you")
    assert (found.description, found.footer) == ("For the engine", "Thank you")
    assert [(field.name, field.value) for field in found.custom_fields] == [("Reference", invoice.number)]
    assert found.number != invoice.number


def test_its_page_and_its_pdf_are_stored(pushed):
    invoice, found = pushed()
    assert (invoice.hosted_invoice_url, invoice.pdf_url) == (found.hosted_invoice_url, found.invoice_pdf)
    assert invoice.pdf_url.startswith("http")


@pytest.mark.parametrize("currency, amount, minor", [("JPY", "1250", 1250), ("KWD", "5.120", 5120)])
def test_currencies_without_or_with_three_decimals(pushed, currency, amount, minor):
    _invoice, found = pushed(LineFacts("Seats", unit_amount=Decimal(amount)), currency=currency)
    assert (found.total, found.currency) == (minor, currency.lower())
