"""What one may do about money; all else goes by the rights to add and change rows that Django knows."""

REFUND, CHARGE, VOID = "billing.refund_payment", "billing.charge_invoice", "billing.void_invoice"
RECORD, CREDIT, INVOICE = "billing.add_payment", "billing.add_creditnote", "billing.add_invoice"
