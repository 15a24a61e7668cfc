"""A pruned event in the admin says so and offers no replay."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from billing.tests.admin.pages import messages_of, page, press, select
from integrations.models import Connection, InboundEvent
from integrations.tests.admin.conftest import make_event


def preview(client: Client, row: InboundEvent) -> HttpResponse:
    return client.get(page(InboundEvent, "preview_replay", row.pk))


class TestAPrunedEvent:
    @pytest.fixture
    def pruned(self, connection: Connection) -> InboundEvent:
        now = timezone.now()
        return make_event(connection, state="dead", settled_at=now, payload={}, pruned_at=now)

    def test_says_so_and_offers_no_replay(self, operator: Client, pruned: InboundEvent) -> None:
        html = operator.get(page(InboundEvent, "change", pruned.pk)).content.decode()
        assert "The event cannot be replayed." in html
        assert page(InboundEvent, "replay", pruned.pk) not in html
        assert page(InboundEvent, "preview_replay", pruned.pk) not in html

    def test_is_not_replayed(self, operator: Client, pruned: InboundEvent) -> None:
        for response in (
            press(operator, pruned, "replay"),
            select(operator, [pruned], "replay_selected"),
            preview(operator, pruned),
        ):
            assert "the event cannot be replayed" in messages_of(response)
        pruned.refresh_from_db()
        assert pruned.state == "dead"
