"""What a customer owes: invoices, their lines, totals and numbers, and what was paid on them."""
