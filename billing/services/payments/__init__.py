"""Money that came, or did not: payments, refunds and disputes, and what gateways report of them."""
