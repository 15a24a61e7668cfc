"""Which connection collects an invoice, once it is chosen: nobody else asks for the same debt."""

from billing.models import Invoice
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic

_COLUMNS = frozenset({"connection_id"})


@atomic
def assign(*, environment_id: str, invoice_id: str, connection_id: str) -> str:
    """Makes the connection collect the invoice unless another one does; returns the id of the one that does.

    Announces nothing: whoever assigns it goes on to collect. Raises NotFound.
    """
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    if not invoice.connection_id:
        rows.store(invoice, rows.change(invoice, {"connection_id": connection_id}, allowed=_COLUMNS))
    return invoice.connection_id
