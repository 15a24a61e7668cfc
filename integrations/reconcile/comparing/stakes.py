"""Money at stake: of several fields of one entity, the largest amount counts, and no other."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Max, QuerySet

from billing import money
from integrations.models import Finding

_ENTITY = ("connection_id", "entity_type", "entity_id", "provider_entity_id", "currency")


def of(findings: QuerySet[Finding]) -> Mapping[str, Decimal]:
    """In major units by currency."""
    known = findings.filter(amount_at_stake__isnull=False).order_by()
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in known.values(*_ENTITY).annotate(most=Max("amount_at_stake")).iterator():
        found[row["currency"]] += row["most"]
    return found


def shown(findings: QuerySet[Finding]) -> dict[str, str]:
    """The same as the API writes it."""
    return {currency: money.text(amount, currency) for currency, amount in sorted(of(findings).items())}
