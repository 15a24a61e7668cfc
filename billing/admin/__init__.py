"""Billing's pages for operators, one module for each kind of row."""

from billing.admin import (
    api_keys,
    credit_notes,
    customers,
    environments,
    invoices,
    payments,
    plans,
    prices,
    subscriptions,
    users,
)

__all__ = [
    "api_keys",
    "credit_notes",
    "customers",
    "environments",
    "invoices",
    "payments",
    "plans",
    "prices",
    "subscriptions",
    "users",
]
