"""The money at stake of a payment."""

from decimal import Decimal

import pytest
from django.test import Client

from billing.models import Invoice, Payment
from integrations.models import Finding
from integrations.reconcile.comparing import stakes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(account, imported):
    """A payment of 42.00 on both sides."""
    made = account.payment(account.customer(1), 4200)
    imported()
    return made


def test_of_a_refund_that_has_not_come_here_is_what_went_back(paid, stripe_api, findings):
    stripe_api.v1.refunds.create({"payment_intent": paid.id, "amount": 1000})
    assert {one.field: one.amount_at_stake for one in findings()} == {
        "status": Decimal("10.00"),
        "amount_refunded": Decimal("10.00"),
    }


def test_of_money_that_is_said_not_to_have_come_is_all_of_it(paid, findings):
    Payment.objects.update(status="failed")
    [found] = findings()
    assert (found.field, found.amount_at_stake) == ("status", Decimal("42.00"))


class TestAnInvoiceAndItsPayment:
    @pytest.fixture
    def invoice(self, account, imported):
        """50.00 that nobody has paid, on both sides."""
        made = account.invoice(account.customer(1), 5000, paid=False)
        imported()
        return made

    def test_count_once(self, invoice, stripe_api, findings, connection):
        stripe_api.v1.invoices.pay(invoice.id, {"off_session": True})
        found = findings()
        assert {one.entity_type for one in found} == {"invoice", "payment"}
        assert {one.debt for one in found} == {Invoice.objects.get().pk}
        assert stakes.shown(Finding.objects.all()) == {"USD": "50.00"}
        assert connection.comparisons.get().money_at_stake == {"USD": "50.00"}
        assert (
            'flexsync_drift_money_at_stake{currency="USD"} 50.0' in Client().get("/metrics").content.decode()
        )

    def test_count_once_where_neither_is_here(self, account, imported, findings):
        imported()
        account.invoice(account.customer(2), 5000, paid=True)
        found = [one for one in findings() if one.entity_type in ("invoice", "payment")]
        assert [one.kind for one in found] == ["only_there", "only_there"]
        assert stakes.shown(Finding.objects.all()) == {"USD": "50.00"}

    def test_count_as_the_payments_where_these_are_over_more(self, invoice, stripe_api, findings):
        stripe_api.v1.invoices.pay(invoice.id, {"off_session": True})
        findings()
        Finding.objects.filter(entity_type="payment").update(amount_at_stake=60)
        assert stakes.shown(Finding.objects.all()) == {"USD": "60.00"}
