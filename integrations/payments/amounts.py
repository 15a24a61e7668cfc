"""Refuses amounts that a provider has no way to count, before they are recorded here."""

from collections.abc import Mapping
from decimal import Decimal

from billing.errors import Invalid
from integrations.models import Connection
from integrations.provider_api import registry


def check(connection: Connection, currency: str, amounts: Mapping[str, Decimal]) -> None:
    """Raises Invalid at each of the ``amounts`` (major units, by field) that the provider cannot be told."""
    limits = registry.provider(connection.provider).invoice_limits
    if limits is None:
        return
    problems = {field: limits.amount_problem(amount, currency) for field, amount in amounts.items()}
    if found := {field: problem for field, problem in problems.items() if problem}:
        raise Invalid.of(found)
