"""What is to be made at the provider once more: what would be lost otherwise, and what that needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.events import Kind
from billing.models import Invoice, Subscription
from billing.models.invoices import InvoiceStatus
from billing.models.subscriptions import SubscriptionItem, SubscriptionStatus
from integrations.reconcile.comparing.vanished import Vanished

_NOT_BILLED = (SubscriptionStatus.DRAFT, SubscriptionStatus.CANCELLED)


@dataclass(frozen=True)
class Anew:
    """What is to be made another there: what would be lost if it ended here as well, and what that needs."""

    vanished: Vanished

    def of(self, kind: Kind) -> QuerySet[Any]:
        """Those customers, plans or prices."""
        makeable = self.vanished.makeable(kind)
        if kind == Kind.CUSTOMER:
            owing = (self._losing(one, rows) for one, rows in self._owed().items())
            lost = [Exists(rows.filter(customer=OuterRef("pk"))) for rows in owing]
            return makeable.filter(lost[0] | lost[1])
        items = SubscriptionItem.objects.filter(subscription__in=self._made())
        if kind == Kind.PLAN:
            return makeable.filter(Exists(items.filter(price__plan=OuterRef("pk"))))
        with_plan = Exists(self.of(Kind.PLAN).filter(pk=OuterRef("plan_id")))
        return makeable.filter(Exists(items.filter(price=OuterRef("pk"))) | with_plan)

    def _made(self) -> QuerySet[Subscription]:
        """Subscriptions that are made there: with their customer, or because they never were there."""
        customer_id = OuterRef("customer_id")
        gone = Exists(self.vanished.of(Kind.CUSTOMER).filter(pk=customer_id))
        anew = Exists(self.of(Kind.CUSTOMER).filter(pk=customer_id))
        new = self.vanished.unsent(Kind.SUBSCRIPTION) & ~Q(gone)
        return self._losing(Kind.SUBSCRIPTION, self._running()).filter(Q(anew) | new)

    def _losing(self, kind: Kind, owed: QuerySet[Any]) -> QuerySet[Any]:
        """Of what is owed, what the provider has no more, or never had."""
        return owed.filter(self.vanished.lost(kind)) if self.vanished.is_sent(kind) else owed.none()

    def _owed(self) -> Mapping[Kind, QuerySet[Any]]:
        """What a customer owes, or is subscribed to."""
        asked = Invoice.objects.filter(
            status=InvoiceStatus.FINALIZED, amount_remaining__gt=0, is_external=False
        )
        return {Kind.SUBSCRIPTION: self._running(), Kind.INVOICE: asked.order_by()}

    def _running(self) -> QuerySet[Subscription]:
        """Subscriptions that go on, and that can be made there once more."""
        items = SubscriptionItem.objects.filter(subscription=OuterRef("pk"))
        closed = self.vanished.closed
        to_closed = items.filter(
            Exists(closed(Kind.PRICE).filter(pk=OuterRef("price_id")))
            | Exists(closed(Kind.PLAN).filter(pk=OuterRef("price__plan_id")))
        )
        return Subscription.objects.exclude(status__in=_NOT_BILLED).exclude(Exists(to_closed)).order_by()
