"""Links and unlinks by FlexPrice's names for both."""

import pytest

from integrations.models import EntityMapping, MappingChange
from integrations.testing import make_connection

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
    own = api.get("/v1/mappings").json()["items"][0]
    assert made.json()["mapping"].items() >= own.items()
    assert api.post(PATH, pair, format="json").json() == made.json()
    ended = api.delete(PATH, pair, format="json")
    assert (ended.status_code, list(ended.json())) == (200, ["message"])
    assert api.get("/v1/mappings").json()["items"] == []
    assert list(
        MappingChange.objects.order_by("pk").values_list("action", "metadata", "done_by", "reason")
    ) == [
        (
            "linked",
            {"ticket": "17"},
            "API key tests",
            "By POST /v1/integrations/link, which takes no reason.",
        ),
        ("unlinked", {}, "API key tests", "By DELETE /v1/integrations/link, which takes no reason."),
    ]
    assert api.delete(PATH, pair, format="json").status_code == 404


def test_an_unlink_may_leave_the_object_out_but_not_name_another(api, pair):
    assert api.post(PATH, pair, format="json").status_code == 200
    assert api.delete(PATH, pair | {"provider_entity_id": "cus_other"}, format="json").status_code == 404
    pair.pop("provider_entity_id")
    assert api.delete(PATH, pair, format="json").status_code == 200


def test_of_several_connections_the_body_names_one(api, pair, connection):
    other = make_connection(connection.environment_id, provider="stripe", name="Other")
    refused = api.post(PATH, pair, format="json").json()
    assert refused["code"] == "several_connections" and other.pk in refused["details"]["connection_id"]
    made = api.post(PATH, pair | {"connection_id": connection.pk}, format="json")
    assert made.json()["mapping"]["connection_id"] == connection.pk


@pytest.mark.parametrize(
    "wrong",
    [
        {"provider_type": "moon"},
        {"entity_id": "cust_none"},
        {"colour": "red"},
        {"connection_id": "conn_01JD0000000000000000000000"},
    ],
)
def test_what_is_wrong_is_refused(api, pair, wrong):
    refused = api.post(PATH, pair | wrong, format="json")
    assert (refused.status_code, list(refused.json()["details"])) == (400, list(wrong))
    assert not EntityMapping.objects.exists()
