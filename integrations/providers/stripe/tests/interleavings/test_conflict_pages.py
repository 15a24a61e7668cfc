"""Conflicts in the admin: listed with both values, and decided by a button for each side."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from billing.models import Customer
from billing.tests.admin.pages import messages_of, page, press, select
from integrations.models import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db):
    """A client with all permissions."""
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    return client


@pytest.fixture
def onlooker(db):
    """A client that may view, and nothing else."""
    user = User.objects.create_user("eve", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def conflict(collide):
    """Settled for Stripe's value."""
    return collide("provider")


def shown(visitor, address):
    return visitor.get(address).content.decode()


def decide(visitor, conflict, side, **headers):
    address = reverse("admin:integrations_conflict_decide", args=[conflict.pk])
    return visitor.post(address, {"side": side}, headers=headers)


def test_its_page_is_called_after_the_field_and_the_row(operator, conflict):
    html = shown(operator, page(Conflict, "change", conflict.pk))
    assert "<title>email of Customer Ada Lovelace |" in " ".join(html.split()).replace("> ", ">")
    assert f"of {conflict.entity_id}" not in html


class TestTheList:
    def test_shows_both_values_and_who_decided(self, operator, conflict):
        html = shown(operator, page(Conflict, "changelist"))
        for text in ("here@x.com", "there@x.com", "Stripe&#x27;s stays, by the rule: Stripe is the owner"):
            assert text in html

    def test_has_a_button_for_each_side(self, operator, conflict):
        html = shown(operator, page(Conflict, "changelist"))
        assert "Keep FlexSync's</button>" in html and "Take the provider's</button>" in html
        assert f"{conflict.pk}/decide/" in html

    def test_shows_open_ones_first(self, operator, conflict):
        newer = Conflict.objects.get()
        newer.pk, newer.field = None, "phone"
        newer.save()
        Conflict.objects.filter(pk=conflict.pk).update(winner="")
        found = operator.get(page(Conflict, "changelist")).context["cl"].result_list
        assert [one.field for one in found] == ["email", "phone"]

    @pytest.mark.parametrize(("state", "count"), [("open", 0), ("settled", 1)])
    def test_is_filtered_by_state(self, operator, conflict, state, count):
        found = operator.get(page(Conflict, "changelist"), {"state": state}).context["cl"].result_count
        assert found == count

    def test_decides_several(self, operator, conflict):
        select(operator, [conflict], "keep_selected")
        assert Conflict.objects.get().winner == "flexsync"


class TestTheButtons:
    @pytest.mark.parametrize(("side", "value"), [("flexsync", "here@x.com"), ("provider", "there@x.com")])
    def test_give_both_sides_the_value(self, operator, both, conflict, side, value):
        decide(operator, conflict, side)
        both.push()
        assert both.here("email") == both.there("email") == [value]
        assert (Conflict.objects.get().winner, Conflict.objects.get().decided_by) == (side, "ada")

    @pytest.mark.parametrize(("button", "side"), [("keep", "flexsync"), ("take", "provider")])
    def test_work_on_the_page_of_one(self, operator, conflict, button, side):
        press(operator, conflict, button)
        assert Conflict.objects.get().winner == side

    def test_lead_back_to_where_they_were_pressed(self, operator, both, conflict):
        back = page(Customer, "change", both.customer.pk)
        answer = decide(operator, conflict, "flexsync", referer=f"http://testserver{back}")
        assert answer.url.endswith(back)
        assert "FlexSync's value stays" in messages_of(answer)

    def test_of_a_page_that_is_older_than_a_decision_change_nothing(self, operator, both, conflict):
        html = shown(operator, page(Conflict, "changelist"))
        keep, take = re.findall(r'name="side" value="([^"]+)"', html)
        assert "FlexSync's value stays" in messages_of(decide(operator, conflict, keep))
        assert "decided after you had looked: FlexSync's value stays, by ada" in messages_of(
            decide(operator, conflict, take)
        )
        assert both.here("email") == ["here@x.com"]
        assert Conflict.objects.get().winner == "flexsync"

    def test_lead_to_no_other_site(self, operator, conflict):
        answer = decide(operator, conflict, "flexsync", referer="https://elsewhere.example/")
        assert answer.url == page(Conflict, "change", conflict.pk)

    def test_say_why_it_cannot_be(self, operator, both, conflict):
        Conflict.objects.update(provider_entity_id="cus_other")
        assert "no counterparts any more" in messages_of(decide(operator, conflict, "flexsync"))

    def test_are_not_for_onlookers(self, onlooker, both, conflict):
        assert decide(onlooker, conflict, "flexsync").status_code == 403
        assert "/decide/" not in shown(onlooker, page(Customer, "change", both.customer.pk))


class TestOtherPages:
    def test_the_row_shows_its_conflicts_with_buttons(self, operator, both, conflict):
        html = shown(operator, page(Customer, "change", both.customer.pk))
        assert "Changed on both sides" in html
        assert f"{conflict.pk}/decide/" in html

    def test_the_first_page_counts_the_open_ones(self, operator, conflict):
        def groups():
            problems = operator.get(reverse("admin:index")).context["problems"]
            return [one for one in problems if one["title"] == "Fields changed on both sides"]

        assert groups() == []
        Conflict.objects.update(winner="")
        [found] = groups()
        assert (found["count"], found["url"]) == (1, page(Conflict, "change", conflict.pk))
