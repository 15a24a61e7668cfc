"""What does not fit is kept as Stripe's, to the character, whatever is edited here and pushed."""

import pytest

from billing.events import Kind
from billing.models import Customer
from billing.services.customers import customers
from integrations.providers.stripe.testing import receive_signed
from integrations.testing import push

pytestmark = pytest.mark.django_db
ADDRESS = {
    "line1": "x" * 300,
    "line2": "y" * 5000,
    "city": "Llanfair",
    "state": "Cymru",
    "postal_code": "1" * 60,
    "country": "United Kingdom",
}
ODD = {"name": "n" * 256, "address": ADDRESS, "preferred_locales": ["de-AT", "fr"]}


def of(stripe_object, names):
    return {name: stripe_object[name] for name in names}


@pytest.mark.parametrize(
    "edit",
    [
        {"phone": "+15550100"},
        {"email": "new@example.com"},
        {"metadata": {"colour": "blue"}},
        {"external_id": "crm-2"},
    ],
)
def test_an_edit_of_another_field_leaves_it(customer_pair, edit):
    pair = customer_pair
    pair.edit_there(**ODD)
    pair.hear()
    pair.edit_here(**edit)
    assert pair.push() == "done"
    assert of(pair.there(), ODD) == ODD
    assert pair.here(*edit) == list(edit.values())


def test_an_edit_of_one_part_of_an_address_leaves_the_others(customer_pair):
    customer_pair.edit_there(**ODD)
    customer_pair.hear()
    customer_pair.edit_here(address_city="Cardiff")
    customer_pair.push()
    assert customer_pair.there()["address"] == ADDRESS | {"city": "Cardiff"}


def test_a_push_that_crosses_it_leaves_it(customer_pair):
    """FlexSync hears of it by the answer to its own call."""
    customer_pair.edit_there(**ODD)
    customer_pair.edit_here(phone="+15550100")
    customer_pair.push()
    customer_pair.edit_here(phone="+15550199")
    customer_pair.push()
    customer_pair.hear()
    assert of(customer_pair.there(), ODD) == ODD
    assert customer_pair.here("name", "address_line1", "address_country", "preferred_locale", "phone") == [
        "n" * 256, "x" * 300, "GB", "de-AT", "+15550199",
    ]  # fmt: skip


def test_what_stripe_clears_is_cleared_here(customer_pair):
    customer_pair.edit_there(address={**ADDRESS, "country": "", "line2": ""}, phone="")
    customer_pair.hear()
    assert customer_pair.here("address_country", "address_line2", "phone") == ["", "", ""]


def test_a_value_that_fits_again_is_held_again(customer_pair):
    customer_pair.edit_there(**ODD)
    customer_pair.hear()
    customer_pair.edit_there(address={**ADDRESS, "country": "at"}, preferred_locales=["it"])
    customer_pair.hear()
    assert customer_pair.here("address_country", "preferred_locale") == ["AT", "it"]
    customer_pair.edit_here(phone="+15550100")
    customer_pair.push()
    assert customer_pair.there()["address"]["country"] == "at", "it was not changed here"


def test_a_value_that_is_written_here_replaces_it(customer_pair):
    customer_pair.edit_there(**ODD)
    customer_pair.hear()
    customer_pair.edit_here(address_country="IE", preferred_locale="ga")
    customer_pair.push()
    assert customer_pair.there()["address"] == ADDRESS | {"country": "IE"}
    assert customer_pair.there()["preferred_locales"] == ["ga"]


def test_a_new_customer_comes_without_it(simulator, stripe_api, connection):
    made = stripe_api.v1.customers.create({**ODD, "name": "New", "preferred_locales": ["none at all"]})
    [event] = stripe_api.v1.events.list({"type": "customer.created"}).data
    assert receive_signed(connection, event.to_dict()).state == "applied"
    [row] = Customer.objects.all()
    assert (row.name, row.address_country, row.preferred_locale) == ("New", "", "")
    assert row.address_line2 == ADDRESS["line2"]
    customers.update(
        environment_id=row.environment_id, customer_id=row.pk, changes={"email": "new@example.com"}
    )
    assert push(connection, Kind.CUSTOMER, row.pk).state == "done"
    found = stripe_api.v1.customers.retrieve(made.id).to_dict()
    assert (found["email"], found["preferred_locales"]) == ("new@example.com", ["none at all"])
    assert found["address"] == ADDRESS


def test_of_a_product_and_its_price_too(plan_pair, price_pair):
    plan_pair.edit_there(name="n" * 300, description="d" * 5000)
    price_pair.edit_there(nickname="p" * 300)
    plan_pair.hear()
    price_pair.hear()
    for pair in (plan_pair, price_pair):
        pair.edit_here(metadata={"a": "1"})
        pair.push()
        assert pair.there()["metadata"]["a"] == "1"
    assert plan_pair.here("name", "description") == ["n" * 300, "d" * 5000]
    assert of(plan_pair.there(), ["name", "description"]) == {"name": "n" * 300, "description": "d" * 5000}
    assert price_pair.there()["nickname"] == "p" * 300


def test_an_email_that_is_none_is_stripe_s_own(customer_pair):
    """Stripe takes what the API here refuses; an edit of something else still goes out."""
    customer_pair.edit_there(email="ada@intranet")
    customer_pair.hear()
    customer_pair.edit_here(phone="+15550100")
    assert (customer_pair.push(), customer_pair.here("email")) == ("done", ["ada@intranet"])
    assert of(customer_pair.there(), ["email", "phone"]) == {"email": "ada@intranet", "phone": "+15550100"}
