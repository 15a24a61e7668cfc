"""A draft on its page: its texts, how it is collected, and its lines can be changed, by one service call."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from billing.admin import rights
from billing.admin.columns import amount
from billing.admin.links import NOTHING
from billing.admin.new_invoice import LINE_FIELDS, NewLineInline, line_facts
from billing.admin.row_forms import RowForm
from billing.facts import LineFacts
from billing.models import Invoice, InvoiceLineItem
from billing.models.invoices import InvoiceStatus
from billing.services.invoices import line_edits
from billing.services.invoices.line_edits import LineEdits

NAMES = ["collection_method", "due_date", "description", "footer"]
FIELDSET = ("Draft", {"fields": ["collection_method", "due_date", ("description", "footer")]})
# Of longer ones the API changes lines one by one.
MOST_LINES = 100
_KNOWN = "_is_editable"


def is_editable(request: HttpRequest, invoice: Invoice) -> bool:
    """Whether the user may change it here: a draft that no gateway has made, and that fits on a page."""
    if invoice.status != InvoiceStatus.DRAFT or not request.user.has_perm(rights.INVOICE):
        return False
    known = invoice.__dict__
    if _KNOWN not in known:
        known[_KNOWN] = not invoice.is_external and invoice.lines.count() <= MOST_LINES
    return bool(known[_KNOWN])


def _stored(name: str) -> Any:
    """The amount of a line that is stored: of a new one it follows when it is saved."""
    shown = amount(name)

    @admin.display(description=name)
    def column(line: InvoiceLineItem) -> str:
        return NOTHING if line._state.adding else shown(line)

    column.__name__ = name
    return column


AMOUNTS = [_stored("amount"), _stored("tax")]


class DraftLineForm(RowForm):
    """A line; that of an amount alone has no price per unit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_amount_alone:
            self.initial["unit_amount"], self.fields["unit_amount"].required = None, False


class DraftLineInline(NewLineInline):
    """The lines, each of which can be changed and removed; the totals follow."""

    form = DraftLineForm
    fields = [*LINE_FIELDS, *AMOUNTS]
    readonly_fields = AMOUNTS
    min_num = 0

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm(rights.INVOICE)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm(rights.INVOICE)


def save(invoice: Invoice, form: Any, formsets: Iterable[Any]) -> None:
    """Changes the draft as typed; raises what the service does."""
    edits = LineEdits()
    for one in (one for formset in formsets if formset.model is InvoiceLineItem for one in formset.forms):
        _note(one, edits)
    line_edits.revise(
        environment_id=invoice.environment_id, invoice_id=invoice.pk, columns=form.changes(), edits=edits
    )


def _note(form: Any, edits: LineEdits) -> None:
    is_stored, is_removed = not form.instance._state.adding, form.cleaned_data.get("DELETE")
    if is_stored and is_removed:
        edits.removed.append(form.instance.pk)
    elif is_stored and form.has_changed():
        edits.changed[form.instance.pk] = _changes(form)
    elif form.has_changed() and not is_removed:
        edits.added.append(line_facts(form.cleaned_data))


def _changes(form: Any) -> dict[str, Any]:
    """What was emptied is as by default."""
    default = LineFacts("")
    names = [name for name in form.changed_data if name in LINE_FIELDS]
    values = {name: form.cleaned_data[name] for name in names}
    return {name: getattr(default, name) if value is None else value for name, value in values.items()}
