"""Every page of the admin opens, for operators and onlookers, and shows no secret."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client, RequestFactory

from billing.tests.admin.pages import page, registered
from integrations.tests.admin.conftest import SECRETS
from integrations.tests.admin.crowd import crowd

SEARCHES = [
    "ada",
    "inv_01",
    "two words",
    "'\"; --",
    "%_\\",
    "a@b.c",
    "12.50",
    "true",
    "2026-11-23",
    "x" * 2000,
]


def asking(path: str, **query: str) -> HttpRequest:
    """Returns a request of a superuser."""
    request = RequestFactory().get(path, query)
    request.user = User.objects.get(username="operator")
    return request


def reveals(html: str) -> list[str]:
    """Returns the secrets that a page shows."""
    return [name for name, secret in SECRETS.items() if secret in html]


@pytest.mark.usefixtures("everything", "operator")
class TestEveryNoun:
    def test_has_a_list(self, operator: Client, onlooker: Client) -> None:
        for model, _ in registered():
            response = operator.get(page(model, "changelist"), {"q": "ada"})
            assert response.status_code == 200, model
            assert onlooker.get(page(model, "changelist")).status_code == 200, model

    def test_is_searched_for_whatever_is_typed(self) -> None:
        for _, pages in registered():
            for text in SEARCHES:
                found = pages.get_changelist_instance(asking("/", q=text))
                assert len(found.result_list) <= found.result_count, (pages, text)

    def test_is_sorted_and_filtered(self) -> None:
        for _, pages in registered():
            everything = pages.get_changelist_instance(asking("/"))
            orders = [f"?o={number}" for number in range(1, len(everything.list_display))]
            for query in [*orders, *choices(everything)]:
                list(pages.get_changelist_instance(asking(f"/{query}")).result_list)

    def test_shows_each_row_without_its_secrets(self, operator: Client, onlooker: Client) -> None:
        for model, _ in registered():
            for row in model._default_manager.all()[:3]:
                for visitor in (operator, onlooker):
                    response = visitor.get(page(model, "change", row.pk))
                    assert response.status_code == 200, row
                    assert reveals(response.content.decode()) == [], row

    def test_is_added_only_where_that_is_offered(self, operator: Client, onlooker: Client) -> None:
        for model, pages in registered():
            offered = pages.has_add_permission(asking("/"))
            assert operator.get(page(model, "add")).status_code == (200 if offered else 403), model
            assert onlooker.get(page(model, "add")).status_code == 403, model


@pytest.mark.usefixtures("server")
class TestEveryList:
    def test_costs_few_queries_however_long_it_is(
        self, operator: Client, django_assert_max_num_queries: Any
    ) -> None:
        crowd()
        for model, _ in registered():
            with django_assert_max_num_queries(15) as queries:
                shown = operator.get(page(model, "changelist"))
            assert reveals(shown.content.decode()) == []
            # The filters know their choices: a million rows is not read for the few values that it has.
            if model._meta.app_label in ("billing", "integrations"):
                assert [query["sql"] for query in queries if "DISTINCT" in query["sql"]] == []


def choices(shown: Any) -> list[str]:
    """Returns the query string of each choice of each filter."""
    return [
        choice["query_string"]
        for spec in shown.filter_specs
        for choice in spec.choices(shown)
        if "query_string" in choice
    ]
