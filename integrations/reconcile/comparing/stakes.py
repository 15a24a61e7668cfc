"""Money at stake: of several fields of one entity the largest amount counts, and each debt counts once."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Max, QuerySet

from billing import money
from billing.events import Kind
from billing.facts import ZERO
from integrations.models import Finding

_ENTITY = ("connection_id", "debt", "currency", "entity_type", "entity_id", "provider_entity_id")


def of(findings: QuerySet[Finding]) -> Mapping[str, Decimal]:
    """In major units by currency.

    Of a debt, what its invoice has at stake, or its payments and credit notes together: whichever is more.
    """
    known = findings.filter(amount_at_stake__isnull=False).order_by()
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    debts: defaultdict[tuple[str, str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for *names, most in known.values_list(*_ENTITY).annotate(most=Max("amount_at_stake")).iterator():
        connection_id, debt, currency, kind, *_ = names
        if debt:
            debts[connection_id, debt, currency][kind == Kind.INVOICE] += most
        else:
            found[currency] += most
    for (_, _, currency), amounts in debts.items():
        found[currency] += max(amounts)
    return found


def shown(findings: QuerySet[Finding]) -> dict[str, str]:
    """The same as the API writes it."""
    return {currency: money.text(amount, currency) for currency, amount in sorted(of(findings).items())}
