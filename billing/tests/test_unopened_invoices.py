"""What callers are told who want a draft to be paid."""

import pytest

from billing.models import Invoice
from billing.services.invoices import unopened


@pytest.mark.parametrize(
    ("status", "is_external", "todo"),
    [
        ("draft", False, "Finalize it first."),
        ("draft", True, "finalize it there. If it is finalized already"),
        ("voided", True, ""),
    ],
)
def test_says_where_it_is_finalized(status: str, is_external: bool, todo: str) -> None:
    said = unopened.todo(Invoice(status=status, is_external=is_external))
    assert todo in said and bool(todo) == bool(said)
