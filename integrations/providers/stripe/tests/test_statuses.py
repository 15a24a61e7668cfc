"""Every member of Stripe's enums is classified; a new one in the SDK fails here."""

import ast
import inspect
import re
import sys
from typing import Any

import pytest
import stripe as sdk
from stripe import checkout

from billing.models.disputes import DisputeState
from billing.models.invoices import InvoiceStatus
from billing.models.payments import TRANSITIONS
from billing.models.refunds import RefundState
from billing.models.subscriptions import SubscriptionStatus
from integrations.providers.stripe.translate import external_lines, prices, statuses

ROWS: list[tuple[Any, str, Any]] = [
    (sdk.Subscription, "status", statuses.SUBSCRIPTION),
    (sdk.PaymentIntent, "status", statuses.PAYMENT_INTENT),
    (checkout.Session, "status", statuses.SESSION),
    (checkout.Session, "payment_status", statuses.SESSION_PAYMENT),
    (sdk.Invoice, "status", statuses.INVOICE),
    (sdk.Charge, "status", statuses.CHARGE),
    (sdk.Dispute, "status", statuses.DISPUTE),
    (sdk.SetupIntent, "status", statuses.SETUP_INTENT),
    (sdk.Invoice, "collection_method", statuses.COLLECTION),
    (sdk.Subscription, "collection_method", statuses.COLLECTION),
    (sdk.InvoiceLineItem.Tax, "tax_behavior", external_lines.INCLUSIVE),
    (sdk.Price.Recurring, "interval", prices.INTERVALS),
    (sdk.Price.Recurring, "usage_type", prices.USAGE_TYPES),
    (sdk.Price, "tiers_mode", prices.TIER_MODES),
    (sdk.Price, "billing_scheme", prices.IS_TIERED),
    (sdk.Price.TransformQuantity, "round", prices.PACKAGE_ROUNDING),
    (sdk.Subscription.PauseCollection, "behavior", statuses.PAUSE),
]


def members(sdk_class: Any, name: str) -> set[str]:
    """The literals in the SDK's annotation of a field, read from its source: many names do not resolve."""
    (annotation,) = (
        node.annotation
        for node in ast.walk(class_in_source(sdk_class))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name
    )
    lists = [
        node.slice
        for node in ast.walk(annotation)
        if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Literal"
    ]
    return {one.value for literal in lists for one in ast.walk(literal) if isinstance(one, ast.Constant)}


def class_in_source(sdk_class: Any) -> ast.Module:
    """The class with its own fields only."""
    tree = ast.parse(inspect.getsource(sys.modules[sdk_class.__module__]))
    found: Any = tree
    for part in sdk_class.__qualname__.split("."):
        found = next(one for one in found.body if isinstance(one, ast.ClassDef) and one.name == part)
    return ast.Module([one for one in found.body if isinstance(one, ast.AnnAssign)], [])


@pytest.mark.parametrize(("sdk_class", "name", "table"), ROWS)
def test_every_member_is_classified(sdk_class, name, table):
    assert members(sdk_class, name) == set(table)


@pytest.mark.parametrize(
    ("sdk_class", "table"), [(sdk.Refund, statuses.REFUND), (sdk.InvoicePayment, statuses.INVOICE_PAYMENT)]
)
def test_every_member_that_the_reference_only_names_in_prose_is_classified(sdk_class, table):
    """The SDK types these as plain text, and lists the members in the field's description."""
    description = (
        inspect.getsource(sdk_class).partition("\n    status: ")[2].partition('"""')[2].partition('"""')[0]
    )
    assert set(re.findall(r"`(\w+)`", description)) == set(table)


def test_they_become_statuses_that_billing_has():
    assert set(statuses.SUBSCRIPTION.values()) <= set(SubscriptionStatus)
    assert set(statuses.INVOICE.values()) <= set(InvoiceStatus)
    assert set(statuses.DISPUTE.values()) == set(DisputeState)
    assert set(statuses.REFUND.values()) == set(RefundState)
    for table in (statuses.PAYMENT_INTENT, statuses.SESSION, statuses.SESSION_PAYMENT, statuses.CHARGE):
        assert set(table.values()) <= set(TRANSITIONS)
