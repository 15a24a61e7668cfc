"""Bulk syncs in the admin: started from a list, watched, paused."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from billing.tests.admin.pages import messages_of, page, press, select
from integrations.errors import Rejected
from integrations.models import Connection, OutboundSync, SyncRun
from integrations.outbox import bulk_syncs
from integrations.testing import push
from integrations.tests.factories import CustomerFactory


class TestAListOfRows:
    def test_syncs_the_chosen_ones_in_the_name_of_the_operator(
        self, operator: Client, connection: Connection
    ) -> None:
        chosen = [CustomerFactory(environment=connection.environment) for _ in range(3)]
        CustomerFactory(environment=connection.environment)
        Connection.objects.update(status="paused")
        asked = select(operator, chosen, "sync_selected").content.decode()
        assert "Sends 3 customers to " in asked and "is paused" in asked and not SyncRun.objects.exists()
        response = select(operator, chosen, "sync_selected", confirmed="yes")
        run = SyncRun.objects.get()
        assert sorted(run.items.values_list("entity_id", flat=True)) == sorted(row.pk for row in chosen)
        assert run.started_by == "operator"
        assert "Workers send its rows." in str(messages_of(response))

    def test_offers_it_to_operators_only(
        self, operator: Client, onlooker: Client, connection: Connection
    ) -> None:
        row = CustomerFactory(environment=connection.environment)
        listed = page(type(row), "changelist")
        assert b"sync_selected" in operator.get(listed).content
        assert b"sync_selected" not in onlooker.get(listed).content


class TestABulkSync:
    def test_shows_what_failed_and_why(self, operator: Client, connection: Connection, server: Any) -> None:
        server.faults = {1: {"before": Rejected("wrong e-mail")}}
        row = CustomerFactory(environment=connection.environment)
        run = started(connection, [row.pk])
        bulk_syncs.advance(run.pk, timezone.now())
        push(connection, "customer", row.pk)
        html = operator.get(page(SyncRun, "change", run.pk)).content.decode()
        assert "wrong e-mail" in html and "1 failed" in html
        sync = OutboundSync.objects.get()
        address = page(SyncRun, "live", run.pk)
        assert f'hx-get="{address}?state=running"' in html
        followed = operator.get(address, {"state": "running"})
        assert "1 failed" in followed.content.decode() and "HX-Refresh" not in followed.headers
        bulk_syncs.advance(run.pk, timezone.now() + timedelta(minutes=1))
        ended = operator.get(address, {"state": "running"})
        assert ended.headers["HX-Refresh"] == "true" and "hx-trigger" not in ended.content.decode()
        lines = b"".join(operator.get(page(SyncRun, "csv", run.pk)).streaming_content).decode().splitlines()
        assert lines[0] == "row,sync,state,reason" and lines[1:] == [
            f"{row.pk},{sync.pk},blocked,wrong e-mail"
        ]
        listed = operator.get(page(OutboundSync, "changelist"), {"run": run.pk}).content.decode()
        assert sync.pk in listed or row.pk in listed

    def test_is_paused_resumed_and_cancelled(self, operator: Client, connection: Connection) -> None:
        run = started(connection, [CustomerFactory(environment=connection.environment).pk])
        for button, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
            press(operator, run, button)
            run.refresh_from_db()
            assert run.state == state


def started(connection: Connection, ids: list[str]) -> SyncRun:
    return bulk_syncs.start(connection, "customer", ids, choice={}, started_by="ada", now=timezone.now())
