"""The preview of a replay shows what it would change, and changes nothing."""

import re

from django.http import HttpResponse
from django.test import Client

from billing.models import Customer
from billing.tests.admin.pages import page
from integrations.models import Connection, InboundEvent
from integrations.testing import receive
from integrations.tests.admin.conftest import make_event
from integrations.tests.test_inbox import event as envelope
from integrations.tests.test_replaying import stored


def text(response: HttpResponse) -> str:
    """Returns the page's text, without tags and line breaks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def preview(client: Client, row: InboundEvent) -> HttpResponse:
    return client.get(page(InboundEvent, "preview_replay", row.pk))


class TestPreviewOfAReplay:
    def test_shows_the_differences_and_changes_nothing(
        self, operator: Client, connection: Connection
    ) -> None:
        receive(connection, envelope(1, "Grace"))
        customer = Customer.objects.get()
        [row] = stored(connection, envelope(2, "Ada"))
        response = preview(operator, row)
        assert page(Customer, "change", customer.pk) in response.content.decode()
        assert "name Grace Ada" in text(response)
        customer.refresh_from_db()
        row.refresh_from_db()
        assert (customer.name, row.state, row.attempts) == ("Grace", "pending", 0)

    def test_shows_rows_that_would_be_new(self, operator: Client, connection: Connection) -> None:
        [row] = stored(connection, envelope(1, "Grace"))
        shown = text(preview(operator, row))
        assert "new customer name - Grace" in shown
        assert "mapping peo_9 entity_id - &lt;new customer&gt;" in shown
        assert Customer.objects.count() == 0

    def test_says_why_nothing_would_change(self, operator: Client, connection: Connection) -> None:
        [row] = stored(connection, envelope(1, trouble="rejected"))
        shown = text(preview(operator, row))
        assert (
            "A replay of person.changed evt_1 now would end as dead never The replay would change no row."
            in shown
        )

    def test_is_offered_on_the_events_page(self, operator: Client, connection: Connection) -> None:
        row = make_event(connection)
        html = operator.get(page(InboundEvent, "change", row.pk)).content.decode()
        assert page(InboundEvent, "preview_replay", row.pk) in html

    def test_is_not_for_onlookers(self, onlooker: Client, connection: Connection) -> None:
        assert preview(onlooker, make_event(connection)).status_code == 403

    def test_of_no_event_is_not_found(self, operator: Client) -> None:
        assert operator.get(page(InboundEvent, "preview_replay", "evt_none")).status_code == 404
