"""Random histories at Stripe, delivered in any order: the end must be the same, and what Stripe holds."""
