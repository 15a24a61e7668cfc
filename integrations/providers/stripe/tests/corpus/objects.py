"""One object of each kind that Stripe sends events of: whole, and consistent with the others.

Ada has a subscription of three seats at 10.00 USD, 3.00 off, and 20 % tax upon them: 32.40 USD a month.
"""

from integrations.providers.stripe.tests.corpus import deals, invoices, money

OBJECTS = {
    "customer": deals.customer,
    "tax_id": deals.tax_id,
    "product": deals.product,
    "price": deals.price,
    "subscription": deals.subscription,
    "invoice": invoices.invoice,
    "invoice_payment": invoices.invoice_payment,
    "credit_note": invoices.credit_note,
    "charge": money.charge,
    "payment_intent": money.payment_intent,
    "refund": money.refund,
    "dispute": money.dispute,
    "session": money.session,
    "setup_intent": money.setup_intent,
}
