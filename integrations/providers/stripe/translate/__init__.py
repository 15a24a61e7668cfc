"""Between Stripe's words and billing's: pure both ways, without Django, SDK, clock or database."""
