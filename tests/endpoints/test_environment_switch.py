"""The environment chosen in the header: all pages of the admin show its rows, and say where another's is."""

from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from billing.admin.environment_switch import _steps
from billing.admin.links import list_url, row_url
from billing.models import ApiKey, Customer, Environment
from billing.services import environments
from billing.tests.admin.conftest import operator
from integrations.models import AlertChannel, Connection, Note
from tests.endpoints.world import make_world

__all__ = ["operator"]
pytestmark = pytest.mark.django_db
SWITCH = "/admin/environment/"
# Models whose rows are of no environment, or are what is chosen.
OF_NONE = {"environment", "process", "user", "group", "taskresult", "periodictask", "crontabschedule"}
OF_NONE |= {"intervalschedule", "solarschedule", "clockedschedule"}


def listed(client: Client, model: type[Model]) -> set[str]:
    """The ids of the rows that the list shows."""
    shown: Any = client.get(list_url(model)).context["cl"]
    return {str(row.pk) for row in shown.result_list}


@pytest.fixture
def worlds(db: None) -> list[Environment]:
    made = [environments.create(name=name, kind="sandbox") for name in ("Shop", "Museum")]
    for one in made:
        make_world(one)
        environments.create_api_key(environment=one, name=one.name, scope="read")
    return made


class TestTheChosenEnvironment:
    def test_is_that_of_all_rows_of_every_list(self, operator: Client, worlds: list[Environment]) -> None:
        AlertChannel.objects.create(name="Of all", sealed_address="none", shown_address="none")
        both = {model: listed(operator, model) for model in admin.site._registry}
        shop, museum = ({} for _ in worlds)
        for one, found in zip(worlds, (shop, museum), strict=True):
            answer = operator.post(SWITCH, {"environment": one.pk, "next": "/admin/search/"})
            assert answer.headers["Location"] == "/admin/search/"
            found |= {model: listed(operator, model) for model in admin.site._registry}
        for model, ids in both.items():
            of_all = shop[model] & museum[model]
            if model._meta.model_name in OF_NONE:
                assert of_all == ids, model
                continue
            assert shop[model] | museum[model] == ids, model
            assert len(of_all) == (1 if model is AlertChannel else 0), model
            assert len(shop[model] - of_all) == len(museum[model] - of_all) >= 1, model
        operator.post(SWITCH, {"environment": ""})
        assert listed(operator, Customer) == both[Customer]

    def test_is_that_of_the_first_page_of_search_and_of_new_rows(
        self, operator: Client, worlds: list[Environment]
    ) -> None:
        shop, museum = worlds
        Connection.objects.filter(environment=museum).update(
            status="broken", status_reason="Museum is closed"
        )
        Customer.objects.filter(environment=museum).update(name="Anna of the museum")
        home, search = reverse("admin:index"), reverse("search")
        assert "Museum is closed" in operator.get(home).content.decode()
        assert operator.get(search, {"q": "Anna"}).context["results"].found
        page = operator.post(SWITCH, {"environment": shop.pk}, follow=True)
        assert page.redirect_chain == [(home, 302)]
        assert f'truncate">{shop.name}</span>' in page.content.decode()
        offered = operator.get(reverse("environments"), {"next": search}).content.decode()
        assert f'value="{shop.pk}" aria-current="true"' in offered and f'value="{museum.pk}" class' in offered
        assert f'name="next" value="{search}"' in offered
        assert "Museum is closed" not in page.content.decode()
        assert not operator.get(search, {"q": "Anna"}).context["results"].found
        form = operator.get(reverse("admin:billing_customer_add")).content.decode()
        assert f'value="{shop.pk}" selected' in form.replace("\n", "").split("csrfmiddlewaretoken")[-1]
        filters = (
            operator.get(list_url(Note)).content.decode() + operator.get(list_url(Customer)).content.decode()
        )
        assert "By environment" not in filters and "environment__id__exact" not in filters

    def test_does_not_hide_a_row_that_is_opened_but_says_whose_it_is(
        self, operator: Client, worlds: list[Environment]
    ) -> None:
        shop, museum = worlds
        operator.post(SWITCH, {"environment": shop.pk, "next": "https://elsewhere.example/"})
        there, here = (Customer.objects.filter(environment=one).first() for one in (museum, shop))
        assert there and here
        page = operator.get(row_url(there)).content.decode()
        assert "This belongs to <strong>Museum</strong>" in page
        assert "This belongs to" not in operator.get(row_url(here)).content.decode()

    def test_is_refused_where_there_is_none_such(self, operator: Client, worlds: list[Environment]) -> None:
        answer = operator.post(SWITCH, {"environment": "env_none", "next": "https://elsewhere.example/"})
        assert answer.headers["Location"] == reverse("admin:index")
        assert listed(operator, ApiKey) == set(ApiKey.objects.values_list("pk", flat=True))


def test_every_model_says_how_it_belongs_to_an_environment_or_is_of_none() -> None:
    without = {model._meta.model_name for model in admin.site._registry if not _steps(model)}
    assert without == OF_NONE | {"note"}
