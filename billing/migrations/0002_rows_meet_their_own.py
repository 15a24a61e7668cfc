"""Rows meet only rows of their own environment and currency: composite foreign keys that Django cannot say."""

from django.db import migrations

# child table, its column, parent table, the column that both must share
PAIRS = [
    ("billing_price", "plan_id", "billing_plan", "environment_id"),
    ("billing_subscription", "customer_id", "billing_customer", "environment_id"),
    ("billing_invoice", "customer_id", "billing_customer", "environment_id"),
    ("billing_invoice", "subscription_id", "billing_subscription", "environment_id"),
    ("billing_payment", "customer_id", "billing_customer", "environment_id"),
    ("billing_payment", "invoice_id", "billing_invoice", "environment_id"),
    ("billing_payment", "invoice_id", "billing_invoice", "currency"),
    ("billing_invoicelineitem", "invoice_id", "billing_invoice", "currency"),
    ("billing_refund", "payment_id", "billing_payment", "environment_id"),
    ("billing_refund", "payment_id", "billing_payment", "currency"),
    ("billing_dispute", "payment_id", "billing_payment", "environment_id"),
    # A dispute keeps its own currency.
    ("billing_creditnote", "customer_id", "billing_customer", "environment_id"),
    ("billing_creditnote", "invoice_id", "billing_invoice", "environment_id"),
    ("billing_creditnote", "invoice_id", "billing_invoice", "currency"),
    ("billing_refund", "credit_note_id", "billing_creditnote", "environment_id"),
    ("billing_balancetransaction", "customer_id", "billing_customer", "environment_id"),
    ("billing_balancetransaction", "invoice_id", "billing_invoice", "environment_id"),
    ("billing_balancetransaction", "credit_note_id", "billing_creditnote", "environment_id"),
]


def add(child: str, column: str, parent: str, shared: str) -> migrations.RunSQL:
    name = f"{child}_{column}_same_{shared}"
    return migrations.RunSQL(
        f"ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY ({column}, {shared})"
        f" REFERENCES {parent} (id, {shared}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_squashed_0010_lists")]
    operations = [add(*pair) for pair in PAIRS]
