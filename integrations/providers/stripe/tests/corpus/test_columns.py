"""Each column that Stripe fills shows the right value, in each spelling, and changes no other."""

import pytest
from django.apps import apps

from integrations.providers.stripe.tests.corpus import (
    as_it_is,
    columns,
    events,
    invoice_columns,
    left_out,
    money_columns,
)
from integrations.providers.stripe.tests.corpus.cases import changed
from integrations.providers.stripe.tests.corpus.inbox import Inbox
from stripe_simulator.contract.responses import resource_check

pytestmark = pytest.mark.django_db
TABLES = {
    "customers": columns.CUSTOMERS,
    "plans": columns.PLANS,
    "prices": columns.PRICES,
    "subscriptions": columns.SUBSCRIPTIONS,
    "invoices": invoice_columns.INVOICES,
    "lines": invoice_columns.LINES,
    "payments": money_columns.PAYMENTS,
    "refunds": money_columns.REFUNDS,
    "disputes": money_columns.DISPUTES,
    "notes": invoice_columns.NOTES,
}
ALL = [case for cases in TABLES.values() for case in cases]


def columns_here() -> set[str]:
    """Every column of billing's models, but those that all rows have."""
    models = [
        one for one in apps.get_app_config("billing").get_models() if one.__name__ not in left_out.OWN_MODELS
    ]
    return {
        f"{model.__name__}.{column.name}"
        for model in models
        for column in model._meta.concrete_fields
        if column.name not in left_out.EVERYWHERE
    }


def test_every_column_has_a_case_or_a_reason():
    """A case where its value is another than the one of the object without changes."""
    told = {
        name
        for case in [*ALL, *events.WHOLE]
        for name, value in case.columns.items()
        if value != as_it_is.COLUMNS[case.of].get(name)
    }
    missing = columns_here() - told - set(left_out.LEFT_OUT) - IDS
    assert not missing, "\n".join(sorted(missing))


def test_nothing_is_left_out_that_is_not_there():
    assert set(left_out.LEFT_OUT) <= columns_here()


# The ids by which an object's row is found, and its parents: each case has its own.
IDS = {
    "SubscriptionItem.subscription",
    "InvoiceLineItem.invoice",
    "Payment.gateway_session_id",
    "Refund.payment",
    "Refund.gateway_refund_id",
    "Dispute.payment",
    "Dispute.gateway_dispute_id",
    "CreditNote.invoice",
    "CreditNote.gateway_credit_note_id",
}


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_its_objects_are_what_the_sdk_knows(case):
    found = changed(case, "t1t")
    resource_check(found["object"])(found)


@pytest.mark.parametrize("table", TABLES)
def test_each_shows_the_right_value(simulator, connection, table):
    problems = [
        problem for one in Inbox(connection, simulator).play(TABLES[table]) for problem in one.problems()
    ]
    assert not problems, "\n".join(problems)
