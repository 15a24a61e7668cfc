"""The admin's first page."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.tests.admin.conftest import logged_in
from billing.tests.admin.pages import page
from integrations.models import Connection, InboundEvent, OutboundSync
from integrations.tests.admin.conftest import make_event, make_process
from integrations.webhooks import rejections


def overview(visitor: Client) -> Any:
    """Returns the response of the first page."""
    return visitor.get(reverse("admin:index"))


class TestLoggingIn:
    def test_leads_to_the_overview(self, db: None) -> None:
        User.objects.create_superuser("boss", password="correct horse")
        form = {"username": "boss", "password": "correct horse"}
        assert Client().post(reverse("admin:login"), form).headers["location"] == reverse("admin:index")


class TestTheOverview:
    @pytest.mark.usefixtures("everything")
    def test_says_what_needs_a_person_and_leads_to_all_of_it(
        self, operator: Client, connection: Connection, sync: OutboundSync
    ) -> None:
        Connection.objects.filter(pk=connection.pk).update(status="broken")
        InboundEvent.objects.filter(state="dead").update(
            conflict=[{"ours": "a", "theirs": "b", "because": "c"}]
        )
        for _ in range(2):
            make_event(connection, state="dead", reason="never", settled_at=timezone.now())
        OutboundSync.objects.filter(pk=sync.pk).update(
            state="blocked", last_error="No such tax rate", settled_at=timezone.now()
        )
        response = overview(operator)
        shown = response.context["problems"]
        assert [one["title"] for one in shown] == [
            "Broken connections",
            "Alarm: import needed",
            "Events that match several rows",
            "Events that could not be applied",
            "Changes that the provider refused",
        ]
        assert "No such tax rate" in response.content.decode()
        *others, dead, refused = shown
        assert operator.get(dead["url"]).context["cl"].result_count == dead["count"] == 2
        for one in (*others, refused):
            assert one["count"] == 1 and operator.get(one["url"]).context["original"], one

    def test_names_a_process_that_is_silent_and_webhooks_that_were_refused(
        self, operator: Client, connection: Connection
    ) -> None:
        make_process("beat", seen_at=timezone.now() - timedelta(hours=2))
        make_process("worker")
        rejections.count("invalid_signature", connection.pk)
        silent, refused = overview(operator).context["problems"]
        assert "No beat is alive. Nothing is polled" in silent["cause"] and silent["last"].split() == [
            "2",
            "hours",
            "ago",
        ]
        assert (refused["cause"], refused["count"]) == (
            "No signing secret of this connection fits their signature.",
            1,
        )
        for one in (silent, refused):
            assert operator.get(one["url"]).status_code == 200

    @pytest.mark.usefixtures("everything")
    def test_counts_each_state(self, operator: Client) -> None:
        inbox, outbox = overview(operator).context["pipelines"]
        assert [state["count"] for state in inbox["states"]] == [2, 0, 0, 1]
        assert sum(state["count"] for state in outbox["states"]) == OutboundSync.objects.count()
        assert inbox["oldest"]

    def test_names_the_connections(self, operator: Client, connection: Connection) -> None:
        assert page(Connection, "change", connection.pk) in overview(operator).content.decode()

    def test_says_that_nothing_is_wrong(self, operator: Client) -> None:
        html = overview(operator).content.decode()
        assert "All is well: nothing needs a person." in html
        assert "Nothing is waiting" in html

    @pytest.mark.usefixtures("everything")
    def test_costs_few_queries(self, operator: Client, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(10):
            overview(operator)

    @pytest.mark.usefixtures("everything")
    def test_shows_nothing_without_permission(self) -> None:
        visitor = logged_in(User.objects.create_user("guest", is_staff=True))
        assert "problems" not in overview(visitor).context
