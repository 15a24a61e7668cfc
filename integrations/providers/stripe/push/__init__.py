"""Brings billing's current state to Stripe: each push reads it, and sends what Stripe lacks step by step."""
