"""Events that arrive while an import is under way: neither overwrites what is newer."""

from collections.abc import Callable

import pytest

from billing.models import Customer, Invoice
from integrations.models import InboundEvent
from integrations.providers.stripe.testing import receive_signed
from integrations.reconcile.paging.ahead import Ahead

# Each transaction has a time of its own then.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def events(stripe_api) -> Callable[..., list[dict]]:
    """The account's events so far of these types, oldest first."""

    def read(*types):
        listed = [one.to_dict() for one in stripe_api.v1.events.list({"limit": 100}).data]
        return [one for one in reversed(listed) if one["type"] in types]

    return read


@pytest.fixture
def after_reading(monkeypatch):
    """Lets something happen after the named list's page was read, and before it is applied."""
    actions = {}

    def pages(self):
        for one in PAGES(self):
            for name in list(actions):
                if any(str(thing["id"]).startswith(name) for thing in one.page.objects):
                    actions.pop(name)()
            yield one

    PAGES = Ahead.pages
    monkeypatch.setattr(Ahead, "pages", pages)
    return actions


class TestAPageThatIsOlder:
    def test_than_an_event_does_not_bring_the_old_name_back(
        self, imported, account, stripe_api, connection, events, after_reading
    ):
        ada = account.customer(1)
        imported()

        def rename():
            stripe_api.v1.customers.update(ada.id, {"name": "Newer"})
            receive_signed(connection, events("customer.updated")[-1])

        after_reading["cus_"] = rename
        run = imported()
        assert Customer.objects.get().name == "Newer"
        assert run.parts.get(name="customers").equal == 1

    def test_than_a_payment_leaves_the_invoice_paid(
        self, imported, account, stripe_api, connection, events, after_reading
    ):
        invoice = account.invoice(account.customer(1), 5000, paid=False)
        imported()

        def pay():
            stripe_api.v1.invoices.pay(invoice.id, {"off_session": True})
            for event in events("invoice.paid", "invoice_payment.paid", "payment_intent.succeeded"):
                receive_signed(connection, event)

        after_reading["in_"] = pay
        imported()
        found = Invoice.objects.get()
        assert (found.payment_status, found.amount_remaining) == ("succeeded", 0)

    def test_than_a_deletion_brings_nothing_back(
        self, imported, account, stripe_api, connection, events, after_reading
    ):
        ada = account.customer(1)

        def delete():
            stripe_api.v1.customers.delete(ada.id)
            receive_signed(connection, events("customer.deleted")[-1])

        after_reading["cus_"] = delete
        run = imported()
        assert set(Customer.objects.values_list("status", flat=True)) <= {"archived"}
        assert run.parts.get(name="customers").refused == 1


class TestAnEventThatIsOlder:
    def test_than_the_import_changes_nothing(self, imported, account, stripe_api, connection, events):
        ada = account.customer(1, name="Old")
        stripe_api.v1.customers.update(ada.id, {"name": "New"})
        imported()
        receive_signed(connection, events("customer.created")[0])
        assert Customer.objects.get().name == "New"
        assert set(InboundEvent.objects.values_list("state", flat=True)) <= {"applied", "ignored"}

    def test_leaves_an_invoice_paid(self, imported, account, connection, events):
        account.invoice(account.customer(1), 5000, paid=True)
        imported()
        for event in events("invoice.created", "invoice.finalized", "invoice.updated"):
            receive_signed(connection, event)
        found = Invoice.objects.get()
        assert (found.status, found.payment_status, found.amount_remaining) == ("finalized", "succeeded", 0)
