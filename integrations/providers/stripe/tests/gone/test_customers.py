"""A customer that was deleted at Stripe without a word: the push says so, and a person decides."""

import re

import pytest

from billing.events import Kind
from billing.models import Customer
from integrations.models import EntityMapping, OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.gone.acts import (
    deliver,
    mapping_of,
    rename,
    resolve,
    stripe_id_of,
    writes,
)
from integrations.testing import push

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(simulator, connection, stripe_api, customer):
    """The customer, who was deleted at Stripe."""
    assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
    stripe_api.v1.customers.delete(stripe_id_of(customer))
    return customer


@pytest.fixture
def blocked(connection, gone) -> OutboundSync:
    """The push that has met it."""
    rename(gone)
    return push(connection, Kind.CUSTOMER, gone.pk)


def test_a_push_says_since_when_it_is_gone_why_and_what_may_be_chosen(gone, blocked):
    mapping = mapping_of(gone)
    assert blocked.state == "blocked"
    assert re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d|req_\w+", "...", blocked.last_error) == (
        f"The customer {gone.pk} is gone at Stripe ({mapping.provider_entity_id}) since ... UTC."
        f" Stripe refused customers.update: No such customer: '{mapping.provider_entity_id}' (param id,"
        " code resource_missing, status 404, request ...). Choose what becomes of it: create_anew (another object is made"
        " there, and what waits goes on), archive (it ends here as well) or leave (nothing more is sent for it)."
        f" POST /v1/mappings/{mapping.pk}/resolve, or the buttons of the mapping in admin."
    )


def test_the_next_push_calls_nothing(simulator, connection, gone, blocked):
    before = len(simulator.requests())
    rename(gone, "Ada Byron")
    again = push(connection, Kind.CUSTOMER, gone.pk)
    assert (again.state, again.last_error) == ("blocked", blocked.last_error)
    assert len(simulator.requests()) == before


def test_an_invoice_for_the_customer_says_the_same(connection, gone):
    invoice = builders.invoice(gone)
    sync = push(connection, Kind.INVOICE, invoice.pk)
    assert sync.state == "blocked"
    assert sync.last_error.startswith(f"The customer {gone.pk} is gone at Stripe")
    assert "Stripe refused invoices.create" in mapping_of(gone).gone_reason


def test_created_anew_the_customer_and_what_waited_go_on(simulator, stripe_api, connection, gone):
    invoice = builders.invoice(gone)
    assert push(connection, Kind.INVOICE, invoice.pk).state == "blocked"
    old = stripe_id_of(gone)
    resolve(gone, "create_anew")
    assert deliver() == {gone.pk: "done", invoice.pk: "done"}
    assert stripe_id_of(gone) != old
    (found,) = stripe_api.v1.invoices.list().data
    assert (found.customer, found.status) == (stripe_id_of(gone), "open")
    kept = EntityMapping.objects.get(provider_entity_id=old)
    assert (kept.entity_id, kept.former_entity_id) == ("", gone.pk)
    assert (kept.gone_choice, kept.decided_by) == ("create_anew", "ann")


def test_created_anew_after_a_push_that_had_created_it(simulator, stripe_api, connection, gone, blocked):
    """The recorded answer of the first creation is of no use."""
    resolve(gone, "create_anew")
    deliver()
    assert stripe_api.v1.customers.retrieve(stripe_id_of(gone)).name == "Ada King"
    assert writes(simulator).count("customers.create") == 2


def test_archived_here_nothing_is_left_to_do(simulator, connection, gone, blocked):
    resolve(gone, "archive")
    assert Customer.objects.get(pk=gone.pk).status == "archived"
    assert deliver() == {gone.pk: "done"}


def test_archived_here_what_needs_it_is_not_told_to_create_it_anew(connection, gone, blocked):
    invoice = builders.invoice(gone)
    resolve(gone, "archive")
    error = push(connection, Kind.INVOICE, invoice.pk).last_error
    assert "void the invoice" in error and "create_anew" not in error


def test_left_nothing_is_sent_until_that_is_changed(simulator, connection, gone, blocked):
    resolve(gone, "leave")
    assert deliver() == {gone.pk: "done"}
    before = len(simulator.requests())
    rename(gone, "Ada Byron")
    assert push(connection, Kind.CUSTOMER, gone.pk).state == "done"
    assert len(simulator.requests()) == before
    invoice = push(connection, Kind.INVOICE, builders.invoice(gone).pk)
    assert invoice.state == "blocked"
    assert "ann chose to leave it so on" in invoice.last_error
    resolve(gone, "create_anew")
    assert set(deliver().values()) == {"done"}
