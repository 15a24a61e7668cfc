"""Stripe's test cards and test bank accounts, and what happens when they are charged."""
