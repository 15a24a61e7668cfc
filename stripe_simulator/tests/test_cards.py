"""Test cards, each by the outcome that its page promises."""

import pytest

from stripe_simulator.cards.lookup import CARDS

from . import factories
from .payments import paid, refused

DECLINES = [
    ("visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
    ("visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    ("visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
    ("radarBlock", "card_declined", "fraudulent"),
    ("riskLevelHighest", "card_declined", "fraudulent"),
    ("threeDSecureRequiredProcessingError", "card_declined", "generic_decline"),
]


def charge_of(client, intent):
    return client.v1.charges.retrieve(intent.latest_charge)


class TestACard:
    @pytest.mark.parametrize("name", [name for name, card in CARDS.items() if card.authentication == "never"])
    def test_can_be_used_by_its_name(self, client, name):
        if CARDS[name].outcome == "declines":
            return_value = refused(lambda: paid(client, payment_method=f"pm_card_{name}"))
            assert return_value.code in ("card_declined", "expired_card", "incorrect_cvc", "processing_error")
        else:
            assert paid(client, payment_method=f"pm_card_{name}").status == "succeeded"

    @pytest.mark.parametrize(("name", "code", "decline_code"), DECLINES)
    def test_declines_as_its_page_says(self, client, name, code, decline_code):
        error = refused(lambda: paid(client, payment_method=f"pm_card_{name}"))
        assert (error.code, error.decline_code) == (code, decline_code)

    def test_that_radar_blocks_is_not_sent_to_the_network(self, client):
        error = refused(lambda: paid(client, payment_method="pm_card_radarBlock"))
        outcome = client.v1.charges.retrieve(error.charge).outcome
        assert (outcome.type, outcome.network_status) == ("blocked", "not_sent_to_network")

    def test_of_elevated_risk_pays_and_says_so(self, client):
        charge = charge_of(client, paid(client, payment_method="pm_card_riskLevelElevated"))
        assert (charge.outcome.risk_level, charge.outcome.type) == ("elevated", "authorized")

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("cvcCheckFail", (None, None, "fail")),
            ("avsFail", ("fail", "fail", "pass")),
            ("avsZipFail", (None, "fail", "pass")),
            ("avsUnchecked", ("unavailable", "unavailable", "pass")),
        ],
    )
    def test_whose_checks_fail_pays(self, client, name, expected):
        card = charge_of(client, paid(client, payment_method=f"pm_card_{name}")).payment_method_details.card
        checks = card.checks
        assert (checks.address_line1_check, checks.address_postal_code_check, checks.cvc_check) == expected

    def test_of_another_country_says_which(self, client):
        charge = charge_of(client, paid(client, payment_method="pm_card_de"))
        assert (charge.payment_method_details.card.country, charge.status) == ("DE", "succeeded")

    def test_may_expire_in_a_year_of_two_digits(self, client):
        card = {"number": "4242424242424242", "exp_month": 7, "exp_year": 34}
        method = client.v1.payment_methods.create({"type": "card", "card": card})
        assert method.card.exp_year == 2034

    def test_that_is_unknown_is_refused_by_name(self, client):
        error = refused(lambda: paid(client, payment_method="pm_card_nonsense"))
        assert (error.code, error.param) == ("resource_missing", "payment_method")
        assert error.message == "No such PaymentMethod: 'pm_card_nonsense'"
        card = {"type": "card", "card": {"token": "tok_nonsense"}}
        error = refused(client.v1.payment_methods.create, card)
        assert (error.code, error.param) == ("resource_missing", "card[token]")
        assert error.message == "No such token: 'tok_nonsense'"


class TestAuthentication:
    @pytest.mark.parametrize(
        "name", ["authenticationRequired", "threeDSecure2Required", "authenticationRequiredOnSetup"]
    )
    def test_is_needed_with_the_customer_and_a_decline_without(self, client, name):
        owner = factories.customer(client)
        method = client.v1.payment_methods.attach(f"pm_card_{name}", {"customer": owner.id}).id
        given = {"customer": owner.id, "payment_method": method}
        assert paid(client, **given).status == "requires_action"
        error = refused(lambda: paid(client, **given, off_session=True))
        assert error.code == "authentication_required"

    def test_is_only_needed_on_session_by_a_card_that_is_set_up(self, client):
        owner, name = factories.customer(client), "pm_card_authenticationRequiredSetupForOffSession"
        method = client.v1.payment_methods.attach(name, {"customer": owner.id}).id
        given = {"customer": owner.id, "payment_method": method}
        assert paid(client, **given, off_session=True).status == "succeeded"
        assert paid(client, **given).status == "requires_action"

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds"),
            ("threeDSecureRequiredChargeDeclined", "generic_decline"),
        ],
    )
    def test_does_not_help_some_cards(self, client, server, name, code):
        waiting = paid(client, payment_method=f"pm_card_{name}")
        assert waiting.status == "requires_action"
        server.answer_challenge(waiting.id)
        failed = client.v1.payment_intents.retrieve(waiting.id)
        assert (failed.status, failed.last_payment_error.decline_code) == ("requires_payment_method", code)

    def test_happens_on_request(self, client):
        options = {"payment_method_options": {"card": {"request_three_d_secure": "any"}}}
        optional, failing = "pm_card_threeDSecureOptional", "pm_card_threeDSecureOptionalProcessingError"
        assert paid(client, payment_method=optional).status == "succeeded"
        assert paid(client, payment_method=optional, **options).status == "requires_action"
        assert paid(client, payment_method=failing).status == "succeeded"
        error = refused(lambda: paid(client, payment_method=failing, **options))
        assert error.code == "processing_error"

    def test_of_a_card_that_always_needs_it_is_needed_at_each_setup(self, client, server):
        owner = factories.customer(client)
        given = {"customer": owner.id, "payment_method": "pm_card_authenticationRequired", "confirm": True}
        first = client.v1.setup_intents.create(given)
        server.answer_challenge(first.id)
        again = client.v1.setup_intents.create(given | {"payment_method": first.payment_method})
        assert again.status == "requires_action"


class TestADisputedCard:
    def test_may_be_disputed_more_than_once(self, client):
        intent = paid(client, payment_method="pm_card_createMultipleDisputes", amount=1000)
        disputes = client.v1.disputes.list({"payment_intent": intent.id}).data
        assert [dispute.amount for dispute in disputes] == [500, 500]

    @pytest.mark.parametrize(
        ("name", "reason", "eligible"),
        [
            ("createCe3EligibleDispute", "fraudulent", "visa_compelling_evidence_3"),
            ("createComplianceDispute", "noncompliant", "visa_compliance"),
        ],
    )
    def test_may_be_eligible_for_special_evidence(self, client, name, reason, eligible):
        intent = paid(client, payment_method=f"pm_card_{name}")
        dispute = client.v1.disputes.list({"payment_intent": intent.id}).data[0]
        assert (dispute.reason, dispute.enhanced_eligibility_types) == (reason, [eligible])


class TestABankAccount:
    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("accountClosed", "account_closed"),
            ("noAccount", "no_account"),
            ("debitNotAuthorized", "debit_not_authorized"),
        ],
    )
    def test_fails_as_its_page_says(self, client, server, name, code):
        waiting = paid(client, payment_method=f"pm_usBankAccount_{name}")
        assert waiting.status == "processing"
        server.advance_clock(5 * 86400)
        failed = client.v1.payment_intents.retrieve(waiting.id)
        assert (failed.status, failed.last_payment_error.code) == ("requires_payment_method", code)

    def test_may_stay_processing(self, client, server):
        waiting = paid(client, payment_method="pm_usBankAccount_processing")
        server.advance_clock(30 * 86400)
        assert client.v1.payment_intents.retrieve(waiting.id).status == "processing"
