"""From stored events to billing: claimed, ordered, applied in one transaction, settled, replayed."""
