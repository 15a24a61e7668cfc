"""What imports and comparisons must do alike, whatever stops them: page by page, by one worker at a time."""

from typing import Any, ClassVar

import pytest

from integrations.models.long_runs import LongRun
from integrations.providers.stripe.listings import pages as stripe_pages
from integrations.reconcile.paging import leases


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four objects a page."""
    monkeypatch.setattr(stripe_pages, "LIMIT", 4)


def part_of(run: LongRun) -> Any:
    """Its list of customers."""
    found: Any = run
    return found.parts.get(name="customers")


def finished(work: Any, run: LongRun) -> Any:
    """The run as it has ended; ``work``: the module that carries it out."""
    while work.work(run.pk, seconds=600):
        pass
    return now(run)


def now(run: LongRun) -> Any:
    """The run as it is."""
    return type(run)._default_manager.get(pk=run.pk)


class LongWork:
    """A run of the module's fixture ``run`` over three pages of customers. ``work``: see ``finished``."""

    work: ClassVar[Any]

    def test_leaves_what_another_worker_has(self, run: LongRun) -> None:
        leases.claim(type(run), run.pk, run.created_at)
        assert not self.work.work(run.pk, seconds=600)
        assert part_of(run).pages == 0

    def test_waits_while_the_provider_is_down(self, run: LongRun, simulator: Any) -> None:
        simulator.faults.add("customers.list", "500_before", times=-1)
        assert not self.work.work(run.pk, seconds=600)
        found = now(run)
        assert (found.state, found.failures) == ("running", 1)
        assert found.next_attempt_at and found.reason
        type(run)._default_manager.update(next_attempt_at=None)
        simulator.faults.clear()
        assert finished(self.work, run).state == "done"

    def test_fails_with_the_reason_where_the_key_is_revoked(
        self, run: LongRun, simulator: Any, connection: Any
    ) -> None:
        simulator.revoke_key(connection.credentials()["secret_key"])
        assert finished(self.work, run).state == "failed"
        assert "key" in now(run).reason.lower()
