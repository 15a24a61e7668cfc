"""Money and endings are dated when Stripe says they happened, however long after that an event is applied."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from billing.models import CreditNote, Dispute, Invoice, Payment, Refund
from integrations.inbox import processing
from integrations.inbox.observations import observe

pytestmark = pytest.mark.django_db
EVENT, EARLIER = 1658982400, 1656304000
AT_EVENT, AT_EARLIER = (datetime.fromtimestamp(seconds, UTC) for seconds in (EVENT, EARLIER))
CHARGE = {"id": "ch_1", "object": "charge", "status": "succeeded", "created": EARLIER}
FAILED_CHARGE = CHARGE | {"status": "failed", "created": EVENT}
TRANSITIONS = dict.fromkeys(["finalized_at", "paid_at", "voided_at", "marked_uncollectible_at"])


@pytest.fixture
def ada(world):
    world.arrives("customer_created__flexsync_id")
    return world


def old(world, name, **values):
    """The golden event of last year with ``values`` in its object; it must apply."""
    event = world.event(name, created=EVENT)
    event["data"]["object"] |= values
    row = world.take(event)
    assert row.state == "applied", row.reason


def transitions(**seconds):
    return {"status_transitions": TRANSITIONS | seconds}


class TestAPayment:
    @pytest.mark.parametrize(
        ("carried", "expected"),
        [
            ({}, AT_EVENT),
            ({"latest_charge": "ch_1"}, AT_EVENT),
            ({"latest_charge": None}, AT_EVENT),
            ({"latest_charge": CHARGE}, AT_EARLIER),
            ({"latest_charge": None, "charges": {"data": [CHARGE, FAILED_CHARGE]}}, AT_EARLIER),
        ],
    )
    def test_that_succeeded_has_the_time_of_its_charge_or_else_of_its_event(self, ada, carried, expected):
        old(ada, "payment_intent_succeeded__external", **carried)
        assert Payment.objects.get().succeeded_at == expected

    def test_of_a_checkout_has_the_time_of_its_event(self, ada):
        payment = ada.open_checkout()
        old(ada, "checkout_session_completed__paid")
        payment.refresh_from_db()
        assert payment.succeeded_at == AT_EVENT

    def test_that_an_invoice_payment_names_has_the_time_at_which_that_was_paid(self, ada):
        ada.link_invoice("invoice_payment_paid__sent")
        old(ada, "invoice_payment_paid__sent", **transitions(paid_at=EARLIER))
        assert Payment.objects.get().succeeded_at == AT_EARLIER

    @pytest.mark.parametrize(
        ("name", "off_stripe"), [("invoice_paid__old_dialect", 0), ("invoice_paid__out_of_band", 5400)]
    )
    def test_that_a_paid_invoice_names_has_the_time_at_which_that_was_paid(self, ada, name, off_stripe):
        ada.link_invoice(name)
        old(ada, name, amount_paid_off_stripe=off_stripe, **transitions(paid_at=EARLIER))
        assert Payment.objects.get().succeeded_at == AT_EARLIER

    @pytest.mark.parametrize("name", ["invoice_paid__renewal", "invoice_updated__renewal"])
    def test_that_stands_for_what_an_imported_invoice_got_has_the_time_at_which_that_was_paid(
        self, ada, name
    ):
        old(ada, name, **transitions(finalized_at=EARLIER, paid_at=EARLIER))
        assert Payment.objects.get().succeeded_at == AT_EARLIER

    def test_whose_event_comes_from_a_clock_that_is_ahead_is_not_in_the_future(self, ada):
        ahead = int((timezone.now() + timedelta(minutes=5)).timestamp())
        assert ada.arrive("payment_intent_succeeded__external", created=ahead).state == "applied"
        assert Payment.objects.get().succeeded_at <= timezone.now()

    @pytest.mark.parametrize("order", list(permutations(["intent", "invoice_payment", "refund"])))
    def test_has_the_first_of_its_times_in_any_order(self, ada, order):
        ada.link_invoice("invoice_payment_paid__sent")
        events = {
            "intent": ada.event("payment_intent_succeeded__of_invoice", created=EVENT),
            "invoice_payment": ada.event("invoice_payment_paid__sent", created=EVENT),
            "refund": ada.event("refund_created__partial", created=EVENT + 50),
        }
        intent = events["intent"]["data"]["object"]
        events["refund"]["data"]["object"]["payment_intent"] = intent["id"]
        events["invoice_payment"]["data"]["object"] |= transitions(paid_at=EARLIER)
        for name in order:
            ada.take(events[name])
        ada.all_apply()
        payment = Payment.objects.get()
        assert (payment.succeeded_at, payment.status) == (AT_EARLIER, "partially_refunded")

    def test_that_an_answer_shows_has_the_time_at_which_the_invoice_was_paid(self, ada):
        ada.link_invoice("invoice_payment_paid__sent")
        shown = ada.event("invoice_finalized__sent")["data"]["object"]
        intent = ada.event("payment_intent_succeeded__of_invoice")["data"]["object"]
        payment = ada.event("invoice_payment_paid__sent")["data"]["object"] | transitions(paid_at=EARLIER)
        payment["payment"] = {"type": "payment_intent", "payment_intent": intent | {"latest_charge": "ch_1"}}
        shown["payments"] = {"object": "list", "data": [payment], "has_more": False}
        observe(ada.connection, "invoice", shown, asked_at=timezone.now(), decide=lambda: None)
        assert Payment.objects.get().succeeded_at == AT_EARLIER


class TestARefund:
    @pytest.fixture
    def paid(self, ada):
        ada.open_checkout()
        old(ada, "payment_intent_succeeded__of_checkout", latest_charge=CHARGE)
        return ada

    @pytest.mark.parametrize("name", ["refund_created__partial", "charge_refund_updated__partial"])
    def test_has_the_time_at_which_it_was_made(self, paid, name):
        old(paid, name, created=EARLIER, status="succeeded")
        assert Refund.objects.get().settled_at == AT_EARLIER

    def test_that_was_pending_has_the_time_at_which_that_changed(self, paid):
        event = paid.event("refund_updated__partial", created=EVENT)
        event["data"]["object"] |= {"created": EARLIER, "status": "succeeded"}
        event["data"]["previous_attributes"] = {"status": "pending"}
        assert paid.take(event).state == "applied"
        assert Refund.objects.get().settled_at == AT_EVENT

    def test_that_failed_has_the_time_of_its_event(self, paid):
        old(paid, "refund_failed__plain", created=EARLIER)
        assert Refund.objects.get().settled_at == AT_EVENT


class TestADispute:
    def test_has_the_times_at_which_it_was_opened_and_closed(self, ada):
        ada.arrives("payment_intent_succeeded__disputed")
        old(ada, "charge_dispute_closed__lost", created=EARLIER)
        dispute = Dispute.objects.get()
        assert (dispute.opened_at, dispute.closed_at) == (AT_EARLIER, AT_EVENT)

    def test_has_the_same_times_where_it_had_to_wait(self, ada):
        event = ada.event("charge_dispute_closed__lost", created=EVENT)
        row = ada.take(event)
        assert row.state == "pending"
        ada.arrives("payment_intent_succeeded__disputed")
        assert ada.try_again(row).state == "applied"
        assert Dispute.objects.get().closed_at == AT_EVENT


class TestAnInvoice:
    ENDINGS = (("voided", "voided_at"), ("marked_uncollectible", "marked_uncollectible_at"))

    def test_that_is_imported_was_finalized_when_stripe_did(self, ada):
        old(ada, "invoice_updated__renewal", **transitions(finalized_at=EARLIER, paid_at=EARLIER))
        assert Invoice.objects.get(is_external=True).finalized_at == AT_EARLIER

    def test_whose_times_stripe_does_not_show_has_those_of_its_event(self, ada):
        old(ada, "invoice_finalized__renewal", status_transitions=None)
        assert Invoice.objects.get(is_external=True).finalized_at == AT_EVENT

    def test_that_is_imported_after_it_was_voided_has_both_times(self, ada):
        old(ada, "invoice_finalized__renewal", **transitions(finalized_at=EARLIER))
        event = ada.event("invoice_voided__renewal", created=EVENT + 100)
        event["data"]["object"] |= transitions(finalized_at=EARLIER, voided_at=EARLIER + 50)
        assert ada.take(event).state == "applied"
        found = Invoice.objects.get(is_external=True)
        assert (found.finalized_at, found.voided_at) == (AT_EARLIER, AT_EARLIER + timedelta(seconds=50))

    def test_that_is_first_seen_as_voided_was_finalized_when_stripe_did(self, ada):
        old(ada, "invoice_voided__renewal", **transitions(finalized_at=EARLIER, voided_at=EARLIER + 50))
        found = Invoice.objects.get(is_external=True)
        assert (found.status, found.payment_status) == ("voided", "pending")
        assert (found.finalized_at, found.voided_at) == (AT_EARLIER, AT_EARLIER + timedelta(seconds=50))

    def test_that_was_voided_without_a_time_of_finalization_has_none(self, ada):
        old(ada, "invoice_voided__renewal", **transitions(voided_at=EARLIER))
        assert Invoice.objects.get(is_external=True).finalized_at is None

    @pytest.mark.parametrize(("seconds", "expected"), [(EARLIER, AT_EARLIER), (None, AT_EVENT)])
    def test_that_was_sent_is_voided_at_stripes_time(self, ada, seconds, expected):
        ada.link_invoice("invoice_voided__sent")
        old(ada, "invoice_voided__sent", **transitions(voided_at=seconds))
        ada.invoice.refresh_from_db()
        assert ada.invoice.voided_at == expected

    def test_that_an_answer_shows_as_void_is_voided_at_stripes_time(self, ada):
        ada.link_invoice("invoice_voided__sent")
        shown = ada.event("invoice_voided__sent")["data"]["object"] | transitions(voided_at=EARLIER)
        observe(ada.connection, "invoice", shown, asked_at=timezone.now(), decide=lambda: None)
        ada.invoice.refresh_from_db()
        assert ada.invoice.voided_at == AT_EARLIER


class TestACreditNote:
    def test_has_the_time_at_which_it_was_issued_and_voided(self, ada):
        ada.link_invoice("credit_note_created__plain")
        old(ada, "credit_note_created__plain", created=EARLIER, effective_at=None)
        assert CreditNote.objects.get().issued_at == AT_EARLIER
        old(ada, "credit_note_voided__plain", created=EARLIER, effective_at=None, voided_at=EARLIER + 60)
        assert CreditNote.objects.get().voided_at == AT_EARLIER + timedelta(seconds=60)


class TestAReplay:
    def test_of_an_old_event_leaves_the_old_date(self, ada):
        ada.connection.payment_inbound_enabled = False
        ada.connection.save()
        event = ada.event("payment_intent_succeeded__external", created=EVENT)
        row = ada.take(event)
        assert row.state == "ignored"
        ada.connection.payment_inbound_enabled = True
        ada.connection.save()
        processing.replay([row.pk], timezone.now())
        processing.process(row.pk, timezone.now())
        assert Payment.objects.get().succeeded_at == AT_EVENT
