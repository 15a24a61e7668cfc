"""Two writers of one invoice: what FlexSync made, of which the metadata can still change, and what was made
at Stripe, of which everything can while it is a draft.
"""

import time
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from billing.errors import BillingError, Conflict
from billing.services.invoices import invoices
from integrations.providers.stripe.tests.interleavings.invoice_pairs import conflicts

pytestmark = pytest.mark.django_db
DUE = datetime(2030, 1, 1, tzinfo=UTC)


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


def test_an_event_tells_at_once_that_a_person_has_set_back_what_a_call_had_set(own, simulator):
    own.edit_there(metadata={"theirs": "1"})
    own.hear()
    own.edit_here(metadata={"order": "8", "theirs": "1"})
    simulator.faults.add("invoices.update", "500_after")
    assert own.push() == "sending"
    own.edit_there(metadata={"order": "7"})
    own.hear()
    assert own.here("metadata") == [{"order": "7", "theirs": "1"}]
