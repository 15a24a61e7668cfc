"""Epochs: what they cost, and when a database is found to be older."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from billing.events import Kind
from integrations.errors import Recovering
from integrations.gateway import epochs
from integrations.models import Connection, OutboundSync, WriteEpoch
from integrations.providers.stripe.tests import builders
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN = "webhook_endpoints.update"


def noted(stripe_api):
    """What is noted beside the endpoint at Stripe."""
    [endpoint] = stripe_api.v1.webhook_endpoints.list().data
    return sorted(endpoint.metadata.to_dict())


def written(simulator):
    """How often a name was written."""
    return sum(call["operation"] == WRITTEN for call in simulator.requests())


class TestCosts:
    def test_are_a_call_a_minute(self, backups, environment, simulator, stripe_api):
        for _ in range(3):
            builders.invoice(builders.customer(environment, name="Ada"))
        before = len(simulator.requests())
        backups.push()
        assert written(simulator) == 1
        backups.minutes_pass()
        builders.customer(environment, name="Bob")
        backups.push()
        assert written(simulator) == 2
        assert len(simulator.requests()) > before + 10
        assert noted(stripe_api) == WriteEpoch.objects.get().names[:1]

    def test_are_nothing_for_a_process_that_has_looked(self, registered, django_assert_num_queries):
        epochs.keep(registered)
        with django_assert_num_queries(0):
            epochs.keep(registered)

    def test_are_nothing_where_no_endpoint_is_known(self, connection, environment, simulator):
        push(connection, Kind.CUSTOMER, builders.customer(environment).pk)
        assert [call["operation"] for call in simulator.requests()] == ["customers.create"]

    def test_are_one_call_for_many_workers_at_once(self, registered, simulator):
        simulator.faults.add(WRITTEN, "slow", times=-1, seconds=0.3)
        ready = Barrier(4)

        def work(_number: int) -> None:
            try:
                ready.wait()
                epochs.keep(Connection.objects.get(pk=registered.pk))
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as workers:
            list(workers.map(work, range(4)))
        assert written(simulator) == 1


class TestAName:
    def test_is_written_again_where_its_answer_was_lost(self, registered, simulator, stripe_api):
        simulator.faults.add(WRITTEN, "reset_after", times=1)
        with pytest.raises(Exception, match="reset|answer|reach"):
            epochs.keep(registered)
        [there] = noted(stripe_api)
        epochs.keep(registered)
        assert noted(stripe_api) == WriteEpoch.objects.get().names == [there]
        assert Connection.objects.get().recovering_since is None

    def test_of_another_environment_says_nothing(self, registered, stripe_api):
        [endpoint] = stripe_api.v1.webhook_endpoints.list().data
        other = {"flexsync_epoch_00000000_123456789abc": "then"}
        stripe_api.v1.webhook_endpoints.update(endpoint.id, {"metadata": other})
        epochs.keep(registered)
        assert len(noted(stripe_api)) == 2

    def test_that_a_person_removes_is_written_anew(self, backups, registered, stripe_api):
        epochs.keep(registered)
        [endpoint] = stripe_api.v1.webhook_endpoints.list().data
        stripe_api.v1.webhook_endpoints.update(endpoint.id, {"metadata": ""})
        backups.minutes_pass()
        epochs.keep(registered)
        assert noted(stripe_api) == WriteEpoch.objects.get().names[:1]


class TestAnOlderDatabase:
    @pytest.fixture
    def older(self, backups, registered):
        """Restored to a minute before the last write."""
        epochs.keep(registered)
        backups.dump()
        backups.minutes_pass()
        epochs.keep(registered)
        backups.restore()
        backups.minutes_pass()
        return registered

    def test_sends_nothing(self, older, environment, simulator):
        customer = builders.customer(environment)
        sync = push(older, Kind.CUSTOMER, customer.pk)
        assert (sync.state, sync.attempts) == ("sending", 0)
        assert "older than what the provider has seen" in sync.last_error
        assert "customers.create" not in {call["operation"] for call in simulator.requests()}
        with pytest.raises(Recovering):
            epochs.keep(Connection.objects.get())

    def test_is_seen_by_a_poll_that_writes_nothing(self, older, backups):
        backups.polls.after(minutes=4)
        assert Connection.objects.get().recovering_since is not None

    def test_claims_nothing_once_it_is_known(self, older, environment):
        Connection.objects.update(recovering_since=timezone.now())
        sync = push(older, Kind.CUSTOMER, builders.customer(environment).pk)
        assert (sync.state, sync.attempts, sync.last_error) == ("pending", 0, "")


class TestANameThatCannotBeWritten:
    def test_keeps_no_write_from_being_made(self, registered, environment, simulator, stripe_api):
        [endpoint] = stripe_api.v1.webhook_endpoints.list().data
        stripe_api.v1.webhook_endpoints.delete(endpoint.id)
        for name in ("Ada", "Bob"):
            assert (
                push(registered, Kind.CUSTOMER, builders.customer(environment, name=name).pk).state == "done"
            )
        assert "No such webhook endpoint" in WriteEpoch.objects.get().problem
        assert written(simulator) == 1
        assert not OutboundSync.objects.exclude(state="done").exists()
