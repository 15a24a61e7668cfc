"""The form of an invoice: a draft for a customer, with its lines."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst

from billing.admin import rights
from billing.admin.row_forms import EXACTLY, RowForm
from billing.admin.unfold_types import TabularInline
from billing.errors import Invalid
from billing.facts import InvoiceFacts, LineFacts
from billing.models import Customer, Invoice, InvoiceLineItem

FIELDS = ["customer", "currency", "collection_method", "due_date", "description", "footer"]
LINE_FIELDS = ["description", "quantity", "unit_amount", "discount", "tax_percentage", "tax_name"]
_OF_LINE = re.compile(r"lines\[(\d+)\]\.(\w+)")


class InvoiceForm(RowForm):
    """Whom it is for, and how it is collected."""

    class Meta:
        model = Invoice
        fields = FIELDS

    def _show(self, refusal: Exception) -> None:
        """What is refused of a line is said with the number of the line."""
        details = getattr(refusal, "details", {})
        of_lines = {path: text for path, text in details.items() if _OF_LINE.match(path)}
        for path, text in of_lines.items():
            index, name = _OF_LINE.match(path).groups()  # type: ignore[union-attr]
            self.add_error(None, f"Line {int(index) + 1}, {name.replace('_', ' ')}: {text}")
        others = {path: text for path, text in details.items() if path not in of_lines}
        if others or not details:
            super()._show(Invalid.of(others) if others else refusal)


class NewLineInline(TabularInline):
    """The lines; the invoice's totals follow from them."""

    model = InvoiceLineItem
    form = RowForm
    fields = LINE_FIELDS
    verbose_name, verbose_name_plural = "line", "Lines"
    extra, min_num, max_num = 0, 1, 100
    hide_title = True
    formfield_overrides = EXACTLY

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """With its name, for those who hear the page: in a table no label stands beside it."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = capfirst(db_field.verbose_name)
        return field

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whoever may make an invoice may write its lines."""
        return request.user.has_perm(rights.INVOICE)


def facts(form: Any, formsets: Iterable[Any]) -> InvoiceFacts:
    """What was typed; the service checks it, and works the totals out."""
    given = {name: form.cleaned_data[name] for name in FIELDS}
    customer: Customer = given.pop("customer")
    lines = [one.cleaned_data for formset in formsets for one in formset.forms]
    return InvoiceFacts(
        **given,
        customer_id=customer.pk,
        lines=tuple(line_facts(one) for one in lines if one and not one.get("DELETE")),
    )


def line_facts(given: dict[str, Any]) -> LineFacts:
    """A line as typed; what was left empty is as by default."""
    line: LineFacts = replace(
        LineFacts(""), **{name: given[name] for name in LINE_FIELDS if given.get(name) is not None}
    )
    return line
