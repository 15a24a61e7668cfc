"""Events of invoices, and what they do."""

from integrations.providers.stripe.event_fields.invoice_objects import INVOICE, INVOICE_PAYMENT, LINE
from integrations.providers.stripe.event_fields.records import Family

INVOICES = Family(
    "Invoices",
    {
        "invoice.created": "imports an invoice made at Stripe; one that FlexSync sent: what it asks for, its pages, what was edited",
        "invoice.finalized": "as `invoice.created`",
        "invoice.updated": "as `invoice.created`",
        "invoice.paid": "records the payments that it names and what came off Stripe, and waits for the others",
        "invoice.overpaid": "as `invoice.paid`",
        "invoice.payment_failed": "how its collection goes; why it failed, where no payment says so",
        "invoice.payment_action_required": "the same, with `authentication_required`",
        "invoice.sent": "`sent_at`",
        "invoice.voided": "voids the invoice",
        "invoice.marked_uncollectible": "marks the invoice uncollectible",
        "invoice.deleted": "voids an imported draft; one that FlexSync sent stays as it is",
        "invoice_payment.paid": "assigns the payment to the invoice; records it, if it began at Stripe",
    },
    (INVOICE, LINE, INVOICE_PAYMENT),
    switch="`invoice_inbound_enabled` for an invoice made at Stripe; always applied to one that FlexSync sent",
)
