"""Billing's rows; one module for each kind, and the database holds the invariants."""

from billing.models.audit import AuditEntry
from billing.models.balance_transactions import BalanceTransaction
from billing.models.credit_notes import CreditNote
from billing.models.customers import Customer
from billing.models.disputes import Dispute
from billing.models.environments import ApiKey, Environment
from billing.models.idempotency import IdempotentRequest
from billing.models.invoices import Invoice, InvoiceCounter, InvoiceLineItem
from billing.models.payments import Payment
from billing.models.plans import Plan, Price
from billing.models.refunds import Refund
from billing.models.subscriptions import Subscription, SubscriptionItem

__all__ = [
    "ApiKey",
    "AuditEntry",
    "BalanceTransaction",
    "CreditNote",
    "Customer",
    "Dispute",
    "Environment",
    "IdempotentRequest",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLineItem",
    "Payment",
    "Plan",
    "Price",
    "Refund",
    "Subscription",
    "SubscriptionItem",
]
