"""What Stripe cannot take is refused while the invoice is a draft, with all reasons at once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.errors import Conflict, Invalid
from billing.events import Kind
from billing.facts import InvoiceFacts, LineFacts, PaymentFacts
from billing.models import CreditNote, Invoice, InvoiceCounter, Payment
from billing.services import environments
from billing.services.invoices import invoices
from billing.services.invoices.credit_notes import CreditNoteRequest
from billing.services.payments import payments
from integrations.models import EntityMapping
from integrations.payments import credit_notes
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.translate import invoice_limits
from integrations.testing import push

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)

# All that billing takes: FlexSync's own keys are too many then.
KEYS = {f"k{number}": "v" for number in range(50)}


def draft(customer, *lines, currency="USD", **facts):
    wanted = InvoiceFacts(customer_id=customer.id, currency=currency, lines=lines or builders.LINES, **facts)
    return invoices.create(environment_id=customer.environment_id, facts=wanted)


def finalize(invoice):
    return invoices.finalize(environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now())


def refusal(invoice):
    with pytest.raises(Conflict) as refused:
        finalize(invoice)
    invoice.refresh_from_db()
    assert (refused.value.code, invoice.status, invoice.number) == ("invoice_not_accepted", "draft", "")
    assert not InvoiceCounter.objects.filter(last__gt=0).exists()
    return refused.value.details


def line(**values):
    return LineFacts(**{"description": "Seats", "unit_amount": Decimal(10)} | values)


@pytest.mark.parametrize(
    ("lines", "facts", "field", "text"),
    [
        ([line(), line(unit_amount=Decimal("1.234"))], {"currency": "KWD"}, "lines[1].amount", "0.010"),
        ([line(discount=Decimal("0.001"))], {"currency": "KWD"}, "lines[0].discount", "0.010"),
        ([line(tax=Decimal("0.001"))], {"currency": "KWD"}, "lines[0].tax", "0.010"),
        ([line(description="x" * 4990, quantity=Decimal(2))], {}, "lines[0].description", "shorten it by"),
        ([line(metadata=KEYS)], {}, "lines[0].metadata", "50 metadata keys, but this object has 53"),
        ([line(period_start=OCTOBER)], {}, "lines[0].period_end", "both its start and its end"),
        ([line(period_end=OCTOBER)], {}, "lines[0].period_start", "both its start and its end"),
        ([line(period_start=NOVEMBER, period_end=OCTOBER)], {}, "lines[0].period_end", "before it starts"),
        ([line()] * 249 + [line(discount=Decimal(1))] * 2, {}, "lines", "needs 252"),
        ([line()] * 249 + [line(discount=Decimal(1))], {}, "lines", "needs 251"),
        ([line()] * 251, {}, "lines", "needs 251"),
        ([line(unit_amount=Decimal(1_000_000))], {}, "total", "split the invoice"),
        ([line()], {"description": "x" * 1501}, "description", "at most 1500"),
        ([line()], {"footer": "x" * 5001}, "footer", "at most 5000"),
        ([line()], {"metadata": KEYS}, "metadata", "50 metadata keys, but this object has 54"),
        ([line()], {"currency": "IQD"}, "currency", "does not support amounts in IQD"),
    ],
)
def test_each_limit_is_told_at_its_field(connection, customer, lines, facts, field, text):
    assert text in refusal(draft(customer, *lines, **facts))[field]


def test_all_reasons_come_at_once(connection, customer):
    lines = [line(unit_amount=Decimal("1.234"), period_start=OCTOBER), line(metadata=KEYS)]
    found = refusal(draft(customer, *lines, currency="KWD", footer="x" * 5001))
    assert sorted(found) == ["footer", "lines[0].amount", "lines[0].period_end", "lines[1].metadata"]


def test_what_is_within_the_limits_is_taken(connection, customer):
    lines = [line(description="x" * 5000)] + [line()] * 248 + [line(discount=Decimal(0))]
    assert finalize(draft(customer, *lines, description="x" * 1500, footer="x" * 5000)).status == "finalized"
    assert finalize(draft(customer, line(unit_amount=Decimal(999_999)))).status == "finalized"
    assert finalize(draft(customer, line(unit_amount=Decimal(9_999_999_999)), currency="IDR")).number


@pytest.mark.parametrize("change", [{"invoice_outbound_enabled": False}, {"status": "archived"}])
def test_a_connection_that_takes_no_invoices_is_not_asked(connection, customer, change):
    for name, value in change.items():
        setattr(connection, name, value)
    connection.save()
    assert finalize(draft(customer, *[line()] * 251)).status == "finalized"


def test_the_api_names_every_field(connection, customer, client, environment):
    _, key = environments.create_api_key(environment=environment, name="test", scope="write")
    invoice = draft(customer, line(unit_amount=Decimal("1.234")), currency="KWD")
    answer = client.post(
        f"/v1/invoices/{invoice.pk}/finalize", "{}", "application/json", HTTP_AUTHORIZATION=f"Bearer {key}"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "invoice_not_accepted")
    assert list(answer.json()["details"]) == ["lines[0].amount"]
    assert "lines[0].amount: " in answer.json()["message"]


class TestRounding:
    @pytest.fixture
    def connection(self, connection):
        connection.rounds_three_decimals = True
        connection.save()
        return connection

    def test_makes_both_sides_the_same_and_says_so(self, stripe_api, connection, customer):
        lines = [
            line(unit_amount=Decimal("0.617"), quantity=Decimal(2)),
            line(unit_amount=Decimal("2.345"), discount=Decimal("0.004"), tax=Decimal("0.117")),
            line(unit_amount=Decimal("3.000")),
        ]
        invoice = finalize(draft(customer, *lines, currency="KWD"))
        found = list(invoice.lines.values_list("description", "amount", "discount", "tax"))
        assert found == [
            ("Seats (rounded from 1.234 KWD)", Decimal("1.230"), Decimal(0), Decimal(0)),
            ("Seats (rounded from 2.458 KWD)", Decimal("2.350"), Decimal(0), Decimal("0.120")),
            ("Seats", Decimal("3.000"), Decimal(0), Decimal(0)),
        ]
        assert (invoice.total, invoice.amount_due) == (Decimal("6.700"), Decimal("6.700"))
        assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
        stripe_id = EntityMapping.objects.get(entity_id=invoice.pk).provider_entity_id
        at_stripe = stripe_api.v1.invoices.retrieve(stripe_id)
        assert (at_stripe.total, at_stripe.status) == (6700, "open")
        assert at_stripe.lines.data[0].description == "Seats (rounded from 1.234 KWD)"

    def test_leaves_other_currencies_alone(self, connection, customer):
        invoice = finalize(draft(customer, line(unit_amount=Decimal("1.23"))))
        assert Invoice.objects.get(pk=invoice.pk).lines.get().description == "Seats"

    def test_never_makes_a_discount_larger_than_its_line(self):
        rounded = invoice_limits.rounded_line(line(amount=Decimal("1.234"), discount=Decimal("1.234")), "KWD")
        assert (rounded.amount, rounded.discount) == (Decimal("1.230"), Decimal("1.230"))
        assert rounded.unit_amount == 0


def test_money_between_stripes_steps_is_not_recorded(stripe_api, connection, customer):
    """Stripe could not be told of it, and would go on asking for more than is due here."""
    invoice = finalize(draft(customer, line(unit_amount=Decimal("10.010")), currency="KWD"))
    assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
    place = {"environment_id": invoice.environment_id, "now": timezone.now()}
    paid = {"customer_id": customer.pk, "invoice_id": invoice.pk, "currency": "KWD", "status": "succeeded"}
    between, noted = Decimal("3.005"), CreditNoteRequest(amount=Decimal("1.005"), reason="order_change")
    with pytest.raises(Invalid, match=r"steps of 0\.010\. Send 3\.000 or 3\.010"):
        payments.create(facts=PaymentFacts(**paid, amount=between, method="bank_transfer"), **place)
    with pytest.raises(Invalid, match=r"Send 1\.000 or 1\.010"):
        credit_notes.issue(invoice_id=invoice.pk, request=noted, **place)
    assert not (Payment.objects.exists() or CreditNote.objects.exists())
