"""Drafts whose memo and due date are edited on both sides."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from integrations.mappings.differences import differences, with_conflicts
from integrations.models import EntityMapping
from integrations.outbox import worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.interleavings.invoice_pairs import conflicts, pair_of
from integrations.providers.stripe.translate.unsendable import DUE_WHEN_COLLECTED

pytestmark = pytest.mark.django_db
DUE = datetime(2030, 1, 1, tzinfo=UTC)


def test_a_memo_that_a_person_changes_of_a_draft_before_it_is_final_stays(
    simulator, stripe_api, connection, customer
):
    """The push stopped between the lines and the finalization."""
    pair = pair_of(connection, stripe_api, builders.invoice(customer))
    simulator.faults.add("invoices.finalize_invoice", "reset_before")
    assert pair.push() == "sending"
    pair.edit_there(description="As agreed")
    pair.hear()
    assert pair.here("description", "status") == ["As agreed", "finalized"]
    [begun] = connection.outbound_syncs.filter(state="sending", entity_id=pair.row.pk)
    worker.deliver(begun.id, now=timezone.now() + timedelta(minutes=1))
    begun.refresh_from_db()
    assert begun.state == "done"
    assert (pair.there()["status"], pair.there()["description"]) == ("open", "As agreed")


@pytest.mark.parametrize("hears", [True, False])
def test_a_due_date_that_a_person_changes_of_a_draft_comes_here(
    simulator, stripe_api, connection, customer, hears
):
    """By its event, or by the answer to the call that makes it final."""
    invoice = builders.invoice(customer, collection_method="send_invoice", due_date=DUE - timedelta(days=30))
    pair = pair_of(connection, stripe_api, invoice)
    simulator.faults.add("invoices.finalize_invoice", "reset_before")
    assert pair.push() == "sending"
    pair.edit_there(due_date=int(DUE.timestamp()))
    if hears:
        pair.hear()
    pair.go_on(timezone.now() + timedelta(minutes=1))
    pair.hear()
    assert pair.here("due_date", "status") == [DUE, "finalized"]
    assert (pair.there()["status"], pair.there()["due_date"]) == ("open", int(DUE.timestamp()))
    [mapping] = with_conflicts(EntityMapping.objects.filter(entity_type="invoice"))
    assert conflicts() == [] and differences(mapping) == []
    before = len(simulator.requests("invoices.update"))
    pair.edit_here(metadata={"order": "8"})
    assert pair.push() == "done"
    assert [call["params"] for call in simulator.requests("invoices.update")][before:] == [
        {"metadata": {"order": "8"}}
    ]


def test_the_date_that_stripe_gives_what_was_overdue_here_is_nobody_s_edit(
    simulator, stripe_api, connection, customer
):
    overdue = datetime(2026, 1, 1, tzinfo=UTC)
    invoice = builders.invoice(customer, collection_method="send_invoice", due_date=overdue)
    pair = pair_of(connection, stripe_api, invoice).known_on_both_sides()
    assert pair.there()["due_date"] > overdue.timestamp()
    pair.edit_here(metadata={"order": "8"})
    assert pair.push() == "done"
    assert [call["params"] for call in simulator.requests("invoices.update")] == [
        {"metadata": {"order": "8"}}
    ]
    assert pair.here("due_date") == [overdue] and conflicts() == []


def test_a_due_date_that_stripe_cannot_have_stays_here_and_stops_nothing_else(theirs):
    theirs.edit_there(collection_method="charge_automatically")
    theirs.hear()
    before = theirs.there()["due_date"]
    theirs.edit_here(due_date=DUE, description="November")
    assert theirs.push() == "done"
    assert (theirs.there()["description"], theirs.there()["due_date"]) == ("November", before)
    [shown] = differences(EntityMapping.objects.get(entity_id=theirs.row.pk))
    assert (shown.field, shown.theirs, shown.reason) == ("due_date", before, DUE_WHEN_COLLECTED)
    theirs.edit_there(collection_method="send_invoice", days_until_due=3)
    theirs.hear()
    theirs.edit_here(due_date=DUE + timedelta(days=1))
    assert theirs.push() == "done"
    assert theirs.there()["due_date"] == int((DUE + timedelta(days=1)).timestamp())


def edit_named(pair, **params):
    """As a person does of the draft whose id FlexSync does not know yet."""
    [found] = pair.api.v1.invoices.list({"limit": 1}).data
    pair.api.v1.invoices.update(found.id, params)


@pytest.mark.parametrize("fault", ["reset_after", "500_after"])
def test_what_a_person_edits_before_the_creation_is_repeated_comes_here(
    simulator, stripe_api, connection, customer, fault
):
    """The repeated answer is older than the edit, and the event of that comes after newer ones."""
    pair = pair_of(connection, stripe_api, builders.invoice(customer, metadata={"order": "7"}))
    simulator.faults.add("invoices.create", fault)
    assert pair.push() == "sending"
    edit_named(pair, metadata={"order": "8"})
    time.sleep(1.1)
    pair.go_on(timezone.now() + timedelta(minutes=1))
    pair.hear(lambda newest_first: newest_first)
    assert pair.here("metadata") == [{"order": "8"}] and conflicts() == []
    assert pair.there()["metadata"]["order"] == "8"


@pytest.mark.parametrize("operation", ["invoices.add_lines", "invoices.finalize_invoice"])
def test_what_a_person_edits_during_the_push_comes_here_with_its_next_answer(
    simulator, stripe_api, connection, customer, operation
):
    """The event of the edit comes after newer ones."""
    pair = pair_of(connection, stripe_api, builders.invoice(customer, metadata={"order": "7"}))
    simulator.faults.add(operation, "reset_before")
    assert pair.push() == "sending"
    pair.edit_there(metadata={"order": "8"})
    time.sleep(1.1)
    pair.go_on(timezone.now() + timedelta(minutes=1))
    assert pair.here("metadata") == [{"order": "8"}]
    pair.hear(lambda newest_first: newest_first)
    assert pair.here("metadata") == [{"order": "8"}] and conflicts() == []
    assert pair.there()["metadata"]["order"] == "8"
