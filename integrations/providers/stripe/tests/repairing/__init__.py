"""Repairs of what a comparison with Stripe has found."""
