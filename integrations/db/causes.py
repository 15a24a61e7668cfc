"""Causes of problems: a reason without the ids and numbers in it, so that equal ones meet."""

from django.db.models import CharField, Func, Value
from django.db.models.expressions import Combinable

# Ids of either side (cust_01J..., evt_1Nx...), which names (amount_due, webhook_endpoints) differ from by a
# digit or a capital; and numbers with what groups and divides them.
PATTERNS = (r"\y[a-z]+(_[a-z]+)?_(?=[a-z]*[A-Z0-9*])[A-Za-z0-9*]{4,}\y", r"\y\d[\d.,:]*\y")


def without_ids(text: Combinable) -> Combinable:
    """The text with "..." in place of each id and number."""
    for pattern in PATTERNS:
        replaced = (text, Value(pattern), Value("..."), Value("g"))
        text = Func(*replaced, function="regexp_replace", output_field=CharField())
    return text
