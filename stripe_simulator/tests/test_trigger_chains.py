"""The chains of `stripe trigger` run against the simulator, through the SDK's raw requests."""

from pathlib import Path

import pytest
import stripe

from . import factories
from .trigger_chains import CHAINS, WITHOUT_EVENT

DOCUMENT = Path(__file__).parents[2] / "docs" / "simulator" / "trigger_chains.md"


def filled(value, results):
    """Return a path or parameter with what earlier responses say in place of `{name[id]}`."""
    if isinstance(value, dict):
        return {name: filled(inner, results) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, results) for inner in value]
    return value.format(**results) if isinstance(value, str) else value


def run(client, steps, results=None):
    results = {} if results is None else results
    for step in steps:
        path, params = filled(step.path, results), filled(step.params, results)
        try:
            results[step.name] = client.raw_request(step.method, path, **params).data
        except stripe.StripeError as error:
            assert error.error.type == step.may_fail, (step.name, str(error))
    return results


class TestAChain:
    @pytest.mark.parametrize("event", CHAINS)
    def test_ends_with_its_event(self, client, event):
        run(client, CHAINS[event])
        assert event in factories.event_types(client)

    @pytest.mark.parametrize("name", WITHOUT_EVENT)
    def test_runs_where_it_cannot_cause_its_event(self, client, name):
        run(client, WITHOUT_EVENT[name])

    def test_of_a_checkout_session_ends_on_its_page(self, client, server):
        session = factories.session(client, 1500)
        server.pay_checkout_session(session.id)
        assert "checkout.session.completed" in factories.event_types(client)

    @pytest.mark.parametrize("outcome", ["succeeded", "failed"])
    def test_of_a_debit_in_checkout_ends_days_later(self, client, server, outcome):
        account = {"succeeded": "000123456789", "failed": "000222222227"}[outcome]
        session = factories.session(client, 1500)
        server.pay_checkout_session(session.id, account)
        server.advance_clock(5 * 86400)
        assert f"checkout.session.async_payment_{outcome}" in factories.event_types(client)

    def test_of_a_payment_that_is_processing_is_a_debit(self, client):
        given = {
            "amount": 1000,
            "currency": "usd",
            "payment_method": "pm_usBankAccount_success",
            "confirm": True,
        }
        client.v1.payment_intents.create(given)
        assert "payment_intent.processing" in factories.event_types(client)

    def test_of_a_payment_that_requires_action_is_a_challenge(self, client):
        given = {"amount": 1000, "currency": "usd", "payment_method": "pm_card_authenticationRequired"}
        client.v1.payment_intents.create(given | {"confirm": True})
        assert "payment_intent.requires_action" in factories.event_types(client)

    def test_is_described_in_the_documentation(self):
        shown = DOCUMENT.read_text(encoding="utf-8")
        assert [name for name in (*CHAINS, *WITHOUT_EVENT) if f"`{name}`" not in shown] == []
