"""What searches find after a real story with the simulated Stripe."""
