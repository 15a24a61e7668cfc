"""An account in use, and an import of it in this process."""

from collections.abc import Callable
from typing import Any

import pytest

from billing.facts import CustomerFacts
from billing.models import Customer, Environment
from billing.services.customers import customers
from integrations.models import ImportRun
from integrations.providers.stripe.tests.importing.account import Account
from integrations.reconcile.importing import runs, work


@pytest.fixture
def account(stripe_api) -> Account:
    """Still empty."""
    return Account(stripe_api)


@pytest.fixture
def imported(connection) -> Callable[..., ImportRun]:
    """Runs an import to its end."""

    def run(**options: object) -> ImportRun:
        made = runs.start(connection, started_by="test", here=True, **options)
        while work.work(made.pk, seconds=600):
            pass
        return ImportRun.objects.get(pk=made.pk)

    return run


@pytest.fixture
def here(environment: Environment) -> Callable[..., Customer]:
    """Makes a customer here."""

    def make(**facts: Any) -> Customer:
        return customers.create(environment_id=environment.pk, facts=CustomerFacts(**facts))

    return make


@pytest.fixture
def there(stripe_api) -> Callable[..., Any]:
    """Makes one at Stripe."""
    return lambda **params: stripe_api.v1.customers.create(params)
