"""Translates between Stripe's objects and billing's facts: pure, without Django, SDK, clock or database."""
