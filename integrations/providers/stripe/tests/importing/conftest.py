"""An account in use, and an import of it in this process."""

from collections.abc import Callable

import pytest

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
