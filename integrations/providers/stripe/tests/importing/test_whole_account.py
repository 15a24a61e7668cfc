"""An account that has been in use is brought here: whole, equal, and once."""

from decimal import Decimal

import pytest

from billing.models import CreditNote, Customer, Invoice, Payment, Subscription
from integrations.models import ImportFinding, OutboundSync
from integrations.providers.stripe.tests.importing.counting import counts, rows

pytestmark = pytest.mark.django_db
LISTS = [
    f"{name}.list"
    for name in (
        "products", "prices", "customers", "subscriptions", "invoices", "invoice_payments", "payment_intents",
        "credit_notes",
    )
]  # fmt: skip


@pytest.fixture(autouse=True)
def _in_use(account):
    account.in_use()


class TestAnImport:
    def test_brings_every_object_here(self, imported):
        run = imported()
        assert run.state == "done", run.reason
        assert list(ImportFinding.objects.values_list("provider_entity_id", "reason")) == []
        assert counts(run, "made") == {
            "products": (1,),
            "prices": (1,),
            "customers": (3,),
            "subscriptions": (1,),
            "invoices": (3,),
            "payments of invoices": (0,),
            "other payments": (1,),
            "credit notes": (0,),
        }
        assert (Customer.objects.count(), Subscription.objects.count(), Payment.objects.count()) == (3, 1, 3)
        assert CreditNote.objects.get().amount == Decimal(10)

    def test_brings_totals_and_money_to_the_cent(self, imported):
        imported()
        found = Invoice.objects.order_by("total").values_list(
            "total", "amount_due", "amount_paid", "amount_remaining", "payment_status"
        )
        assert [tuple(row) for row in found] == [
            (Decimal("19.90"), Decimal("19.90"), Decimal("19.90"), 0, "succeeded"),
            (50, 50, 50, 0, "succeeded"),
            (70, 60, 0, 60, "pending"),
        ]
        loose = Payment.objects.get(invoice=None)
        assert (loose.amount, loose.amount_refunded) == (42, 2)

    def test_pushes_nothing(self, imported):
        imported()
        assert list(OutboundSync.objects.without_refreshes().values_list("entity_id", "action")) == []

    def test_takes_one_call_for_each_page(self, imported, simulator):
        before = len(simulator.requests())
        imported()
        calls = [call["operation"] for call in simulator.requests()[before:]]
        # And one for the open invoice's credit notes.
        assert sorted(calls) == sorted([*LISTS, "credit_notes.list"])

    def test_changes_nothing_the_second_time(self, imported, simulator):
        imported()
        before, calls = rows(), len(simulator.requests())
        run = imported()
        assert rows() == before
        assert len(simulator.requests()) - calls == len(LISTS)
        assert counts(run, "made", "linked", "changed", "conflicting", "refused") == dict.fromkeys(
            counts(run), (0, 0, 0, 0, 0)
        )
