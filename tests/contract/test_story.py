"""The generated Python client does what docs/api.md tells of, with a served FlexSync and the simulator."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from billing.models import Environment
from billing.services import environments
from integrations.models import ComparisonRun, ImportRun
from integrations.outbound_webhooks import feed
from integrations.providers.stripe.tests.conftest import simulator  # noqa: F401
from integrations.providers.stripe.tests.pipelines import Pipelines
from integrations.reconcile.comparing import work as comparing
from integrations.reconcile.importing import work as importing
from integrations.tests.declared_states import only_declared_changes
from stripe_simulator.pytest_plugin import stripe_simulator, stripe_simulator_server  # noqa: F401
from stripe_simulator.testing import SimulatorServer


@pytest.fixture
def key(db: None) -> str:
    """May write."""
    shop = Environment.objects.create(name="Shop")
    return environments.create_api_key(environment=shop, name="program", scope="write")[1]


@pytest.mark.django_db(transaction=True)
def test_a_program_gets_paid_and_hears_of_it(
    live_server: Any,
    key: str,
    simulator: SimulatorServer,  # noqa: F811
    python_client: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.PUBLIC_URL, settings.COMPARISON_SETTLE_SECONDS = live_server.url, 0
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    monkeypatch.syspath_prepend(python_client)
    from flexsync_client import AuthenticatedClient

    from tests.contract import story
    from tests.contract import story_of_an_operator as operator

    pipelines = Pipelines(simulator)

    def settle() -> None:
        pipelines.settle()
        for runs, work in ((ComparisonRun, comparing.work), (ImportRun, importing.work)):
            for run in runs.objects.all():
                while work(run.pk, seconds=600):
                    pass
        feed.publish_all(seconds=5)

    with (
        only_declared_changes(),
        AuthenticatedClient(live_server.url, key, raise_on_unexpected_status=True) as api,
    ):
        story.connected(api, "sk_test_shop")
        ada = story.customer(api)
        assert story.subscription(api, ada).cancel_at_period_end
        first, second = story.invoice(api, ada), story.invoice(api, ada)
        story.pushed(api, first, settle)
        payment = story.paid_on_a_page(api, first, simulator.pay_checkout_session, settle)
        assert payment.amount == "174.70"
        story.charged_and_refunded(api, ada, second, settle)
        story.paid_twice(api, first)
        settle()
        assert story.listed(api) == [second.id, first.id]
        operator.looked_at(api, first)
        assert int(operator.heard(api)) > 0
        operator.compared(api, settle)
        operator.ended(api, ada)
