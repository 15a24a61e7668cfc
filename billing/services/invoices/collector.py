"""Which connection collects an invoice, once it is chosen: nobody else asks for the same debt."""

from django.utils import timezone

from billing.errors import NotFound
from billing.models import Invoice


def assign(*, environment_id: str, invoice_id: str, connection_id: str) -> str:
    """Makes the connection collect the invoice unless another one does; returns the id of the one that does.

    Announces nothing: whoever assigns it goes on to collect. Raises NotFound.
    """
    found = Invoice.objects.filter(pk=invoice_id, environment_id=environment_id)
    if found.filter(connection_id="").update(connection_id=connection_id, updated_at=timezone.now()):
        return connection_id
    named = found.values_list("connection_id", flat=True).first()
    if named is None:
        raise NotFound(f"There is no invoice {invoice_id}.")
    return named
