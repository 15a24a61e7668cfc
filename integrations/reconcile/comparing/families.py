"""Customers who are gone at the provider, and what belongs to them: all of it is repaired in one way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.events import Kind
from billing.models import Customer
from billing.models.base import Status
from billing.models.invoices import InvoiceStatus
from billing.models.subscriptions import SubscriptionStatus
from billing.persistence.tables import MODELS
from integrations.models import ComparedObject, ComparisonRun, EntityMapping
from integrations.models.findings import FindingKind, Repair, Suggestion
from integrations.models.mappings import GoneChoice
from integrations.provider_api import Comparable
from integrations.reconcile.comparing import parts
from integrations.reconcile.comparing.differences import Difference, allowed

ANEW = (
    "The provider has it no more, nor what the customer still owes or is subscribed to: make all of that another there"
    " (push, this first); or end all of it here (take), or accept it."
)
WITH_CUSTOMER = (
    "Its customer is gone at the provider, too: make both another there (push, the customer first)."
)
NOTE = "Its customer is gone at the provider, too: make it another on the invoice that is made there, or accept it."
ENDS = "Its customer is gone at the provider, and ends here as well: so does this (take), or accept it."
STAYS = (
    "Its customer is gone at the provider, and ends here as well: nobody can take it there. End or accept it."
)
_DECIDED = (GoneChoice.LEAVE, GoneChoice.ARCHIVE)
# What a customer owes, or is subscribed to.
_OWED = {
    Kind.SUBSCRIPTION: ~Q(status__in=(SubscriptionStatus.DRAFT, SubscriptionStatus.CANCELLED)),
    Kind.INVOICE: Q(status=InvoiceStatus.FINALIZED, amount_remaining__gt=0, is_external=False),
}
_BELONGS = (*_OWED, Kind.CREDIT_NOTE)


def of(run: ComparisonRun, kind: Kind, found: Sequence[Difference]) -> list[Difference]:
    """The differences of a kind; those of customers who are gone, and of what is theirs, in agreement."""
    if kind == Kind.CUSTOMER:
        gone = {one.entity_id for one in found if one.kind == FindingKind.GONE}
        lost = _Family(run).anew(gone)
        return [
            replace(one, suggested=Repair.PUSH.value, why=ANEW) if one.entity_id in lost else one
            for one in found
        ]
    return _followed(run, kind, found) if kind in _BELONGS and found else list(found)


def _followed(run: ComparisonRun, kind: Kind, found: Sequence[Difference]) -> list[Difference]:
    rows = _rows(kind).filter(pk__among=sorted({one.entity_id for one in found}))
    owners = dict(rows.order_by().values_list("pk", "customer_id"))
    family = _Family(run)
    gone = family.gone(set(owners.values()))
    if not gone:
        return list(found)
    lost = family.anew(gone)
    unpaid = set(rows.filter(_OWED.get(kind, Q())).order_by().values_list("pk", flat=True))
    return [
        _told(kind, one, is_anew=owners.get(one.entity_id) in lost, is_owed=one.entity_id in unpaid)
        if owners.get(one.entity_id) in gone and one.suggested in (Repair.PUSH, _own(kind))
        else one
        for one in found
    ]


def _rows(kind: Kind) -> Any:
    """Those that belong to customers."""
    return MODELS[kind]._default_manager


def _own(kind: Kind) -> str:
    """What is suggested of a kind that stands for itself: only invoices are pushed then."""
    return Repair.PUSH.value if kind == Kind.INVOICE else Repair.TAKE.value


def _told(kind: Kind, one: Difference, *, is_anew: bool, is_owed: bool) -> Difference:
    if is_anew and kind == Kind.CREDIT_NOTE:
        return replace(one, suggested="", why=NOTE)
    if is_anew:
        return replace(one, suggested=Repair.PUSH.value, why=WITH_CUSTOMER)
    if one.kind == FindingKind.GONE and is_owed:
        return replace(one, suggested=Repair.TAKE.value, why=ENDS)
    return replace(one, suggested=Suggestion.ACCEPT.value, why=STAYS)


@dataclass(frozen=True)
class _Family:
    """Customers, and what is theirs, as a comparison has seen them."""

    run: ComparisonRun

    def gone(self, customer_ids: Collection[str]) -> set[str]:
        """Which of the customers the provider has no more."""
        found = self._lacking(Kind.CUSTOMER).filter(entity_id__among=sorted(customer_ids))
        return set(found.values_list("entity_id", flat=True))

    def anew(self, customer_ids: Collection[str]) -> set[str]:
        """Which of them, who are gone, have something that would be lost if they ended here as well."""
        undecided = self._lacking(Kind.CUSTOMER).exclude(gone_choice__in=_DECIDED)
        ids = set(undecided.filter(entity_id__among=sorted(customer_ids)).values_list("entity_id", flat=True))
        active = Customer.objects.filter(pk__among=sorted(ids), status=Status.ACTIVE)
        left = set(active.order_by().values_list("pk", flat=True))
        if not left or not self._is_sent(Kind.CUSTOMER):
            return set()
        return {one for kind in _OWED if self._is_sent(kind) for one in self._losing(kind, left)}

    def _losing(self, kind: Kind, customer_ids: set[str]) -> set[str]:
        """Of the customers, those who owe what the provider has no more, or never had."""
        connection = self.run.connection
        linked = EntityMapping.objects.filter(
            connection=connection, entity_type=kind, entity_id=OuterRef("pk")
        )
        lacking = self._lacking(kind).exclude(gone_choice__in=_DECIDED).values("entity_id")
        missing = Q(pk__in=lacking) | ~Exists(linked) & self._comparable(kind).sent(connection.pk)
        rows = _rows(kind).filter(_OWED[kind], missing, customer__in=customer_ids)
        return set(rows.order_by().values_list("customer_id", flat=True))

    def _lacking(self, kind: Kind) -> QuerySet[EntityMapping]:
        """Mappings whose object is known to be gone, or was not shown by the list of its kind."""
        shown = ComparedObject.objects.filter(
            run=self.run, entity_type=kind, provider_entity_id=OuterRef("provider_entity_id")
        )
        is_read = self.run.parts.filter(entity_type=kind, left_out="").exists()
        is_missing = ~Exists(shown) if is_read else Q(gone_at__isnull=False)
        found = EntityMapping.objects.filter(is_missing, connection=self.run.connection, entity_type=kind)
        return found.exclude(entity_id="").order_by()

    def _comparable(self, kind: Kind) -> Comparable:
        found = parts.comparables(self.run.connection).values()
        return next(one for one in found if one.kind == kind)

    def _is_sent(self, kind: Kind) -> bool:
        comparable = self._comparable(kind)
        return allowed(self.run.connection, comparable, Repair.PUSH) == Repair.PUSH
