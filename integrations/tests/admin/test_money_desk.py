"""The money desk: which invoices need what, counted and listed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Dispute, Invoice
from billing.tests.admin.pages import page
from billing.tests.factories import InvoiceFactory, PaymentFactory
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.triage import needs

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def make(connection: Connection, **columns: Any) -> Invoice:
    """A final invoice that the provider has."""
    invoice: Invoice = InvoiceFactory(environment=connection.environment, finalized=True)
    Invoice.objects.filter(pk=invoice.pk).update(**columns)
    OutboundSync.objects.filter(entity_id=invoice.pk).delete()
    link(connection, invoice)
    return invoice


def link(connection: Connection, invoice: Invoice) -> None:
    pair = {"entity_type": "invoice", "entity_id": invoice.pk, "provider_entity_id": f"in_{invoice.pk}"}
    EntityMapping.objects.create(connection=connection, **pair)


@pytest.fixture
def invoices(connection: Connection) -> dict[str, Invoice]:
    """One for each need, and one that needs nothing."""
    payment = PaymentFactory(environment=connection.environment, status="succeeded")
    OutboundSync.objects.all().delete()
    link(connection, payment.invoice)
    Dispute.objects.create(
        environment=connection.environment, payment=payment, amount=Decimal(100), currency="USD",
        amount_of_payment=Decimal(100), status="needs_response", gateway_dispute_id="du_1", opened_at=NOW,
    )  # fmt: skip
    found = {
        "": make(connection),
        "overpaid": make(connection, payment_status="overpaid", amount_paid=150, amount_remaining=0),
        "disputed": payment.invoice,
        "blocked": make(connection),
        "failed": make(connection, payment_status="failed"),
        "to_confirm": make(connection, payment_status="requires_action"),
        "overdue": make(connection, due_date=NOW - timedelta(days=1)),
    }
    OutboundSync.objects.create(
        connection=connection,
        entity_type="invoice",
        entity_id=found["blocked"].pk,
        state="blocked",
        settled_at=NOW,
    )
    return found


def test_each_is_found_counted_and_listed_by_what_it_needs(
    invoices: dict[str, Invoice], operator: Client
) -> None:
    ids = {invoice.pk: code for code, invoice in invoices.items()}
    assert needs.of(ids, NOW) == {row_id: [code] for row_id, code in ids.items() if code}
    assert needs.counts(NOW) == dict.fromkeys(needs.NEEDS, 1) | {"only_here": 0}
    for chosen in ("any", "failed"):
        shown = operator.get(page(Invoice, "changelist"), {"needs": chosen}).content.decode()
        wanted = [code for code in ids.values() if code == chosen or (chosen == "any" and code)]
        assert [code for row_id, code in ids.items() if page(Invoice, "change", row_id) in shown] == wanted
    assert "To be confirmed" in shown and "Ask the customer for another payment method" in shown
