"""Credit notes: their lines, and what they do to an invoice."""
