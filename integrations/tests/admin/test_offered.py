"""Lists and the first page offer what the user may do, and nothing that would be refused."""

import pytest
from django.test import Client

from billing.admin.links import url_of
from billing.tests.admin.pages import page
from integrations.models import Alarm, Conflict, Connection, ImportRun, LinkCandidate, OutboundSync


@pytest.fixture
def _undecided(sync: OutboundSync) -> None:
    """An open conflict, and an object that may be one of two rows."""
    place = {"entity_type": sync.entity_type, "entity_id": sync.entity_id, "provider_entity_id": "peo_1"}
    Conflict.objects.create(
        connection=sync.connection, **place, field="name", ours="a", theirs="b", rule="newest"
    )
    run = ImportRun.objects.create(connection=sync.connection, linking="open")
    rows = [[sync.entity_id, "Ada", "e-mail"], ["cust_2", "Bob", "e-mail"]]
    LinkCandidate.objects.create(
        run=run, entity_type="customer", provider_entity_id="peo_2", grade="several", rows=rows
    )


@pytest.mark.usefixtures("_undecided")
@pytest.mark.parametrize(
    ("model", "button"), [(Conflict, "Keep FlexSync's</button>"), (LinkCandidate, "This one")]
)
def test_a_list_has_buttons_for_whoever_may_decide(
    operator: Client, onlooker: Client, model: type[Conflict], button: str
) -> None:
    address = page(model, "changelist")
    assert button in operator.get(address).content.decode()
    assert button not in onlooker.get(address).content.decode()


def test_the_first_page_leads_to_the_doctor_or_to_the_connection(
    operator: Client, onlooker: Client, connection: Connection
) -> None:
    Alarm.objects.create(connection=connection, code="webhooks_silent", message="None comes.")
    for visitor, leads in ((operator, "/doctor/"), (onlooker, url_of(Connection, connection.pk))):
        (one,) = visitor.get("/admin/").context["problems"]
        assert one["url"].endswith(leads)
        assert visitor.get(one["url"]).status_code == 200
