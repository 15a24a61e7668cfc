"""The preview of a sync shows what it would send, and sends nothing."""

import re

from django.http import HttpResponse
from django.test import Client

from billing.events import Kind
from billing.models import Customer
from billing.tests.admin.pages import page
from integrations.models import Connection, InboundEvent, OutboundSync
from integrations.testing import push
from integrations.tests.acme_server import Server
from integrations.tests.factories import CustomerFactory


def text(response: HttpResponse) -> str:
    """Returns the page's text, without tags and line breaks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def preview(client: Client, row: InboundEvent) -> HttpResponse:
    return client.get(page(InboundEvent, "preview_replay", row.pk))


def target_of(connection: Connection, customer: Customer) -> dict[str, str]:
    return {"connection": connection.pk, "kind": "customer", "entity": customer.pk}


class TestPreviewOfASync:
    def test_lists_the_calls_and_makes_none(
        self, operator: Client, connection: Connection, server: Server
    ) -> None:
        customer = CustomerFactory(environment=connection.environment)
        response = operator.get(page(OutboundSync, "preview"), target_of(connection, customer))
        shown = text(response)
        for number, call in enumerate(
            ("Create people.create", "Tag tags.create", "Welcome letters.create"), 1
        ):
            assert f"{number}. {call}" in shown
        assert "ada@example.com" in shown
        assert (OutboundSync.objects.count(), server.operations()) == (0, [])

    def test_says_what_would_be_skipped(self, operator: Client, connection: Connection) -> None:
        customer = CustomerFactory(environment=connection.environment)
        push(connection, Kind.CUSTOMER, customer.pk)
        shown = text(operator.get(page(OutboundSync, "preview"), target_of(connection, customer)))
        assert "1. Create skipped: they have it already" in shown
        assert "2. Send what changed people.update peo_1" in shown

    def test_says_why_it_would_fail(self, operator: Client, connection: Connection) -> None:
        customer = CustomerFactory(environment=connection.environment)
        Connection.objects.update(provider="ghost")
        response = operator.get(page(OutboundSync, "preview"), target_of(connection, customer))
        assert "would fail. Nothing was sent. FlexSync has no way to send customers to ghost." in text(
            response
        )
        assert "now" not in text(response).split("ghost.")[1]

    def test_is_offered_beside_the_button(
        self, operator: Client, onlooker: Client, connection: Connection
    ) -> None:
        customer = CustomerFactory(environment=connection.environment)
        where, own = page(OutboundSync, "preview"), page(Customer, "change", customer.pk)
        assert f"{where}?connection={connection.pk}&amp;kind=customer" in operator.get(own).content.decode()
        assert where not in onlooker.get(own).content.decode()

    def test_is_refused_to_onlookers_and_of_other_environments(
        self, operator: Client, onlooker: Client, connection: Connection
    ) -> None:
        where, stranger = page(OutboundSync, "preview"), CustomerFactory()
        assert onlooker.get(where, target_of(connection, stranger)).status_code == 403
        assert operator.get(where, target_of(connection, stranger)).status_code == 404
        assert operator.post(where, target_of(connection, stranger)).status_code == 405
