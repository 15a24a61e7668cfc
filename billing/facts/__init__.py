"""The data that services take and return: plain frozen records, amounts in major units."""

from billing.facts.base import ZERO, Metadata
from billing.facts.catalog import PlanFacts, PriceFacts, PriceTerms, TierFacts
from billing.facts.credit_notes import CreditLineFacts, CreditNoteFacts
from billing.facts.customers import BalanceTransactionFacts, CustomerFacts, TaxIdFacts
from billing.facts.invoices import CollectionFacts, InvoiceFacts, LineFacts
from billing.facts.payments import PaymentEvidence, PaymentFacts
from billing.facts.refunds import DisputeFacts, RefundFacts
from billing.facts.subscriptions import SubscriptionFacts, SubscriptionItemFacts

__all__ = [
    "ZERO",
    "BalanceTransactionFacts",
    "CollectionFacts",
    "CreditLineFacts",
    "CreditNoteFacts",
    "CustomerFacts",
    "DisputeFacts",
    "InvoiceFacts",
    "LineFacts",
    "Metadata",
    "PaymentEvidence",
    "PaymentFacts",
    "PlanFacts",
    "PriceFacts",
    "PriceTerms",
    "RefundFacts",
    "SubscriptionFacts",
    "SubscriptionItemFacts",
    "TaxIdFacts",
    "TierFacts",
]
