"""What is no finding because it is as it must be, and what a finding says that waits for something."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Customer, Invoice
from billing.services.customers import customers as service
from integrations.linking import changes
from integrations.linking.pairs import Deed
from integrations.models import Conflict, EntityMapping, ImportRun
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.pair import Pair
from integrations.testing import make_connection, push

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(account, imported):
    """A customer on both sides."""
    made = account.customer(1)
    imported()
    return made


@pytest.fixture
def pair(connection, stripe_api, environment):
    """A customer who was made here."""
    row = builders.customer(environment)
    return Pair(connection, stripe_api, "customer", row, "customers", _update_of(row)).known_on_both_sides()


def _update_of(row):
    return lambda **changes: service.update(customer_id=row.pk, **changes)


class TestNothing:
    def test_is_found_of_what_an_import_has_left_out_by_its_date(self, ada, account, findings, simulator):
        account.invoice(ada, 5000, paid=True)
        opened = account.invoice(ada, 7000, paid=False)
        since = timezone.now() + timedelta(days=1)
        ImportRun.objects.update(since=since)
        assert {one.provider_entity_id for one in findings()} == {opened.id}
        ImportRun.objects.update(since=datetime(2020, 1, 1, tzinfo=UTC))
        assert len(findings()) == 3

    def test_is_found_of_what_a_person_has_unlinked(self, ada, findings, connection):
        mapping = EntityMapping.objects.get(entity_type="customer")
        changes.unlink(mapping, Deed("tests", "Not ours."), timezone.now())
        assert [one.kind for one in findings("customers")] == ["only_here"]

    def test_is_found_of_what_is_gone_and_was_left_so(self, ada, findings, stripe_api):
        stripe_api.v1.customers.delete(ada.id)
        EntityMapping.objects.update(gone_at=timezone.now(), gone_choice="")
        assert [one.kind for one in findings("customers")] == ["gone"]
        EntityMapping.objects.update(gone_choice="leave")
        assert findings("customers") == []

    def test_is_found_of_an_invoice_that_another_connection_collects(self, ada, account, imported, findings):
        account.invoice(ada, 7000, paid=False)
        imported()
        invoice = Invoice.objects.get()
        other = make_connection(invoice.environment_id, "stripe", name="Other", on=())
        account.api.v1.invoices.void_invoice(
            EntityMapping.objects.get(entity_id=invoice.pk).provider_entity_id
        )
        assert [one.field for one in findings("invoices")] == ["status"]
        Invoice.objects.update(connection_id=other.pk)
        assert findings("invoices") == []

    def test_is_found_of_a_draft_that_has_become_a_credit(self, ada, account, imported, findings):
        v1 = account.api.v1
        draft = v1.invoices.create({"customer": ada.id, "currency": "usd", "auto_advance": False})
        imported()
        item = {"customer": ada.id, "invoice": draft.id, "amount": -700, "currency": "usd"}
        v1.invoice_items.create(item)
        v1.invoices.finalize_invoice(draft.id)
        assert {one.suggested for one in findings("invoices")} == {"take"}
        imported()
        assert (Invoice.objects.get().status, findings("invoices")) == ("voided", [])

    def test_is_found_of_what_the_provider_cannot_take(self, pair, findings):
        pair.edit_here(name="x" * 300)
        assert pair.push() == "done"
        assert findings() == []
        Customer.objects.update(name="y" * 300)
        assert [one.field for one in findings()] == ["name"]

    def test_is_found_of_rows_that_were_made_here_and_pushed(self, pair, findings, connection, environment):
        invoice = builders.invoice(pair.row)
        assert push(connection, "invoice", invoice.pk).state == "done"
        pair.hear()
        assert findings("customers", "invoices", "products", "prices") == []


class TestAFinding:
    def test_names_the_conflict_that_waits_for_a_person(self, pair, findings, connection):
        connection.customer_owner = "newest"
        connection.save()
        Customer.objects.update(name="Ours")
        pair.edit_there(name="Theirs")
        mapping = EntityMapping.objects.get(entity_type="customer")
        mapping.metadata = {**mapping.metadata, "open": ["name"]}
        mapping.save()
        conflict = Conflict.objects.create(
            connection=connection,
            entity_type="customer",
            entity_id=pair.row.pk,
            provider_entity_id=pair.stripe_id,
            field="name",
            rule="newest",
        )
        [found] = findings()
        assert (found.suggested, found.why) == (
            "", f"Both sides have changed it: decide the open conflict. It is {conflict.pk}.",
        )  # fmt: skip

    def test_says_why_the_last_push_stopped(self, pair, findings, connection):
        sync = connection.outbound_syncs.get()
        connection.outbound_syncs.update(state="blocked", last_error="Stripe refused it.")
        Customer.objects.update(name="Ours")
        [found] = findings()
        assert found.why.endswith(f"Its last push ({sync.pk}) is blocked: Stripe refused it.")

    def test_says_which_event_could_not_be_applied(self, pair, findings, connection):
        pair.edit_there(name="Theirs")
        event = connection.inbound_events.latest("created")
        connection.inbound_events.filter(pk=event.pk).update(state="dead", reason="It was odd.")
        [found] = findings()
        assert found.why.endswith(f"Its event {event.pk} ({event.type}) could not be applied: It was odd.")

    def test_says_that_both_sides_have_had_their_own_value(self, pair, findings):
        mapping = EntityMapping.objects.get(entity_type="customer")
        Customer.objects.update(name="Ours")
        mapping.metadata = {**mapping.metadata, "apart": {"name": "Ours"}}
        mapping.save()
        [found] = findings()
        assert (found.field, found.suggested, "since they were linked" in found.why) == ("name", "", True)


class TestASubscription:
    def test_with_more_items_than_a_list_shows_is_compared_whole(self, account, imported, findings, compared):
        customer = account.customer(1)
        prices = [account.price(f"P{number}").id for number in range(23)]
        params = {"customer": customer.id, "items": [{"price": one} for one in prices[:20]]}
        made = account.api.v1.subscriptions.create(params)
        imported()
        assert findings() == []
        last = account.api.v1.subscription_items.list({"subscription": made.id, "limit": 100}).data[-1]
        account.api.v1.subscription_items.update(last.id, {"quantity": 9, "proration_behavior": "none"})
        [found] = findings("subscriptions")
        assert (found.field, found.ours, found.theirs) == (f"items.{last.id}.quantity", 1, 9)
        assert (found.amount_at_stake, found.currency) == (Decimal("159.20"), "USD")
