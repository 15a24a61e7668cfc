"""The URLs of billing's API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from billing.api.views.balance_transactions import BalanceTransactionViewSet
from billing.api.views.customers import CustomerViewSet
from billing.api.views.customers_by_external_id import CustomerByExternalIdViewSet
from billing.api.views.disputes import DisputeViewSet
from billing.api.views.invoices import InvoiceViewSet
from billing.api.views.payments import PaymentViewSet
from billing.api.views.plans import PlanViewSet
from billing.api.views.prices import PriceViewSet
from billing.api.views.refunds import RefundViewSet
from billing.api.views.subscriptions import SubscriptionViewSet

router = SimpleRouter(trailing_slash=False)
router.register("customers", CustomerViewSet)
router.register("plans", PlanViewSet)
router.register("prices", PriceViewSet)
router.register("subscriptions", SubscriptionViewSet)
router.register("invoices", InvoiceViewSet)
router.register("payments", PaymentViewSet)
router.register("refunds", RefundViewSet)
router.register("disputes", DisputeViewSet)

urlpatterns = [
    path(
        "customers/external/<path:external_id>",
        CustomerByExternalIdViewSet.as_view({"get": "retrieve_external", "put": "put_external"}),
    ),
    path(
        "customers/<str:customer_id>/balance_transactions",
        BalanceTransactionViewSet.as_view({"get": "list"}),
    ),
    *router.urls,
]
