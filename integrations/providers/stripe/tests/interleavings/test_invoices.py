"""Two writers of one invoice: what FlexSync made, of which the metadata can still change, and what was made
at Stripe, of which everything can while it is a draft.
"""

import time
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from billing.errors import BillingError, Conflict
from billing.events import Kind
from billing.models import Invoice
from billing.services.invoices import invoices
from integrations.mappings.differences import differences, with_conflicts
from integrations.models import Conflict as Clash
from integrations.models import EntityMapping
from integrations.outbox import worker
from integrations.providers.stripe.testing import receive_signed
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.pair import Pair
from integrations.providers.stripe.translate.unsendable import DUE_WHEN_COLLECTED

pytestmark = pytest.mark.django_db
DUE = datetime(2030, 1, 1, tzinfo=UTC)


def pair_of(connection, stripe_api, invoice):
    def update(**values):
        return invoices.update(invoice_id=invoice.pk, **values)

    return Pair(connection, stripe_api, Kind.INVOICE, invoice, "invoices", update)


@pytest.fixture
def own(simulator, stripe_api, connection, customer):
    """An invoice that FlexSync sent."""
    invoice = builders.invoice(customer, metadata={"order": "7"})
    return pair_of(connection, stripe_api, invoice).known_on_both_sides()


@pytest.fixture
def theirs(simulator, stripe_api, connection):
    """A draft that was made at Stripe."""
    customer = stripe_api.v1.customers.create({"name": "Grace", "email": "grace@example.com"})
    made = stripe_api.v1.invoices.create(
        {
            "customer": customer.id,
            "description": "October",
            "metadata": {"order": "7"},
            "collection_method": "send_invoice",
            "days_until_due": 30,
            "auto_advance": False,
        }
    )
    stripe_api.v1.invoices.add_lines(made.id, {"lines": [{"amount": 500, "description": "Seats"}]})
    heard = set()
    for event in reversed(stripe_api.v1.events.list({"limit": 100}).data):
        receive_signed(connection, event.to_dict())
        heard.add(event.id)
    pair = pair_of(connection, stripe_api, Invoice.objects.get(is_external=True))
    pair.heard |= heard
    return pair


def conflicts():
    return [(one.field, one.ours, one.theirs, one.winner) for one in Clash.objects.order_by("id")]


def custom(pair):
    """The metadata at Stripe without FlexSync's own."""
    names = pair.there()["metadata"].items()
    return {name: value for name, value in names if not name.startswith(("flexprice_", "sync_source"))}


STEPS = list(permutations(["here", "there", "push", "hear"]))


@pytest.mark.parametrize("order", STEPS)
def test_different_keys_of_a_final_invoice_both_win_in_every_order(own, order):
    steps = {
        "here": lambda: own.edit_here(metadata=own.here("metadata")[0] | {"ours": "1"}),
        "there": lambda: own.edit_there(metadata={"theirs": "2"}),
        "push": own.push,
        "hear": own.hear,
    }
    for step in order:
        steps[step]()
    own.push()
    own.hear()
    both = {"order": "7", "ours": "1", "theirs": "2"}
    assert own.here("metadata") == [both] and custom(own) == both
    assert conflicts() == []


@pytest.mark.parametrize("order", STEPS)
def test_different_fields_of_a_draft_made_at_stripe_both_win_in_every_order(theirs, order):
    steps = {
        "here": lambda: theirs.edit_here(description="November", metadata={"order": "8"}),
        "there": lambda: theirs.edit_there(footer="Thanks", due_date=int(DUE.timestamp())),
        "push": theirs.push,
        "hear": theirs.hear,
    }
    for step in order:
        steps[step]()
    theirs.push()
    theirs.hear()
    assert theirs.here("description", "footer", "due_date", "metadata") == [
        "November", "Thanks", DUE, {"order": "8"},
    ]  # fmt: skip
    found = theirs.there()
    assert (found["description"], found["footer"], found["metadata"]) == (
        "November", "Thanks", {"order": "8"},
    )  # fmt: skip
    assert found["due_date"] == int(DUE.timestamp()) and conflicts() == []


@pytest.mark.parametrize(("owner", "winner"), [("flexsync", "here"), ("provider", "there")])
@pytest.mark.parametrize("order", list(permutations(["push", "hear"])))
def test_of_the_same_field_the_owner_s_value_stays(theirs, owner, winner, order):
    theirs.connection.invoice_owner = owner
    theirs.connection.save()
    theirs.edit_there(description="there", metadata={"order": "there"})
    theirs.edit_here(description="here", metadata={"order": "here"})
    for step in order:
        getattr(theirs, step)()
    theirs.push()
    theirs.hear()
    assert theirs.here("description", "metadata") == [winner, {"order": winner}]
    assert (theirs.there()["description"], custom(theirs)) == (winner, {"order": winner})
    assert conflicts() == [
        ("description", "here", "there", owner), ("metadata.order", "here", "there", owner),
    ]  # fmt: skip


def test_an_update_says_what_changed_here_and_nothing_else(theirs, own, simulator):
    theirs.edit_here(footer="Thanks")
    assert theirs.push() == "done"
    own.edit_here(metadata={})
    assert own.push() == "done"
    sent = [call["params"] for call in simulator.requests("invoices.update")][-2:]
    assert sent == [{"footer": "Thanks"}, {"metadata": {"order": ""}}]


def test_no_echo_causes_a_call(theirs, simulator):
    theirs.edit_here(footer="Thanks")
    theirs.push()
    theirs.hear()
    before = len(simulator.requests("invoices.update"))
    assert not theirs.connection.outbound_syncs.filter(state="pending").exists()
    assert theirs.push() == "done"
    assert len(simulator.requests("invoices.update")) == before


@pytest.mark.parametrize("fault", ["reset_after", "reset_before"])
def test_a_lost_answer_is_looked_into(theirs, simulator, fault):
    theirs.edit_here(footer="Thanks")
    simulator.faults.add("invoices.update", fault)
    assert theirs.push() == "sending"
    theirs.edit_there(description="November", footer="Bye")
    theirs.connection.invoice_owner = "provider"
    theirs.connection.save()
    theirs.hear()
    # The call is made again, which says whether it was carried out: until then the event waits.
    for hours in (1, 2):
        theirs.go_on(timezone.now() + timedelta(hours=hours))
        theirs.hear()
    theirs.go_on(timezone.now() + timedelta(hours=3))
    assert theirs.here("description", "footer") == ["November", "Bye"]
    assert (theirs.there()["description"], theirs.there()["footer"]) == ("November", "Bye")


def test_what_was_edited_of_a_draft_that_stripe_finalized_meanwhile_is_taken_back(theirs):
    """Stripe lets nobody change the texts of a final invoice; metadata it does."""
    theirs.edit_here(description="November", metadata={"order": "8"})
    theirs.api.v1.invoices.finalize_invoice(theirs.stripe_id)
    assert theirs.push() == "done"
    assert theirs.here("description", "metadata") == ["October", {"order": "8"}]
    assert (theirs.there()["description"], custom(theirs)) == ("October", {"order": "8"})
    assert conflicts() == [("description", "November", "October", "provider")]
    theirs.hear()
    assert theirs.here("status", "description") == ["finalized", "October"]


def test_the_event_of_its_finalization_takes_it_back_too(theirs):
    theirs.edit_here(description="November")
    theirs.api.v1.invoices.finalize_invoice(theirs.stripe_id)
    theirs.hear()
    assert theirs.here("status", "description") == ["finalized", "October"]
    assert conflicts() == [("description", "November", "October", "provider")]
    assert theirs.push() == "done"


def test_what_can_still_be_edited_here_follows_what_stripe_allows(theirs, own):
    with pytest.raises(Conflict, match="only a draft can be changed"):
        own.edit_here(description="New")
    for refused in ({"number": "7"}, {"lines": ()}, {"currency": "USD"}):
        with pytest.raises(Conflict, match="made at a gateway"):
            theirs.edit_here(**refused)
    with pytest.raises(BillingError, match="keeps a date"):
        theirs.edit_here(due_date=None)
    theirs.api.v1.invoices.finalize_invoice(theirs.stripe_id)
    theirs.hear()
    with pytest.raises(Conflict, match="its metadata"):
        theirs.edit_here(description="New")
    theirs.edit_here(metadata={"order": "9"})
    assert theirs.push() == "done"
    assert custom(theirs) == {"order": "9"}


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


def test_metadata_of_a_voided_invoice_still_goes_both_ways(own):
    invoices.void(environment_id=own.row.environment_id, invoice_id=own.row.pk, now=datetime.now(UTC))
    own.push()
    own.edit_here(metadata={"order": "8"})
    own.edit_there(metadata={"theirs": "x"})
    own.push()
    own.hear()
    assert custom(own) == own.here("metadata")[0] == {"order": "8", "theirs": "x"}


def test_of_two_events_of_one_second_the_earlier_takes_nothing_back(theirs):
    """It comes last."""
    theirs.edit_there(footer="Thanks")
    theirs.edit_there(metadata={"order": "8"})
    theirs.hear(list)
    assert theirs.here("footer", "metadata") == ["Thanks", {"order": "8"}]


def test_what_a_call_replaced_unseen_is_written_down_however_late_its_event_comes(theirs):
    theirs.connection.invoice_owner = "flexsync"
    theirs.connection.save()
    theirs.edit_there(footer="theirs")
    theirs.edit_here(footer="ours")
    assert theirs.push() == "done"
    time.sleep(1.1)
    theirs.edit_there(description="November")
    theirs.hear(list)
    theirs.go_on(timezone.now() + timedelta(hours=1))
    assert theirs.here("footer", "description") == ["ours", "November"]
    assert conflicts() == [("footer", "ours", "theirs", "flexsync")]


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
