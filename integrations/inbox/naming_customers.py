"""Which customers' metadata says that they are the provider's: asked in one statement for a batch."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection as database

from billing.models import Customer
from billing.models.base import Status
from billing.persistence.any_lookup import text_array
from billing.persistence.statements import Statement

# A join, so that each value is looked up in the index of metadata.
_NAMING = f"""
SELECT wanted.id, customer.id FROM unnest(%s::text[]) AS wanted (id)
JOIN {Customer._meta.db_table} AS customer ON customer.metadata @> jsonb_build_object(%s::text, wanted.id)
WHERE customer.environment_id = %s AND customer.status = %s ORDER BY customer.created_at, customer.id
"""


class NamingCustomers:
    """One environment's active customers, inside one transaction, by what their metadata names."""

    def __init__(self, environment_id: str, provider_ids: Iterable[str]) -> None:
        """``provider_ids``: which are likely to be asked for."""
        self._environment_id = environment_id
        self._likely = frozenset(provider_ids)
        # The ids of the rows by the key of metadata and its value.
        self._known: dict[str, dict[str, list[str]]] = {}

    def of(self, name: str, provider_id: str) -> Sequence[str]:
        """The ids of the rows whose ``metadata[name]`` was ``provider_id`` when first asked, oldest first."""
        known = self._known.setdefault(name, {})
        if provider_id not in known:
            wanted = ({provider_id} | self._likely) - known.keys()
            known.update({one: [] for one in wanted})
            self._read(name, wanted, known)
        return known[provider_id]

    def _read(self, name: str, wanted: Iterable[str], known: Mapping[str, list[str]]) -> None:
        params = [text_array(sorted(wanted)), name, self._environment_id, Status.ACTIVE]
        with database.cursor() as cursor:
            cursor.execute(Statement(_NAMING, reads=[Customer._meta.db_table]), params)
            for provider_id, customer_id in cursor.fetchall():
                known[provider_id].append(customer_id)
