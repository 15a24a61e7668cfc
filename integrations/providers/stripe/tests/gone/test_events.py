"""The event of a deletion and the answer of a call tell the same fact, whichever comes first."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.errors import Conflict as Refused
from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Customer
from billing.services.customers import customers
from billing.services.invoices import credit_notes
from billing.services.invoices.credit_notes import CreditNoteRequest
from billing.services.payments import payments
from integrations.mappings.gone import undecided
from integrations.models import Conflict, EntityMapping
from integrations.providers.stripe.testing import receive_signed
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.gone.acts import deliver, mapping_of, rename, resolve, stripe_id_of
from integrations.testing import push

pytestmark = pytest.mark.django_db


@pytest.fixture
def pushed(simulator, connection, customer):
    assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
    return customer


@pytest.fixture
def deletion(pushed, stripe_api):
    """The event of the customer's deletion at Stripe."""
    stripe_api.v1.customers.update(stripe_id_of(pushed), {"name": "Ada L."})
    stripe_api.v1.customers.delete(stripe_id_of(pushed))
    return event(stripe_api, "customer.deleted")


def event(stripe_api, type):
    return stripe_api.v1.events.list({"type": type}).data[0].to_dict()


def test_the_event_comes_first(connection, pushed, deletion):
    assert receive_signed(connection, deletion).state == "applied"
    mapping = mapping_of(pushed)
    assert mapping.gone_at.timestamp() == deletion["created"]
    assert mapping.gone_reason == f"It was deleted there: event {deletion['id']}."
    assert push(connection, Kind.CUSTOMER, pushed.pk).state == "done"
    assert not undecided().exists()


def test_what_was_edited_here_meanwhile_is_not_lost(connection, stripe_api, pushed, deletion):
    """A name that both sides have changed is a conflict; a phone number that was changed here alone stays."""
    changes = {"name": "Ada King", "phone": "+44 1"}
    customers.update(environment_id=pushed.environment_id, customer_id=pushed.pk, changes=changes)
    for one in (event(stripe_api, "customer.updated"), deletion):
        assert receive_signed(connection, one).state == "applied"
    found, conflict = Customer.objects.get(), Conflict.objects.get()
    assert (found.status, found.phone) == ("archived", "+44 1")
    assert (conflict.field, conflict.ours, conflict.theirs) == ("name", "Ada King", "Ada L.")


def test_the_event_comes_after_a_push_was_blocked(connection, stripe_api, pushed, deletion):
    rename(pushed)
    blocked = push(connection, Kind.CUSTOMER, pushed.pk)
    assert (blocked.state, undecided().count()) == ("blocked", 1)
    receive_signed(connection, event(stripe_api, "customer.updated"))
    assert receive_signed(connection, deletion).state == "applied"
    assert Customer.objects.get().status == "archived"
    assert mapping_of(pushed).gone_reason == f"It was deleted there: event {deletion['id']}."
    assert deliver() == {pushed.pk: "done"}
    assert not undecided().exists()


def test_an_older_event_that_comes_late_does_not_bring_it_back(connection, stripe_api, pushed, deletion):
    rename(pushed)
    push(connection, Kind.CUSTOMER, pushed.pk)
    receive_signed(connection, event(stripe_api, "customer.updated"))
    assert mapping_of(pushed).gone_at is not None


def test_events_of_one_that_was_given_up_change_nothing(connection, stripe_api, pushed, deletion):
    rename(pushed)
    push(connection, Kind.CUSTOMER, pushed.pk)
    resolve(pushed, "create_anew")
    deliver()
    late = [event(stripe_api, "customer.updated"), deletion]
    assert [receive_signed(connection, one).state for one in late] == ["ignored", "ignored"]
    found = Customer.objects.get()
    assert (found.status, found.name) == ("active", "Ada King")
    assert EntityMapping.objects.filter(entity_id=pushed.pk, gone_at=None).count() == 1


def test_what_belonged_to_it_still_belongs_to_the_row(connection, stripe_api, pushed):
    """An invoice that was made at Stripe for the customer who was deleted, and comes late."""
    old = stripe_id_of(pushed)
    stripe_api.v1.invoices.create({"customer": old, "currency": "usd"})
    made = event(stripe_api, "invoice.created")
    stripe_api.v1.customers.delete(old)
    rename(pushed)
    push(connection, Kind.CUSTOMER, pushed.pk)
    resolve(pushed, "create_anew")
    deliver()
    assert receive_signed(connection, made).state == "applied"
    assert [invoice.customer_id for invoice in pushed.invoices.all()] == [pushed.pk]


def test_a_deleted_draft_of_an_invoice_from_here_is_shown_as_gone(connection, simulator, stripe_api, pushed):
    invoice = builders.invoice(pushed)
    simulator.faults.add("invoices.finalize_invoice", "500_before")
    assert push(connection, Kind.INVOICE, invoice.pk).state == "sending"
    stripe_api.v1.invoices.delete(stripe_id_of(invoice))
    told = receive_signed(connection, event(stripe_api, "invoice.deleted"), timezone.now())
    assert told.state == "ignored"
    assert "the invoice here stays as it is" in told.reason
    assert undecided().get() == mapping_of(invoice)


def test_an_invoice_with_a_credit_note_is_not_made_anew(connection, pushed):
    """As where all data of a test account are deleted: Stripe deletes no other final invoice."""
    invoice = builders.invoice(pushed)
    assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
    named = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk, "now": timezone.now()}
    credit_notes.issue(**named, request=CreditNoteRequest(amount=Decimal(5)), connection_id=connection.pk)
    EntityMapping.objects.filter(entity_id=invoice.pk).update(gone_at=timezone.now())
    with pytest.raises(Refused, match="would ask for their amount again") as refused:
        resolve(invoice, "create_anew")
    assert refused.value.code == "invoice_credited"


def test_an_invoice_that_is_partly_paid_is_not_made_anew(connection, pushed):
    """The new one would not know what was reported to the old one, and ask for all of it."""
    invoice = builders.invoice(pushed)
    assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
    facts = PaymentFacts(
        customer_id=pushed.pk, invoice_id=invoice.pk, amount=Decimal(14), currency="USD", status="succeeded"
    )
    payments.create(environment_id=invoice.environment_id, facts=facts, now=timezone.now())
    EntityMapping.objects.filter(entity_id=invoice.pk).update(gone_at=timezone.now())
    with pytest.raises(Refused, match="would ask for that money again") as refused:
        resolve(invoice, "create_anew")
    assert refused.value.code == "invoice_paid"
