"""The models whose rows a unit of work keeps, and what is known of the tables that a statement touches."""

from functools import cache

from django.apps import apps
from django.db import models

from billing.events import Kind
from billing.models import CreditNote, Customer, Invoice, Payment, Plan, Price, Subscription
from billing.models.base import Row
from billing.persistence.statements import Statement

MODELS: dict[Kind, type[Row]] = {
    Kind.CUSTOMER: Customer,
    Kind.PLAN: Plan,
    Kind.PRICE: Price,
    Kind.SUBSCRIPTION: Subscription,
    Kind.INVOICE: Invoice,
    Kind.PAYMENT: Payment,
    Kind.CREDIT_NOTE: CreditNote,
}
# The columns besides the id by which rows are looked up.
FOUND_BY: dict[type[models.Model], str] = {Customer: "external_id", Payment: "invoice_id"}
# Parts of rows, which are read with them.
PARTS = {Kind.SUBSCRIPTION: "items", Kind.INVOICE: "lines"}


def declared_tables(sql: object) -> frozenset[str] | None:
    """The tables that the statement touches; None when it may touch any, through a view too."""
    if isinstance(sql, Statement) and sql.tables <= managed_tables():
        return sql.tables
    return None


@cache
def managed_tables() -> frozenset[str]:
    """The tables, not views, that Django's migrations have made."""
    models = apps.get_models(include_auto_created=True)
    return frozenset(model._meta.db_table for model in models if model._meta.managed)


@cache
def own_tables() -> frozenset[str]:
    """Billing's tables."""
    return frozenset(model._meta.db_table for model in apps.get_app_config("billing").get_models())


@cache
def known_tables() -> frozenset[str]:
    """The tables whose rows a unit of work keeps, as rows or as parts of rows."""
    parts = [getattr(MODELS[kind], name).rel.related_model for kind, name in PARTS.items()]
    return frozenset(model._meta.db_table for model in (*MODELS.values(), *parts))
