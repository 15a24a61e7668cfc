"""What moves the balance of the account, and the fees of it."""

import pytest
import stripe

from . import factories
from .payments import paid, refused

_DAY = 86400


def entry_of(client, object):
    return client.v1.balance_transactions.retrieve(object.balance_transaction)


def charge_of(client, intent):
    return client.v1.charges.retrieve(intent.latest_charge)


def amounts(entry):
    return (entry.type, entry.reporting_category, entry.amount, entry.fee, entry.net)


def disputed(client):
    paid(client, amount=900, payment_method="pm_card_createDispute")
    return client.v1.disputes.list().data[0]


def answer(client, dispute, text):
    evidence = {"evidence": {"uncategorized_text": text}, "submit": True}
    return client.v1.disputes.update(dispute.id, evidence)


class TestACharge:
    def test_brings_its_amount_without_the_fee(self, client):
        charge = charge_of(client, paid(client, amount=4400, description="Order 7"))
        entry = entry_of(client, charge)
        assert amounts(entry) == ("charge", "charge", 4400, 158, 4242)
        assert (entry.source, entry.description, entry.currency) == (charge.id, "Order 7", "usd")
        detail = entry.fee_details[0]
        assert (detail.amount, detail.type, detail.description) == (
            158,
            "stripe_fee",
            "Stripe processing fees",
        )

    def test_is_expandable_in_both_directions(self, client):
        intent = paid(client)
        expand = {"expand": ["latest_charge.balance_transaction"]}
        shown = client.v1.payment_intents.retrieve(intent.id, expand)
        entry = shown.latest_charge.balance_transaction
        assert entry.net == 941
        found = client.v1.balance_transactions.retrieve(entry.id, {"expand": ["source"]})
        assert found.source.id == intent.latest_charge

    def test_is_there_already_in_its_event(self, client):
        intent = paid(client)
        event = client.v1.events.list({"type": "charge.succeeded"}).data[0]
        assert event.data.object["balance_transaction"] == charge_of(client, intent).balance_transaction

    def test_that_is_authorized_moves_nothing_until_a_part_is_captured(self, client):
        intent = paid(client, capture_method="manual")
        assert charge_of(client, intent).balance_transaction is None
        client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 600})
        assert entry_of(client, charge_of(client, intent)).amount == 600

    def test_that_fails_moves_nothing(self, client):
        with pytest.raises(stripe.CardError):
            paid(client, payment_method="pm_card_chargeDeclined")
        assert client.v1.balance_transactions.list().data == []

    def test_of_a_bank_account_is_a_payment_once_it_has_settled(self, client, server):
        owner = factories.customer(client)
        bank = client.v1.payment_methods.attach("pm_usBankAccount_success", {"customer": owner.id})
        types = {"allowed_payment_method_types": ["us_bank_account"]}
        intent = paid(client, customer=owner.id, payment_method=bank.id, **types)
        assert client.v1.balance_transactions.list().data == []
        server.advance_clock(5 * _DAY)
        assert entry_of(client, charge_of(client, intent)).type == "payment"


class TestARefund:
    def test_takes_its_amount_and_returns_no_fee(self, client):
        refund = client.v1.refunds.create({"payment_intent": paid(client).id, "amount": 400})
        entry = entry_of(client, refund)
        assert amounts(entry) == ("refund", "refund", -400, 0, -400)
        assert (entry.source, entry.fee_details) == (refund.id, [])

    def test_that_is_pending_takes_nothing_yet(self, client, server):
        intent = paid(client, payment_method="pm_card_pendingRefund")
        refund = client.v1.refunds.create({"payment_intent": intent.id})
        assert refund.balance_transaction is None
        created = client.v1.events.list({"type": "refund.created"}).data[0].data.object
        assert created["status"] == "pending"
        server.advance_clock(301)
        assert entry_of(client, client.v1.refunds.retrieve(refund.id)).net == -1000

    def test_that_fails_brings_the_amount_back(self, client, server):
        refund = client.v1.refunds.create(
            {"payment_intent": paid(client, payment_method="pm_card_refundFail").id}
        )
        server.advance_clock(301)
        failed = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
        returned = failed.failure_balance_transaction
        assert amounts(returned) == ("refund_failure", "refund_failure", 1000, 0, 1000)
        assert entry_of(client, failed).net == -1000


class TestADispute:
    def test_takes_its_amount_and_a_fee(self, client):
        dispute = disputed(client)
        assert [amounts(entry) for entry in dispute.balance_transactions] == [
            ("adjustment", "dispute", -900, 1500, -2400)
        ]
        created = client.v1.events.list({"type": "charge.dispute.created"}).data[0].data.object
        assert len(created["balance_transactions"]) == 1

    def test_that_is_won_brings_the_amount_back_and_keeps_the_fee(self, client):
        won = answer(client, disputed(client), "winning_evidence")
        assert [amounts(entry)[1:] for entry in won.balance_transactions] == [
            ("dispute", -900, 1500, -2400),
            ("dispute_reversal", 900, 0, 900),
        ]

    def test_that_is_lost_moves_nothing_more(self, client):
        lost = answer(client, disputed(client), "losing_evidence")
        assert len(lost.balance_transactions) == 1

    def test_that_is_an_inquiry_moves_nothing(self, client):
        paid(client, payment_method="pm_card_createDisputeInquiry")
        assert client.v1.disputes.list().data[0].balance_transactions == []
        assert len(client.v1.balance_transactions.list().data) == 1


class TestTheList:
    def test_is_filtered(self, client):
        dollars, euros = paid(client), paid(client, currency="eur")
        refund = client.v1.refunds.create({"payment_intent": dollars.id, "amount": 400})
        found = {
            "type": [entry.source for entry in client.v1.balance_transactions.list({"type": "refund"}).data],
            "currency": [
                entry.source for entry in client.v1.balance_transactions.list({"currency": "eur"}).data
            ],
            "source": [
                entry.amount
                for entry in client.v1.balance_transactions.list({"source": dollars.latest_charge}).data
            ],
            "payout": client.v1.balance_transactions.list({"payout": "po_1"}).data,
            "created": client.v1.balance_transactions.list({"created": {"lt": refund.created - 60}}).data,
        }
        expected = {"type": [refund.id], "currency": [euros.latest_charge], "source": [1000]}
        assert found == expected | {"payout": [], "created": []}

    def test_finds_nothing_by_a_dispute_as_recorded(self, client):
        dispute = disputed(client)
        assert client.v1.balance_transactions.list({"source": dispute.id}).data == []

    def test_refuses_an_unknown_id_in_stripes_words(self, client):
        error = refused(client.v1.balance_transactions.retrieve, "txn_nope")
        assert (error.message, error.param) == ("No such balance transaction: 'txn_nope'", "id")


class TestTheBalance:
    def test_of_a_new_account_is_zero(self, client):
        balance = client.v1.balance.retrieve()
        assert [(entry.amount, entry.currency) for entry in balance.available] == [(0, "usd")]

    def test_is_pending_for_two_days(self, client, server):
        paid(client)
        paid(client, currency="eur")
        balance = client.v1.balance.retrieve()
        assert [(entry.amount, entry.currency) for entry in balance.pending] == [(941, "eur"), (941, "usd")]
        server.advance_clock(2 * _DAY)
        balance = client.v1.balance.retrieve()
        assert [entry.amount for entry in balance.pending] == [0, 0]
        assert [entry.source_types.card for entry in balance.available] == [941, 941]
        assert {entry.status for entry in client.v1.balance_transactions.list().data} == {"available"}
