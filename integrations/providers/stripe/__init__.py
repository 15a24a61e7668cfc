"""Everything that says "Stripe"."""
