"""API and admin take the same values, and refuse the same ones in the same words."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import RequestFactory
from rest_framework.test import APIClient

from billing.api.serializers.customers import CustomerInput
from billing.api.serializers.invoices import InvoiceInput
from billing.api.serializers.plans import PlanInput, PriceInput
from billing.api.serializers.subscriptions import SubscriptionInput
from billing.api.strict import StrictModelInput
from billing.models import Customer, Environment, Invoice, Plan, Price, Subscription
from billing.tests.admin import refusals
from billing.tests.factories import CustomerFactory, InvoiceFactory, PlanFactory, PriceFactory

INPUTS: dict[type[models.Model], type[StrictModelInput]] = {
    Customer: CustomerInput,
    Plan: PlanInput,
    Price: PriceInput,
    Subscription: SubscriptionInput,
    Invoice: InvoiceInput,
}
PATHS = {Customer: "/v1/customers", Plan: "/v1/plans", Price: "/v1/prices", Invoice: "/v1/invoices"}
FACTORIES: dict[Any, Any] = {
    Customer: CustomerFactory,
    Plan: PlanFactory,
    Price: PriceFactory,
    Invoice: InvoiceFactory,
}
# Which the admin reads from two boxes, as days and hours.
IN_PARTS = {"due_date"}
TIERED = {"billing_model": "tiered", "tier_mode": "volume", "unit_amount": "0"}
# What else a new row needs, for the field that is tried.
WITH: dict[type[models.Model], dict[str, Any]] = {
    Customer: {"phone": "1"},
    Plan: {"name": "Growth"},
    Price: {"currency": "EUR", "unit_amount": "1"},
    Invoice: {"currency": "EUR"},
}
TEXT = [
    "",
    "plain",
    "é" * 40,
    "a\0b",
    "  ",
    " padded ",
    "x" * 36,
    "x" * 256,
    "x" * 501,
    "x" * 513,
    "x" * 5001,
]
COUNT = ["1", "3", "0", "-1", "1.5", "much", "40000", "9" * 12, "１"]
NUMBER = ["1", "0.5", "-1", "1,5", "much", "1e2", "NaN", "1" * 13, "1" * 16, "0." + "1" * 15, "0." + "1" * 16]
PAIRS = [{}, {"a": "b"}, [], "text", 5, {"a": 1}, {"": "b"}, {"x" * 41: "b"}, {"a": "x" * 501}, {"a": "b\0"}]
PAIRS += [{f"k{number}": "v" for number in range(count)} for count in (50, 51)]
VAT = {"type": "eu_vat", "value": "DE123"}
VALUES: dict[str, list[Any]] = {
    "address_country": ["DE", "de", " gb ", "", "Germany", "United Kingdom", "Ge1", "XX", "ZZ", "D", "XK", "Ｄ１"],
    "currency": ["USD", "usd", "", "XXQ", "dollars", "US"],
    "email": ["ada@example.com", "", "nobody", "a b@example.com", "ada@", "ü@example.com"],
    "preferred_locale": ["", "fr", "pt-BR", "none at all", "x" * 36, "pt_BR"],
    "billing_period": ["ANNUAL", "", "FORTNIGHTLY"],
    "billing_model": ["flat", "package", "", "auction", "tiered"],
    "usage_type": ["licensed", "metered", "", "free"],
    "package_rounding": ["down", "", "sideways"],
    "tier_mode": ["", "volume", "graduated", "wild"],
    "billing_period_count": COUNT,
    "package_size": [*COUNT, "3000000000"],
    "unit_amount": NUMBER,
    "collection_method": ["send_invoice", "charge_automatically", "", "by_pigeon"],
    "metadata": PAIRS,
    "tax_ids": [
        [], [VAT], {}, "text", 5, ["text"], [VAT, VAT], [{"type": "eu_vat"}], [{"value": "DE1"}], [VAT | {"a": 1}],
        [{"type": "EU VAT", "value": "DE1"}], [{"type": 5, "value": "DE1"}], [{"type": "eu_vat", "value": 5}],
        [{"type": "eu_vat", "value": ""}], [{"type": "eu_vat", "value": "x" * 101}], [{"type": "", "value": "x"}],
        [{"type": "x" * 41, "value": "x"}], [VAT | {"value": f"DE{number}"} for number in range(21)],
        [{"type": "eu_vat", "value": "D\0"}],
    ],
    "tiers": [
        [], {}, "text", 5, ["text"], [{"up_to": None}], [{"up_to": None, "unit_amount": "1"}], [{"unit_amount": "1"}],
        [{"up_to": 5, "unit_amount": "1"}], [{"up_to": 0}, {"up_to": None}], [{"up_to": "x"}, {"up_to": None}],
        [{"up_to": 2}, {"up_to": 1}, {"up_to": None}], [{"up_to": None, "unit_amount": "-1"}], [{"up_to": 1.5}],
        [{"up_to": None, "unit_amount": "much"}], [{"up_to": None, "unit_amount": 1.5}], [{"up_to": None, "more": 1}],
        [{"up_to": 10**16}, {"up_to": None}], [{"up_to": None, "flat_amount": "0." + "1" * 16}],
        [*({"up_to": number} for number in range(1, 101)), {"up_to": None}], [{"up_to": True}, {"up_to": None}],
    ],
}  # fmt: skip
# What else is sent with a value of the field.
BESIDE: dict[str, dict[str, Any]] = {"tiers": TIERED, "package_size": {"billing_model": "package"}}


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("operator")


def fields(model: type[models.Model], row: Any = None) -> list[str]:
    """The fields that both the API and the admin's form take."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    page: Any = admin.site._registry[model]
    if not page.has_add_permission(request):
        return []
    form = page.get_form(request, row, change=row is not None)
    return [name for name in INPUTS[model]().fields if name in form.base_fields.keys() - IN_PARTS]


def cases() -> list[tuple[type[models.Model], str]]:
    return [(model, name) for model in PATHS for name in fields(model)]


def values(name: str) -> list[Any]:
    return VALUES.get(name, TEXT)


def assert_alike(found: list[tuple[Any, dict[str, str], dict[str, str]]]) -> None:
    """What API and admin said to each value."""
    differing = [
        f"{value!r:.60}: the API says {api!r}, the admin {form!r}"
        for value, api, form in found
        if api != form
    ]
    assert not differing, "\n".join(differing)


def test_only_forms_that_are_compared_take_values() -> None:
    """Subscriptions are only read in the admin; a form for them belongs into the comparison."""
    assert {model for model in INPUTS if not fields(model)} == {Subscription}


@pytest.mark.parametrize(("model", "name"), cases())
def test_a_new_row(api: APIClient, environment: Environment, superuser: User, model: Any, name: str) -> None:
    plan, customer = PlanFactory(environment=environment), CustomerFactory(environment=environment)
    owner = {Price: {"plan_id": plan.pk}, Invoice: {"customer_id": customer.pk}}.get(model, {})
    found = []
    for value in values(name):
        given = WITH[model] | BESIDE.get(name, {}) | {name: value}
        body = given | owner
        form = (
            defaults(model)
            | {"environment_id": environment.pk, "plan": plan.pk, "customer": customer.pk}
            | given
        )
        told = refusals.of_api(api, PATHS[model], body, method="post")
        model._default_manager.exclude(pk__in=(plan.pk, customer.pk)).delete()
        found.append((value, told, refusals.of_admin(model, superuser, form)))
        model._default_manager.exclude(pk__in=(plan.pk, customer.pk)).delete()
    assert_alike(found)


@pytest.mark.parametrize(("model", "name"), cases())
def test_a_change(api: APIClient, environment: Environment, superuser: User, model: Any, name: str) -> None:
    row = FACTORIES[model](environment=environment)
    if name not in fields(model, row):
        return
    here = {one: getattr(row, one) for one in fields(model, row)}
    found = []
    for value in values(name):
        told = refusals.of_api(api, f"{PATHS[model]}/{row.pk}", {name: value}, method="patch")
        model._default_manager.filter(pk=row.pk).update(**here)
        found.append((value, told, refusals.of_admin(model, superuser, here | {name: value}, row)))
        model._default_manager.filter(pk=row.pk).update(**here)
    assert_alike(found)


def defaults(model: type[models.Model]) -> dict[str, Any]:
    """What the form of a new row shows."""
    columns = [column for column in model._meta.concrete_fields if column.has_default() and column.editable]
    return {column.name: column.get_default() for column in columns}
