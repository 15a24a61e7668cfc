"""A local, stateful and strict stand-in for Stripe's API, for demos and tests without an account."""
