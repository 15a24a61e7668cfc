"""The inbox in the admin: events are shown and replayed."""

from typing import Any

from django.test import Client

from billing.models import Customer
from billing.tests.admin.pages import page, press, select
from integrations.models import EntityMapping, InboundEvent, OutboundSync


def shown(visitor: Client, row: Any) -> str:
    """Returns the HTML of the row's page."""
    return visitor.get(page(type(row), "change", row.pk)).content.decode()


class TestAnEcho:
    def test_is_listed_where_it_is_asked_for_or_searched(self, operator: Client, event: InboundEvent) -> None:
        InboundEvent.objects.update(is_echo=True)
        listed, own = page(InboundEvent, "changelist"), page(InboundEvent, "change", event.pk)
        for asked, is_shown in (({}, False), ({"echoes": "shown"}, True), ({"q": event.pk}, True)):
            html = operator.get(listed, asked).content.decode()
            assert (own in html, "own calls are left out" in html) == (is_shown, not asked)


class TestAnEvent:
    def test_is_replayed(self, operator: Client, event: InboundEvent) -> None:
        press(operator, event, "replay")
        event.refresh_from_db()
        assert (event.state, event.settled_at) == ("pending", None)

    def test_is_replayed_in_a_selection(self, operator: Client, event: InboundEvent) -> None:
        select(operator, [event], "replay_selected")
        event.refresh_from_db()
        assert event.state == "pending"

    def test_shows_its_payload_without_secrets(self, operator: Client, event: InboundEvent) -> None:
        html = shown(operator, event)
        assert event.object_id in html
        assert "client_secret" in html
        assert event.payload["client_secret"] not in html

    def test_links_to_what_it_is_about(
        self, operator: Client, event: InboundEvent, sync: OutboundSync
    ) -> None:
        mapping = EntityMapping.objects.get()
        event.object_id = mapping.provider_entity_id
        event.save()
        html = shown(operator, event)
        assert page(Customer, "change", mapping.entity_id) in html
        assert page(EntityMapping, "change", mapping.pk) in html

    def test_is_not_replayed_by_onlookers(self, onlooker: Client, event: InboundEvent) -> None:
        assert press(onlooker, event, "replay").status_code == 403
