"""What belongs to what: the columns of a row that name what a push of it makes first."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from billing.events import Kind
from billing.persistence.tables import MODELS

PARENTS: Mapping[Kind, Mapping[Kind, str]] = {
    Kind.PRICE: {Kind.PLAN: "plan_id"},
    Kind.SUBSCRIPTION: {
        Kind.CUSTOMER: "customer_id",
        Kind.PRICE: "items__price_id",
        Kind.PLAN: "items__price__plan_id",
    },
    Kind.INVOICE: {Kind.CUSTOMER: "customer_id"},
}


def of_rows(kind: Kind, row_ids: Collection[str]) -> dict[str, set[tuple[Kind, str]]]:
    """What those rows belong to, (kind, id) each, by the rows' ids; none of a kind that stands for itself."""
    columns = PARENTS.get(kind, {})
    if not columns or not row_ids:
        return {}
    rows = MODELS[kind]._default_manager.filter(pk__in=list(row_ids)).order_by()
    named = defaultdict[str, set[tuple[Kind, str]]](set)
    for row_id, *ids in rows.values_list("pk", *columns.values()):
        named[row_id].update((parent, id) for parent, id in zip(columns, ids, strict=True) if id)
    return named
