"""Links and unlinks by FlexPrice's names for both."""

import pytest

from integrations.models import EntityMapping, MappingChange

pytestmark = pytest.mark.django_db
PATH = "/v1/integrations/link"


@pytest.fixture
def pair(connection, customer, stripe_api):
    return {
        "entity_type": "customer",
        "entity_id": customer.pk,
        "provider_type": "stripe",
        "provider_entity_id": stripe_api.v1.customers.create({"name": "Ada"}).id,
    }


def test_a_pair_is_linked_and_unlinked(api, pair):
    made = api.post(PATH, pair | {"metadata": {"ticket": "17"}}, format="json")
    assert made.status_code == 200, made.json()
    assert made.json()["mapping"] == api.get("/v1/mappings").json()["items"][0]
    pair.pop("provider_entity_id")
    ended = api.delete(PATH, pair, format="json")
    assert (ended.status_code, list(ended.json())) == (200, ["message"])
    assert api.get("/v1/mappings").json()["items"] == []
    assert list(MappingChange.objects.order_by("pk").values_list("action", "metadata", "done_by")) == [
        ("linked", {"ticket": "17"}, "API key tests"),
        ("unlinked", {}, "API key tests"),
    ]
    assert api.delete(PATH, pair, format="json").status_code == 404


@pytest.mark.parametrize("wrong", [{"provider_type": "moon"}, {"entity_id": "cust_none"}, {"colour": "red"}])
def test_what_is_wrong_is_refused(api, pair, wrong):
    refused = api.post(PATH, pair | wrong, format="json")
    assert refused.status_code in (400, 404)
    assert not EntityMapping.objects.exists()
