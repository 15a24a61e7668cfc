"""An account in use, an import of it, and comparisons with it in this process."""

from collections.abc import Callable

import pytest

from integrations.models import ComparisonRun, Finding
from integrations.providers.stripe.tests.importing.account import Account
from integrations.reconcile.comparing import runs, work
from integrations.reconcile.importing import runs as imports
from integrations.reconcile.importing import work as import_work


@pytest.fixture(autouse=True)
def _at_once(settings):
    """What differs is looked at again without a pause; nothing but what moves then counts as moving."""
    settings.COMPARISON_SETTLE_SECONDS = 0


@pytest.fixture
def account(stripe_api) -> Account:
    """Still empty."""
    return Account(stripe_api)


@pytest.fixture
def imported(connection) -> Callable[[], None]:
    """Brings here all that the account has."""

    def run() -> None:
        made = imports.start(connection, started_by="test", here=True, links=False)
        while import_work.work(made.pk, seconds=600):
            pass

    return run


@pytest.fixture
def compared(connection) -> Callable[..., ComparisonRun]:
    """Runs a comparison to its end."""

    def run(*names: str) -> ComparisonRun:
        made = runs.start(connection, started_by="test", names=names, here=True)
        while work.work(made.pk, seconds=600):
            pass
        return ComparisonRun.objects.get(pk=made.pk)

    return run


@pytest.fixture
def findings(compared) -> Callable[..., list[Finding]]:
    """Runs a comparison; returns what is open after it."""

    def run(*names: str) -> list[Finding]:
        assert compared(*names).state == "done"
        return list(Finding.objects.filter(state="open").order_by("field", "provider_entity_id"))

    return run
