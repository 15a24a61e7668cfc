"""A person here and one at Stripe edit the same things: no edit is lost, and both sides end the same."""
