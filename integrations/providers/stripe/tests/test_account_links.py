"""A connection that is made again for the same account finds the links of the one that was deleted."""

import pytest
from django.utils import timezone

from billing.errors import Conflict, Invalid
from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Customer, Payment
from billing.services.customers import default_methods
from billing.services.invoices import endings
from billing.services.payments import payments
from integrations.connections import collectors, manage
from integrations.errors import Retry
from integrations.linking import changes
from integrations.linking.pairs import Deed
from integrations.mappings import unlinked
from integrations.models import Connection, EntityMapping, MappingChange, OutboundSync
from integrations.models.connections import SWITCHES
from integrations.outbox import worker
from integrations.payments.collection import connection_for
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import charge
from integrations.providers.stripe.tests.test_round_trips import open_checkout
from integrations.testing import push

pytestmark = pytest.mark.django_db


@pytest.fixture
def connect(environment, simulator):
    """Makes a connection with that key."""

    def connect(name="Shop", key=builders.SECRET_KEY):
        return manage.create(
            environment_id=environment.id,
            provider="stripe",
            name=name,
            secrets={"secret_key": key},
            switches=dict.fromkeys(SWITCHES, True),
            now=timezone.now(),
        )

    return connect


@pytest.fixture
def deleted(connect, environment, stripe_api):
    """A deleted connection through which a customer and an invoice went to Stripe."""
    connection = connect()
    customer = builders.customer(environment)
    invoice = builders.invoice(customer)
    assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
    with pytest.raises(Conflict) as refused:
        manage.archive(connection)
    assert refused.value.code == "invoices_open" and "1 invoices are open" in refused.value.message
    manage.archive(connection, leave_invoices_open=True)
    return connection, customer, invoice


def test_links_are_found_and_nothing_is_made_twice(connect, deleted, stripe_api):
    before, customer, invoice = deleted
    again = connect()
    assert again.account_id == before.account_id != ""
    assert push(again, Kind.CUSTOMER, customer.pk).state == "done"
    assert push(again, Kind.INVOICE, invoice.pk).state == "done"
    assert len(stripe_api.v1.customers.list().data) == 1
    assert len(stripe_api.v1.invoices.list().data) == 1
    assert not EntityMapping.objects.exclude(connection=again).exists()


def test_what_persons_did_to_its_mappings_is_known_still(connect, deleted, stripe_api):
    """What was unlinked is linked by nobody but a person, also through the connection that is made again."""
    _before, customer, _ = deleted
    mapping = EntityMapping.objects.get(entity_type="customer")
    changes.unlink(mapping, Deed("ann", "A twin."), timezone.now())
    again = connect()
    assert list(MappingChange.objects.values_list("connection", "done_by")) == [(again.pk, "ann")]
    [there] = stripe_api.v1.customers.list().data
    assert f"was unlinked from {customer.pk} by ann" in unlinked.of(again.pk, Kind.CUSTOMER, there.id)
    assert EntityMapping.objects.get(provider_entity_id=there.id).connection == again


def test_rows_name_the_new_connection(connect, deleted):
    before, customer, invoice = deleted
    assert invoice.connection_id == before.pk
    chosen = {before.pk: {"method": "pm_1", "at": timezone.now().isoformat()}}
    Customer.objects.filter(pk=customer.pk).update(default_payment_methods=chosen)
    again = connect()
    invoice.refresh_from_db()
    customer.refresh_from_db()
    assert invoice.connection_id == again.pk
    assert default_methods.known(customer) == {again.pk: "pm_1"}


def test_an_account_is_connected_once(connect, simulator):
    first = connect()
    manage.test(first)
    with pytest.raises(Conflict, match="to the same account"):
        connect("Twin")
    second = connect("Other", key="sk_test_other_account")
    assert second.account_id not in ("", first.account_id)


def test_a_twin_is_found_when_its_account_is_asked_for(connect, simulator):
    first, twin = connect(), connect("Twin")
    manage.test(first)
    with pytest.raises(Conflict, match="to the same account"):
        manage.test(twin)


def test_what_was_paid_while_it_was_deleted_is_seen(connect, deleted, simulator, stripe_api):
    _before, _customer, invoice = deleted
    (there,) = stripe_api.v1.invoices.list().data
    simulator.pay_invoice(there.id)
    again = connect()
    look = OutboundSync.objects.get(connection=again)
    assert (look.entity_id, look.started_by) == (invoice.pk, "connected again")
    worker.deliver(look.pk, now=timezone.now())
    invoice.refresh_from_db()
    assert (invoice.payment_status, invoice.amount_remaining) == ("succeeded", 0)


def test_what_was_paid_on_a_page_while_it_was_deleted_is_seen(connect, environment, simulator, stripe_api):
    connection = connect()
    invoice = builders.invoice(builders.customer(environment))
    payment = open_checkout(connection, invoice)
    manage.archive(connection, leave_invoices_open=True)
    assert simulator.pay_checkout_session(payment.gateway_session_id).status_code == 303
    again = connect()
    for sync in OutboundSync.objects.filter(connection=again).order_by("entity_type"):
        worker.deliver(sync.pk, now=timezone.now())
    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.status, payment.connection_id) == ("succeeded", again.pk)
    assert invoice.payment_status == "succeeded"


def test_what_its_account_was_not_told_yet_keeps_it(connect, environment, stripe_api):
    """All of the invoice is paid here, and Stripe asks for it as before."""
    connection = connect()
    invoice = builders.invoice(builders.customer(environment))
    assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
    page = open_checkout(connection, invoice)
    manage.pause(connection)
    transfer = PaymentFacts(
        invoice.customer_id, invoice.total, "USD", invoice_id=invoice.pk, status="succeeded"
    )
    payments.create(environment_id=environment.id, facts=transfer, now=timezone.now())
    page.refresh_from_db()
    assert (page.status, page.is_open_at_gateway) == ("cancelled", True)
    with pytest.raises(Conflict, match="1 invoices are open"):
        manage.archive(connection)
    # As if the page had been closed, but the transfer not reported.
    Payment.objects.filter(pk=page.pk).update(is_open_at_gateway=False)
    assert collectors.asked_for(connection).get() == invoice
    # A checkout that failed brings it nothing.
    failed = {"action": "checkout", "state": "dead", "settled_at": timezone.now()}
    OutboundSync.objects.filter(state="pending").update(**failed)
    assert not collectors.asked_for(connection).exists()
    # As if the transfer had been reported, but the page not closed.
    Payment.objects.filter(pk=page.pk).update(is_open_at_gateway=True)
    assert collectors.asked_for(connection).get() == invoice


def test_a_charge_that_waits_ends_with_it(connect, environment, stripe_api):
    connection = connect()
    invoice = builders.invoice(builders.customer(environment))
    assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
    manage.pause(connection)
    payment = charge(connection, invoice)
    assert (payment.status, payment.asked_at) == ("pending", None)
    EntityMapping.objects.filter(entity_id=invoice.pk).update(metadata={})
    with pytest.raises(Conflict, match="1 invoices are open"):
        manage.archive(connection)
    manage.archive(connection, leave_invoices_open=True)
    payment.refresh_from_db()
    assert (payment.status, payment.failure_message) == ("cancelled", "The connection was deleted.")
    assert not OutboundSync.objects.filter(state__in=("pending", "sending")).exists()


def test_an_invoice_stays_with_a_deleted_connection_until_that_works_again(connect, deleted):
    _before, _customer, invoice = deleted
    place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
    other = connect("Other", key="sk_test_other")
    with pytest.raises(Conflict, match="is deleted") as refused:
        endings.update(**place, changes={"connection_id": other.pk})
    assert refused.value.code == "connection_stopped"
    with pytest.raises(Conflict, match="which was deleted") as refused:
        connection_for(invoice.environment_id, invoice.pk, "stripe", "")
    assert refused.value.code == "connection_stopped"
    again = connect()
    assert endings.update(**place, changes={"connection_id": other.pk}).connection_id == other.pk
    assert push(again, Kind.INVOICE, invoice.pk).state == "done"
    assert push(other, Kind.INVOICE, invoice.pk).state == "done"
    with pytest.raises(Conflict, match="closed there for good"):
        endings.update(**place, changes={"connection_id": again.pk})


def test_another_account_has_links_of_its_own(connect, deleted, stripe_api):
    _before, customer, _invoice = deleted
    other = connect(key="sk_test_other")
    assert not EntityMapping.objects.filter(connection=other).exists()
    assert push(other, Kind.CUSTOMER, customer.pk).state == "done"
    assert EntityMapping.objects.filter(entity_id=customer.pk).count() == 2


def test_a_connection_is_not_made_while_its_account_is_unknown(connect, deleted, settings, simulator):
    simulator.faults.add("accounts.retrieve_current", "reset_before", times=-1)
    with pytest.raises(Retry):
        connect()
    assert Connection.objects.count() == 1


def test_a_key_that_is_refused_is_told_at_its_field(connect, deleted, simulator):
    simulator.revoke_key("sk_test_old")
    with pytest.raises(Invalid, match="Expired API Key"):
        connect(key="sk_test_old")


def test_an_account_that_cannot_be_asked_for_is_said(connect, environment, simulator):
    connection = connect()
    simulator.revoke_key(builders.SECRET_KEY)
    manage.archive(connection)
    connection.refresh_from_db()
    assert connection.status == "archived"
    assert connection.status_reason.startswith("Its account is unknown")
