"""Gives invoices their numbers: INV-000001, INV-000002, ... in each environment, without a gap."""

import re

from django.db.models import F

from billing.models import Invoice
from billing.models.invoices import InvoiceCounter


def next_number(environment_id: str) -> str:
    """The next number, inside the caller's transaction: the counter stays locked until that ends.

    So a number is used once, and free again when the transaction fails. Numbers that imported invoices have
    are skipped.
    """
    InvoiceCounter.objects.get_or_create(environment_id=environment_id)
    counter = InvoiceCounter.objects.filter(environment_id=environment_id)
    while True:
        counter.update(last=F("last") + 1)
        number = f"INV-{counter.get().last:06d}"
        if not Invoice.objects.filter(environment_id=environment_id, number=number).exists():
            return number


def given(environment_id: str, number: str) -> str:
    """The number that an invoice had been given, taken again; "" where another has it by now."""
    if Invoice.objects.filter(environment_id=environment_id, number=number).exists():
        return ""
    skip(environment_id, number)
    return number


def skip(environment_id: str, number: str) -> None:
    """Gives neither that number nor one before it: a forgotten invoice had it."""
    if given := re.fullmatch(r"INV-(\d{6,9})", number):
        last = int(given[1])
        InvoiceCounter.objects.get_or_create(environment_id=environment_id)
        InvoiceCounter.objects.filter(environment_id=environment_id, last__lt=last).update(last=last)
