"""From billing's present state to Stripe: each push reads what is, and tells it step by step."""
