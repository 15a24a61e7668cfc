"""The API shows no row of another environment."""

import pytest

from billing.events import Kind
from billing.tests.api_errors import assert_error
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.testing import push, receive
from integrations.tests.conftest import client
from integrations.tests.factories import CustomerFactory, EnvironmentFactory
from integrations.tests.test_inbox import event


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


@pytest.fixture
def pushed(connection, customer):
    return push(connection, Kind.CUSTOMER, customer.id)


class TestEnvironments:
    def test_are_kept_apart(self, connection, pushed):
        receive(connection, event())
        stranger = client(EnvironmentFactory())
        for noun, model in (("mappings", EntityMapping), ("events", InboundEvent), ("syncs", OutboundSync)):
            assert stranger.get(f"/v1/{noun}").json()["items"] == []
            row = model.objects.first()
            assert_error(stranger.get(f"/v1/{noun}/{row.pk}"), 404, "not_found")
        for action in ("retry", "cancel"):
            assert_error(stranger.post(f"/v1/syncs/{pushed.id}/{action}"), 404, "not_found")
        replay = stranger.post(f"/v1/events/{InboundEvent.objects.get().id}/replay")
        assert_error(replay, 404, "not_found")
        assert InboundEvent.objects.get().state == "applied"

    @pytest.mark.parametrize("path", ["events/{}/replay", "syncs/{}/retry", "syncs/{}/cancel"])
    def test_bodies_with_anything_in_them_are_refused(self, api, connection, pushed, path):
        row = receive(connection, event()) if path.startswith("events") else pushed
        assert_error(
            api.post(f"/v1/{path.format(row.id)}", {"now": True}), 400, "invalid", now="no such field"
        )
