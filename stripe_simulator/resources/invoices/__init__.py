"""Invoices: drafts and their lines, totals, finalization, collection and settlement."""
