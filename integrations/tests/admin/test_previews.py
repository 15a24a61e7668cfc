"""The two previews: what a replay would change, and what a sync would send. Neither touches anything."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from billing.events import Kind
from billing.models import Customer
from billing.tests.admin.pages import page, press, said, select
from integrations.models import Connection, InboundEvent, OutboundSync
from integrations.testing import push, receive
from integrations.tests.acme_server import Server
from integrations.tests.admin.conftest import make_event
from integrations.tests.factories import CustomerFactory
from integrations.tests.test_inbox import event as envelope
from integrations.tests.test_replaying import connection, stored

__all__ = ["connection"]


def text(response: HttpResponse) -> str:
    """The page's words, without tags and line breaks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def preview(client: Client, row: InboundEvent) -> HttpResponse:
    return client.get(page(InboundEvent, "preview_replay", row.pk))


def asked(connection: Connection, customer: Customer) -> dict[str, str]:
    return {"connection": connection.pk, "kind": "customer", "entity": customer.pk}


class TestPreviewOfAReplay:
    def test_shows_the_differences_and_changes_nothing(
        self, operator: Client, connection: Connection
    ) -> None:
        receive(connection, envelope(1, "Grace"))
        customer = Customer.objects.get()
        [row] = stored(connection, envelope(2, "Ada"))
        answer = preview(operator, row)
        assert page(Customer, "change", customer.pk) in answer.content.decode()
        assert "name Grace Ada" in text(answer)
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
        assert "If person.changed evt_1 were replayed now: dead never No row would change." in shown

    def test_is_offered_on_the_events_page(self, operator: Client, connection: Connection) -> None:
        row = make_event(connection)
        html = operator.get(page(InboundEvent, "change", row.pk)).content.decode()
        assert page(InboundEvent, "preview_replay", row.pk) in html

    def test_is_not_for_onlookers(self, onlooker: Client, connection: Connection) -> None:
        assert preview(onlooker, make_event(connection)).status_code == 403

    def test_of_no_event_is_not_found(self, operator: Client) -> None:
        assert operator.get(page(InboundEvent, "preview_replay", "evt_none")).status_code == 404


class TestAPrunedEvent:
    @pytest.fixture
    def pruned(self, connection: Connection) -> InboundEvent:
        now = timezone.now()
        return make_event(connection, state="dead", settled_at=now, payload={}, pruned_at=now)

    def test_says_so_and_offers_no_replay(self, operator: Client, pruned: InboundEvent) -> None:
        html = operator.get(page(InboundEvent, "change", pruned.pk)).content.decode()
        assert "it cannot be replayed" in html
        assert page(InboundEvent, "replay", pruned.pk) not in html
        assert page(InboundEvent, "preview_replay", pruned.pk) not in html

    def test_is_not_replayed(self, operator: Client, pruned: InboundEvent) -> None:
        for answer in (
            press(operator, pruned, "replay"),
            select(operator, [pruned], "replay_selected"),
            preview(operator, pruned),
        ):
            assert "the event cannot be replayed" in said(answer)
        pruned.refresh_from_db()
        assert pruned.state == "dead"


class TestPreviewOfASync:
    def test_lists_the_calls_and_makes_none(
        self, operator: Client, connection: Connection, server: Server
    ) -> None:
        customer = CustomerFactory(environment=connection.environment)
        answer = operator.get(page(OutboundSync, "preview"), asked(connection, customer))
        shown = text(answer)
        for number, call in enumerate(
            ("create people.create", "tag tags.create", "welcome letters.create"), 1
        ):
            assert f"{number}. {call}" in shown
        assert "ada@example.com" in shown
        assert (OutboundSync.objects.count(), server.operations()) == (0, [])

    def test_says_what_would_be_skipped(self, operator: Client, connection: Connection) -> None:
        customer = CustomerFactory(environment=connection.environment)
        push(connection, Kind.CUSTOMER, customer.pk)
        shown = text(operator.get(page(OutboundSync, "preview"), asked(connection, customer)))
        assert "1. create skipped: they have it already" in shown
        assert "2. update people.update peo_1" in shown

    def test_says_where_it_would_stop(self, operator: Client, connection: Connection) -> None:
        customer = CustomerFactory(environment=connection.environment)
        Connection.objects.update(provider="ghost")
        answer = operator.get(page(OutboundSync, "preview"), asked(connection, customer))
        assert "It would stop: FlexSync has no way to send customers to ghost." in text(answer)

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
        assert onlooker.get(where, asked(connection, stranger)).status_code == 403
        assert operator.get(where, asked(connection, stranger)).status_code == 404
        assert operator.post(where, asked(connection, stranger)).status_code == 405


class TestSyncNow:
    def test_tries_an_earlier_push_that_waits_at_once(self, operator: Client, connection: Connection) -> None:
        customer = CustomerFactory(environment=connection.environment)
        later = timezone.now() + timedelta(hours=1)
        waiting = OutboundSync.objects.create(
            connection=connection,
            entity_type="customer",
            entity_id=customer.pk,
            state="sending",
            next_attempt_at=later,
        )
        operator.post(page(OutboundSync, "stage"), asked(connection, customer))
        waiting.refresh_from_db()
        assert waiting.next_attempt_at < later
