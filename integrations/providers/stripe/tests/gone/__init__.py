"""Objects that are gone at Stripe: seen, decided about, and gone on from."""
