"""What Stripe cannot take is left out of what is sent, stays here, and is shown with what to do."""

import pytest

from billing.events import Kind
from integrations.models import Conflict
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.pair import Pair
from integrations.providers.stripe.translate.metadata import NO_ROOM
from integrations.tests.conftest import client

pytestmark = pytest.mark.django_db
LONG = {"name": "N" * 257, "phone": "+44 20 7946 0958 ext. 12"}


@pytest.fixture
def shown(environment):
    """Reasons by field, as the API says them of a row's mapping."""
    api = client(environment)

    def shown(row):
        [item] = api.get(f"/v1/mappings?entity_id={row.pk}").json()["items"]
        return {one["field"]: one["reason"] for one in item["differences"]}

    return shown


def keys(side, count):
    return {f"{side}{number:02}": "v" for number in range(count)}


def texts(pair):
    found = pair.there()
    return found["name"], found["phone"], found["email"]


def test_texts_that_are_too_long_stay_here_and_stop_nothing_else(customer_pair, shown):
    name, phone, _ = texts(customer_pair)
    customer_pair.edit_here(**LONG, email="ada@new.example")
    assert customer_pair.push() == "done"
    assert texts(customer_pair) == (name, phone, "ada@new.example")
    assert customer_pair.here("name", "phone") == list(LONG.values())
    assert shown(customer_pair.row) == {
        "name": "Stripe takes up to 256 characters of it, and this has 257: shorten it, and it is sent.",
        "phone": "Stripe takes up to 20 characters of it, and this has 24: shorten it, and it is sent.",
    }
    customer_pair.hear()
    assert customer_pair.here("name", "phone") == list(LONG.values())
    customer_pair.edit_here(name="Ada", phone="+44 20 7946 0958")
    assert customer_pair.push() == "done"
    assert texts(customer_pair) == ("Ada", "+44 20 7946 0958", "ada@new.example")
    assert shown(customer_pair.row) == {}


def test_a_new_customer_goes_without_them(simulator, connection, stripe_api, environment, shown):
    customer = builders.customer(environment, **LONG, metadata={"a[b]": "v", "tier": "gold"})
    pair = Pair(connection, stripe_api, Kind.CUSTOMER, customer, "customers", lambda **_values: None)
    assert pair.push() == "done"
    assert texts(pair)[:2] == (None, None)
    assert pair.there()["metadata"]["tier"] == "gold"
    assert shown(customer).keys() == {"name", "phone", "metadata.a[b]"}
    assert "without brackets" in shown(customer)["metadata.a[b]"]
    before = len(simulator.requests())
    assert pair.push() == "done" and len(simulator.requests()) == before


def test_what_stripe_gets_meanwhile_is_merged_as_ever(customer_pair, shown):
    customer_pair.edit_here(phone=LONG["phone"])
    customer_pair.push()
    customer_pair.connection.customer_owner = "provider"
    customer_pair.connection.save()
    customer_pair.edit_there(phone="+49 30 1")
    customer_pair.hear()
    assert customer_pair.here("phone") == ["+49 30 1"] and shown(customer_pair.row) == {}
    conflict = Conflict.objects.get()
    assert (conflict.ours, conflict.theirs, conflict.winner) == (LONG["phone"], "+49 30 1", "provider")


def test_a_locale_that_cannot_be_cleared_there_is_shown(customer_pair, shown):
    customer_pair.edit_here(preferred_locale="de")
    customer_pair.push()
    customer_pair.edit_here(preferred_locale="", phone="+49 30 1")
    assert customer_pair.push() == "done"
    assert (customer_pair.there()["preferred_locales"], customer_pair.there()["phone"]) == (
        ["de"],
        "+49 30 1",
    )
    assert "no way to clear it" in shown(customer_pair.row)["preferred_locales"]
    customer_pair.hear()
    assert customer_pair.here("preferred_locale") == [""]
    customer_pair.edit_here(preferred_locale="fr")
    assert customer_pair.push() == "done"
    assert customer_pair.there()["preferred_locales"] == ["fr"] and shown(customer_pair.row) == {}


def test_a_lookup_key_that_is_too_long_stays_here(price_pair, shown):
    price_pair.edit_here(lookup_key="k" * 201, description="Monthly")
    assert price_pair.push() == "done"
    assert (price_pair.there()["nickname"], price_pair.there()["lookup_key"]) == ("Monthly", None)
    assert "200 characters" in shown(price_pair.row)["lookup_key"]


def test_flexsync_s_own_keys_make_room_for_fifty_others(customer_pair, shown):
    customer_pair.edit_here(metadata=keys("here", 50))
    assert customer_pair.push() == "done"
    assert customer_pair.there()["metadata"] == keys("here", 50)
    customer_pair.hear()
    assert customer_pair.here("metadata", "external_id") == [keys("here", 50), "crm-1"]
    assert shown(customer_pair.row) == {"metadata.external_id": NO_ROOM}
    customer_pair.edit_here(email="ada@new.example")
    assert customer_pair.push() == "done"
    assert customer_pair.there()["metadata"] == keys("here", 50)


def test_as_few_as_need_be_do(customer_pair):
    before = customer_pair.there()["metadata"]
    customer_pair.edit_here(metadata=keys("here", 48))
    assert customer_pair.push() == "done"
    found = customer_pair.there()["metadata"]
    assert len(found) == 50 and found.keys() - keys("here", 48).keys() < before.keys()


def test_of_thirty_on_each_side_at_once_none_is_lost(customer_pair, shown):
    customer_pair.edit_here(metadata=keys("here", 30))
    customer_pair.edit_there(metadata=keys("there", 30) | {"tier": ""})
    assert customer_pair.push() == "done"
    customer_pair.hear()
    [here], there = customer_pair.here("metadata"), customer_pair.there()["metadata"]
    assert here == keys("here", 30) | keys("there", 20)
    assert there == keys("here", 20) | keys("there", 30)
    reasons = shown(customer_pair.row)
    assert {name for name, why in reasons.items() if why == NO_ROOM} == {
        "metadata.external_id", *(f"metadata.here{number}" for number in range(20, 30)),
    }  # fmt: skip
    assert {name for name, why in reasons.items() if why != NO_ROOM} >= {
        f"metadata.there{number}" for number in range(20, 30)
    }
    assert not Conflict.objects.exists()
    customer_pair.edit_there(metadata={"there29": ""})
    customer_pair.hear()
    assert customer_pair.push() == "done"
    assert customer_pair.there()["metadata"] == keys("here", 21) | keys("there", 29)


def test_a_field_that_stripe_refuses_stops_no_other(customer_pair):
    customer_pair.edit_here(email="no address", name="Ada", phone="1")
    assert customer_pair.push() == "blocked"
    found = customer_pair.there()
    assert (found["name"], found["phone"]) == ("Ada", "1")
    assert "Invalid email address" in customer_pair.connection.outbound_syncs.latest("id").last_error
    customer_pair.edit_here(email="ada@new.example")
    assert customer_pair.push() == "done"
    assert customer_pair.there()["email"] == "ada@new.example"
