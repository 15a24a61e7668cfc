"""Links by hand on the admin's pages."""

import pytest
from django.urls import reverse

from billing.events import Kind
from billing.models import Customer
from billing.tests.admin.conftest import onlooker, operator
from billing.tests.admin.pages import messages_of, page
from integrations.models import EntityMapping, MappingChange
from integrations.testing import push

pytestmark = pytest.mark.django_db
__all__ = ["onlooker", "operator"]
LINK = "admin:integrations_entitymapping_link"


def html(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def theirs(stripe_api):
    return stripe_api.v1.customers.create({"name": "Ada L."})


@pytest.fixture
def linked(connection, customer, stripe_api):
    assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
    return EntityMapping.objects.get()


@pytest.fixture
def pair(connection, customer, theirs):
    return {
        "connection": connection.pk,
        "kind": "customer",
        "row": customer.pk,
        "object": theirs.id,
        "reason": "Signed up there before.",
    }


def shown(response):
    """What the page that shows both sides sends along."""
    return {"shown": response.context["shown"], "make": ""}


def at(mapping, name):
    return page(EntityMapping, name, mapping.pk)


class TestALink:
    def test_is_shown_first_and_then_made(self, operator, pair, customer):
        preview = operator.post(reverse(LINK), pair)
        assert "Ada L." in html(preview) and "Ada Lovelace" in html(preview)
        assert not EntityMapping.objects.exists()
        made = operator.post(reverse(LINK), pair | shown(preview))
        assert "are linked" in messages_of(made)
        change = MappingChange.objects.get()
        assert (change.done_by, change.reason) == ("operator", "Signed up there before.")
        assert "Linked by operator" in html(operator.get(made.url))
        assert change.reason in html(operator.get(page(MappingChange, "change", change.pk)))

    def test_of_another_pair_than_was_shown_is_shown_again(self, operator, pair, stripe_api):
        preview = operator.post(reverse(LINK), pair)
        other = stripe_api.v1.customers.create({"name": "Bob"})
        again = operator.post(reverse(LINK), pair | shown(preview) | {"object": other.id})
        assert "Bob" in html(again) and not EntityMapping.objects.exists()

    def test_says_at_its_field_why_it_is_refused(self, operator, pair):
        refused = operator.post(reverse(LINK), pair | {"object": "cus_none"})
        assert "has no customer cus_none" in refused.context["form"].errors["object"][0]

    def test_is_offered_on_the_row(self, operator, onlooker, customer, connection):
        address = f"{reverse(LINK)}?connection={connection.pk}&amp;kind=customer&amp;row={customer.pk}"
        assert address in html(operator.get(page(Customer, "change", customer.pk)))
        assert address not in html(onlooker.get(page(Customer, "change", customer.pk)))
        assert f'value="{customer.pk}"' in html(operator.get(address.replace("&amp;", "&")))

    def test_is_for_operators(self, onlooker, pair, linked):
        assert onlooker.post(reverse(LINK), pair).status_code == 403
        for name in ("relink", "unlink"):
            assert onlooker.get(at(linked, name)).status_code == 403


class TestARelink:
    def test_is_shown_first_and_then_made(self, operator, linked, theirs):
        address = at(linked, "relink")
        assert linked.provider_entity_id in html(operator.get(address))
        sent = {"object": theirs.id, "row": linked.entity_id, "reason": "A twin."}
        preview = operator.post(address, sent)
        assert "Ada L." in html(preview)
        made = operator.post(address, sent | shown(preview))
        assert made.url == page(EntityMapping, "change", linked.pk)
        assert EntityMapping.objects.get(entity_id=linked.entity_id).provider_entity_id == theirs.id

    def test_asks_for_one_change(self, operator, linked, theirs):
        sent = {"object": linked.provider_entity_id, "row": linked.entity_id, "reason": "?"}
        for wrong in (sent, sent | {"object": theirs.id, "row": "cust_2"}):
            assert "Change one of the two" in html(operator.post(at(linked, "relink"), wrong))


class TestAnUnlink:
    def test_is_confirmed_with_a_reason(self, operator, linked, customer):
        assert linked.provider_entity_id in html(operator.get(at(linked, "unlink")))
        assert "required" in html(operator.post(at(linked, "unlink"), {"reason": ""}))
        ended = operator.post(at(linked, "unlink"), {"reason": "Not ours."})
        assert "no counterparts any more" in messages_of(ended)
        assert MappingChange.objects.get().action == "unlinked"
        assert not EntityMapping.objects.exclude(entity_id="").exists()
        assert "unlinked by a person" in html(operator.get(page(EntityMapping, "changelist")))
        assert operator.get(at(linked, "unlink")).status_code == 404


def test_pages_have_buttons(operator, onlooker, linked):
    for visitor, sees in ((operator, True), (onlooker, False)):
        shown = html(visitor.get(page(EntityMapping, "change", linked.pk)))
        assert [at(linked, name) in shown for name in ("relink", "unlink")] == [sees, sees]
        assert (reverse(LINK) in html(visitor.get(page(EntityMapping, "changelist")))) is sees
