"""The admin's first page."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from billing.tests.admin.conftest import logged_in
from billing.tests.admin.pages import page
from integrations.models import Connection, InboundEvent, OutboundSync


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
    def test_links_to_what_needs_attention(
        self, operator: Client, event: InboundEvent, sync: OutboundSync
    ) -> None:
        OutboundSync.objects.filter(pk=sync.pk).update(state="blocked", last_error="No such tax rate")
        html = overview(operator).content.decode()
        assert page(InboundEvent, "change", event.pk) in html
        assert page(OutboundSync, "change", sync.pk) in html
        assert "No such tax rate" in html

    @pytest.mark.usefixtures("everything")
    def test_counts_what_needs_attention_and_links_to_all_of_it(
        self, operator: Client, connection: Connection, sync: OutboundSync
    ) -> None:
        Connection.objects.filter(pk=connection.pk).update(status="broken")
        InboundEvent.objects.filter(state="dead").update(
            conflict=[{"ours": "a", "theirs": "b", "because": "c"}]
        )
        OutboundSync.objects.filter(pk=sync.pk).update(state="blocked")
        shown = overview(operator).context["attention"]
        assert {one["what"]: one["count"] for one in shown} == dict.fromkeys(
            ["broken connection", "open alarm", "open conflict", "dead event", "blocked sync"], 1
        )
        for one in shown:
            assert operator.get(one["url"]).context["cl"].result_count == one["count"], one

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
        assert "Everything is working" in html
        assert "Nothing is waiting" in html

    @pytest.mark.usefixtures("everything")
    def test_costs_few_queries(self, operator: Client, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(10):
            overview(operator)

    @pytest.mark.usefixtures("everything")
    def test_shows_nothing_without_permission(self) -> None:
        visitor = logged_in(User.objects.create_user("guest", is_staff=True))
        assert "pipelines" not in overview(visitor).context
