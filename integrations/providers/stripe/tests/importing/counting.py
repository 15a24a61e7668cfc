"""What an import says of its lists, and all rows that it may have changed."""

from typing import Any

from billing.models import (
    BalanceTransaction,
    CreditNote,
    Customer,
    Invoice,
    Payment,
    Plan,
    Price,
    Subscription,
)
from integrations.models import EntityMapping, ImportRun
from integrations.reconcile.importing import parts

MODELS = (
    Customer, Plan, Price, Subscription, Invoice, Payment, CreditNote, BalanceTransaction, EntityMapping,
)  # fmt: skip


def counts(run: ImportRun, *outcomes: str) -> dict[str, tuple[int, ...]]:
    """How many objects of each list that has any had these outcomes."""
    found = (part for part in run.parts.all() if parts.found(part))
    return {part.name: tuple(getattr(part, outcome) for outcome in outcomes) for part in found}


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row, with all of its columns."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in MODELS}
