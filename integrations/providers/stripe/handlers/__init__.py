"""What each of Stripe's events changes here: one module per family, one transaction per event, no network."""
