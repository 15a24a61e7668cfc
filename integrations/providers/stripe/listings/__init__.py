"""Stripe's lists, for imports and comparisons (page "Pagination")."""
