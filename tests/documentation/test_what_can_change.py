"""docs/what_can_change.md is right: each field of each object in each state is sent, and taken or refused.

Those of payments: billing/tests/test_api_payments.py.
"""

import re
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from billing.models import Environment
from billing.services.invoices import invoices
from billing.tests import factories
from billing.tests.conftest import api, environment  # noqa: F401
from tests.documentation.blocks import ROOT
from tests.documentation.test_examples import components

PAGE = (ROOT / "docs/what_can_change.md").read_text()
TABLE = PAGE.split("| object | state | `PATCH` takes |")[1].split("\n\n")[0]
ROWS = re.findall(r"^\| (\w[^|]*) \| ([^|]+) \| ([^|]+) \|$", TABLE, re.MULTILINE)
# How an invoice gets there.
MOVES: dict[str, tuple[Any, ...]] = {
    "draft": (),
    "finalized": (invoices.finalize,),
    "voided": (invoices.finalize, invoices.void),
    "uncollectible": (invoices.finalize, invoices.mark_uncollectible),
}
LATER = "2030-01-01T00:00:00Z"
# What else has to be sent with a field, or which value it may get, where any text would not do.
BODIES: dict[str, dict[str, Any]] = {
    "email": {"email": "new@example.com"},
    "address_country": {"address_country": "DE"},
    "currency": {"currency": "EUR"},
    "preferred_locale": {"preferred_locale": "de"},
    "tax_ids": {"tax_ids": [{"type": "eu_vat", "value": "DE123456789"}]},
    "metadata": {"metadata": {"new": "yes"}},
    "unit_amount": {"unit_amount": "3"},
    "billing_period": {"billing_period": "ANNUAL"},
    "billing_period_count": {"billing_period_count": 2},
    "billing_model": {"billing_model": "package"},
    "usage_type": {"usage_type": "metered"},
    "tier_mode": {"tier_mode": "volume"},
    "package_size": {"package_size": 2},
    "package_rounding": {"package_rounding": "down"},
    "tiers": {"tiers": [{"up_to": None, "unit_amount": "1"}]},
    "lines": {"lines": [{"description": "new", "amount": "1"}]},
    "collection_method": {"collection_method": "send_invoice", "days_until_due": 3},
    "days_until_due": {"collection_method": "send_invoice", "days_until_due": 4},
    "cancel_at_period_end": {"cancel_at_period_end": True},
    "status": {"status": "paused"},
    "trial_start": {"trial_start": "2029-01-01T00:00:00Z", "trial_end": LATER},
    "trial_end": {"trial_end": "2031-01-01T00:00:00Z"},
    **{
        name: {name: LATER}
        for name in ("due_date", "period_start", "start_at", "billing_anchor", "cancel_at")
    },
    "period_end": {"period_end": "2032-01-01T00:00:00Z"},
}
PATCHED = {
    "customer": "Customer",
    "plan": "Plan",
    "price": "Price",
    "subscription": "Subscription",
    "invoice": "Invoice",
}


def fields(noun: str) -> set[str]:
    """What may be sent; another connection needs one, and is refused for reasons of its own."""
    return set(components()["schemas"][f"Patched{PATCHED[noun]}Request"]["properties"]) - {"connection_id"}


def taken(noun: str, words: str) -> set[str]:
    """What a cell of the table says."""
    named = set(re.findall(r"`(\w+)`", words))
    if words.startswith("everything"):
        return fields(noun) - named
    return set() if words.startswith("nothing") else named & fields(noun)


def in_state(shop: Environment, noun: str, state: str, is_external: bool) -> Any:
    """A new row."""
    made = getattr(factories, f"{noun.capitalize()}Factory")(environment=shop)
    if noun == "invoice":
        of: Any = {"environment_id": shop.pk, "invoice_id": made.pk, "now": timezone.now(), "origin": "conn"}
        for move in MOVES[state]:
            move(**of)
        values: dict[str, Any] = {"is_external": is_external, "due_date": timezone.now()}
    else:
        values = {"status": state} | ({"cancelled_at": timezone.now()} if state == "cancelled" else {})
    type(made).objects.filter(pk=made.pk).update(**values)
    return made


def body(shop: Environment, row: Any, noun: str, name: str) -> dict[str, Any]:
    """A change of that field."""
    if name == "customer_id":
        return {name: factories.CustomerFactory(environment=shop).pk}
    if name == "plan_id":
        return {name: factories.PlanFactory(environment=shop).pk}
    if name == "subscription_id":
        return {name: factories.SubscriptionFactory(environment=shop, customer=row.customer).pk}
    if name == "items":
        price = factories.PriceFactory(environment=shop, currency=row.currency)
        return {name: [{"price_id": price.pk}]}
    found = BODIES.get(name, {name: f"new {name}"})
    return {key: value for key, value in found.items() if key in fields(noun)}


@pytest.mark.django_db
@pytest.mark.parametrize(("what", "states", "words"), [row for row in ROWS if row[0].split()[0] in PATCHED])
def test_each_field_is_taken_or_refused(
    environment: Environment,  # noqa: F811
    api: APIClient,  # noqa: F811
    what: str,
    states: str,
    words: str,
) -> None:
    noun, _, of = what.partition(" ")
    named = re.findall(r"`(\w+)`", states)
    for state in ["active" if states.startswith("any") else name for name in named]:
        accepted = set()
        for name in sorted(fields(noun)):
            row = in_state(environment, noun, state, "is_external" in of)
            sent = body(environment, row, noun, name)
            answer = api.patch(f"/v1/{noun}s/{row.pk}", sent, format="json")
            assert answer.status_code in (200, 400, 409), answer.content
            if answer.status_code == 200:
                accepted.add(name)
        assert accepted == taken(noun, words), (state, accepted ^ taken(noun, words))
