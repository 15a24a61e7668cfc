"""What a block of changes reads and locks before it begins: a few statements for many rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from billing.events import Kind
from billing.models import Customer, Invoice, Payment
from billing.models.base import Row, Status
from billing.persistence import row_locks
from billing.persistence.identity_map import IdentityMap
from billing.persistence.row_locks import BusyRows
from billing.persistence.tables import MODELS, PARTS

Ids = Mapping[Kind, Iterable[str]]


@dataclass(frozen=True)
class Prefetch:
    """What a block will probably need: read at once, before it begins.

    ``changing``: ids of rows that will be changed, which are locked. ``naming``: ids of rows that foreign
    keys will name. ``external_ids``: of customers.
    """

    changing: Ids = field(default_factory=dict)
    naming: Ids = field(default_factory=dict)
    external_ids: Iterable[str] = ()


def read(rows: IdentityMap, busy: BusyRows | None, environment_id: str, wanted: Prefetch) -> None:
    """Adds them to ``rows``. With ``busy`` it waits for no lock: what others have locked is added there."""
    changing = {kind: set(wanted.changing.get(kind, ())) for kind in MODELS}
    # Their money follows, and an invoice is always locked before its payments.
    if paying := sorted(changing[Kind.PAYMENT]):
        paid = Payment.objects.filter(environment_id=environment_id, pk__among=paying)
        changing[Kind.INVOICE].update(filter(None, paid.values_list("invoice_id", flat=True)))
    for kind, ids in changing.items():
        _lock(rows, busy, kind, environment_id, ids)
    _lock_payments(rows, busy, environment_id, sorted(changing[Kind.INVOICE]))
    for kind, named in wanted.naming.items():
        _read_named(rows, busy, kind, environment_id, set(named))
    _read_by_external_id(rows, environment_id, set(wanted.external_ids))
    rows.checkpoint()


def _lock(rows: IdentityMap, busy: BusyRows | None, kind: Kind, environment_id: str, ids: set[str]) -> None:
    if not ids:
        return
    found = _rows(kind, environment_id, ids).order_by("pk")
    locked = found.select_for_update(no_key=True, of=("self",), skip_locked=busy is not None)
    missing = set(ids)
    for row in locked:
        rows.add(row, locked=True)
        missing.discard(row.pk)
    if busy is not None and missing:
        busy.add(MODELS[kind], row_locks.existing(MODELS[kind], missing))


def _lock_payments(
    rows: IdentityMap, busy: BusyRows | None, environment_id: str, invoices: Sequence[str]
) -> None:
    """All of these invoices: what is due of each follows from them."""
    if not invoices:
        return
    payments = Payment.objects.filter(invoice_id__in=invoices, environment_id=environment_id).order_by("pk")
    skip = busy is not None
    locked = list(payments.select_for_update(no_key=True, of=("self",), skip_locked=skip))
    for row in locked:
        rows.add(row, locked=True)
    incomplete: set[str] = set()
    if busy is not None:
        others = payments.exclude(pk__in=[row.pk for row in locked]).values_list("pk", "invoice_id")
        taken = dict(others)
        busy.add(Payment, taken)
        incomplete = {invoice_id for invoice_id in taken.values() if invoice_id}
        busy.add(Invoice, incomplete)
    rows.has_all(Payment, [invoice_id for invoice_id in invoices if invoice_id not in incomplete])


def _read_named(
    rows: IdentityMap, busy: BusyRows | None, kind: Kind, environment_id: str, ids: set[str]
) -> None:
    if not ids:
        return
    found = list(_rows(kind, environment_id, ids))
    for row in found:
        rows.add(row, locked=False)
    rows.lacks(MODELS[kind], ids)
    if busy is not None:
        named = {row.pk for row in found}
        busy.add(MODELS[kind], named - row_locks.pointed_at(MODELS[kind], named))


def _read_by_external_id(rows: IdentityMap, environment_id: str, external_ids: set[str]) -> None:
    if not external_ids:
        return
    named = Customer.objects.filter(environment_id=environment_id, external_id__among=sorted(external_ids))
    for customer in named.filter(status=Status.ACTIVE):
        rows.add(customer, locked=False)
    rows.has_all(Customer, external_ids)


def _rows(kind: Kind, environment_id: str, ids: Iterable[str]) -> QuerySet[Row]:
    rows = MODELS[kind]._default_manager.filter(environment_id=environment_id, pk__among=sorted(ids))
    rows = rows.order_by()
    return rows.prefetch_related(PARTS[kind]) if kind in PARTS else rows
