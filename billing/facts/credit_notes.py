"""Credit notes: what takes something off an invoice, or gives it back."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from billing.facts.base import ZERO, Metadata


@dataclass(frozen=True)
class CreditLineFacts:
    """One line of a credit note. ``amount``: all that it credits (major units), taxes included.

    ``invoice_line_item_id``: the line of the invoice that it credits, "" for a line of its own.
    """

    amount: Decimal = ZERO
    description: str = ""
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    invoice_line_item_id: str = ""


@dataclass(frozen=True)
class CreditNoteFacts:
    """A credit note as a gateway reports it. Amounts in major units; ``status``: see models.credit_notes.

    ``credit_note_id`` is FlexSync's, "" for one that was issued at the gateway.
    """

    gateway_credit_note_id: str
    before_payment: Decimal
    issued_at: datetime
    refunded: Decimal = ZERO
    to_balance: Decimal = ZERO
    out_of_band: Decimal = ZERO
    status: str = "issued"
    voided_at: datetime | None = None
    number: str = ""
    reason: str = ""
    memo: str = ""
    pdf_url: str = ""
    lines: tuple[CreditLineFacts, ...] = ()
    credit_note_id: str = ""
    metadata: Metadata = field(default_factory=dict)
