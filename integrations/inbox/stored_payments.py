"""Which of the provider's payments have a row here without a mapping: asked in one statement for a batch."""

from collections.abc import Iterable

from billing.models import Payment


class StoredPayments:
    """One environment's payments, inside one transaction; those that it makes have mappings at once."""

    def __init__(self, environment_id: str, provider_ids: Iterable[str]) -> None:
        """``provider_ids``: which are likely to be asked for."""
        self._environment_id = environment_id
        self._likely = frozenset(provider_ids)
        self._asked: set[str] = set()
        self._found: set[str] = set()

    def has(self, gateway: str, provider_id: str) -> bool:
        """Whether a row had that id when one of these was first asked for."""
        if provider_id not in self._asked:
            wanted = ({provider_id} | self._likely) - self._asked
            rows = Payment.objects.filter(environment_id=self._environment_id, gateway=gateway)
            found = rows.filter(gateway_payment_id__among=sorted(wanted))
            self._found.update(found.values_list("gateway_payment_id", flat=True))
            self._asked.update(wanted)
        return provider_id in self._found
