"""What is kept as Stripe's is shown, with why: in the API's mappings, and on the row's page in the admin."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from billing.models import Customer, Plan, Price
from billing.tests.admin.pages import page
from integrations.mappings.differences import OPEN
from integrations.providers.stripe.translate import unheld
from integrations.tests.conftest import client

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(environment):
    """What the API says of the mapping of a pair: (ours, theirs, reason) by field."""
    api = client(environment)

    def shown(pair):
        [item] = api.get(f"/v1/mappings?entity_id={pair.row.pk}").json()["items"]
        assert api.get(f"/v1/mappings/{item['id']}").json() == item
        return {one["field"]: (one["ours"], one["theirs"], one["reason"]) for one in item["differences"]}

    return shown


@pytest.fixture
def operator(db):
    browser = Client()
    browser.force_login(User.objects.create_superuser("operator"))
    return browser


def test_nothing_is_where_all_is_held(customer_pair, shown):
    assert shown(customer_pair) == {}
    customer_pair.edit_here(name="Not sent yet")
    assert shown(customer_pair) == {}


def test_each_value_is_shown_with_its_reason(customer_pair, shown):
    customer_pair.edit_there(
        address={"line1": "12 St James's Square", "country": "United Kingdom"},
        preferred_locales=["de-AT", "fr"],
    )
    customer_pair.hear()
    assert shown(customer_pair) == {
        "address.country": ("GB", "United Kingdom", unheld.COUNTRY),
        "preferred_locales": (["de-AT"], ["de-AT", "fr"], unheld.SECOND_LOCALE),
    }
    customer_pair.edit_there(preferred_locales=["none at all"])
    customer_pair.hear()
    assert shown(customer_pair)["preferred_locales"] == (["de-AT"], ["none at all"], unheld.NO_LOCALE)


def test_pairs_without_room_are_shown(customer_pair, shown):
    customer_pair.edit_here(metadata={f"here{number}": "v" for number in range(49)})
    customer_pair.edit_there(metadata={"tier": "", "a": "1", "b": "2"})
    customer_pair.hear()
    assert shown(customer_pair) == {"metadata.b": (None, "2", unheld.NO_PAIR)}


def test_an_open_conflict_is_shown_as_such(customer_pair, shown):
    customer_pair.connection.customer_owner = "newest"
    customer_pair.connection.save()
    customer_pair.edit_there(phone="+15550100")
    customer_pair.edit_here(phone="+15550199")
    Customer.objects.update(changed_at={})
    customer_pair.hear()
    assert shown(customer_pair) == {"phone": ("+15550199", "+15550100", OPEN)}


def test_one_query_finds_all_conflicts(customer_pair, price_pair, environment, django_assert_max_num_queries):
    api = client(environment)
    with django_assert_max_num_queries(6):
        assert len(api.get("/v1/mappings").json()["items"]) == 3


def test_a_customer_s_page_shows_it(customer_pair, operator):
    where = page(Customer, "change", customer_pair.row.pk)
    assert "Both sides differ" not in operator.get(where).content.decode()
    customer_pair.edit_there(address={"country": "United Kingdom"})
    customer_pair.hear()
    html = operator.get(where).content.decode()
    assert "Both sides differ" in html and "United Kingdom" in html and unheld.COUNTRY in html


def test_a_price_s_and_its_plan_s_pages_do_too(price_pair, plan_pair, operator):
    plan_pair.edit_there(metadata={f"key{number}": "v" for number in range(44)})
    plan_pair.edit_here(metadata={f"here{number}": "v" for number in range(10)})
    price_pair.edit_there(metadata={f"key{number}": "v" for number in range(44)})
    price_pair.edit_here(metadata={f"here{number}": "v" for number in range(10)})
    for pair, model in ((plan_pair, Plan), (price_pair, Price)):
        pair.hear()
        html = operator.get(page(model, "change", pair.row.pk)).content.decode()
        assert "Both sides differ" in html and "metadata.key" in html
